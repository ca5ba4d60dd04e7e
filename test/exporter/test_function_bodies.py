# SPDX-License-Identifier: Apache-2.0
"""The fold on whole models: in branches and in functions, where constants have to take other forms."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from onnx_opt.dialect import make_context, verify
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes import ALL_PASSES

MODEL = """<ir_version: 9, opset_import: ["" : 17, "local" : 1]>
g (bool c, float[2, 2] x) => (float[2, 2] y) {
  t = local.block(x)
  y = If(c) <
    then_branch = a () => (float[2, 2] r)
      <float[2, 2] w = {1, 2, 3, 4}, float[2] s = {2, 2}, float[2] b = {1, 0}, float[2] v = {4, 4}> {
        z = Gemm(t, w)  r = BatchNormalization<epsilon = 0.0>(z, s, b, b, v) },
    else_branch = e () => (float[2, 2] q) { q = Abs(t) }>
}
<opset_import: ["" : 15], domain: "local"> block (x) => (y) {
  w = Constant<value = float[2, 2] {1, 2, 3, 4}>()
  s = Constant<value_floats = [1.0, 4.0]>()
  b = Constant<value = float[2] {0, 1}>()
  z = Gemm<beta = 0.5>(x, w, b)
  y = BatchNormalization<epsilon = 0.0>(z, s, b, b, s)
}"""


def test_fold_in_branches_and_functions() -> None:
    """An initializer of the branch, a Constant node of the function; the model computes what it computed."""
    model = onnx.parser.parse_model(MODEL)
    module = import_model(model, context=make_context())
    fold = next(found for found in ALL_PASSES if found.argument == "fold-bn-into-gemm")
    with module.context:
        fold.run(module.operation, {option.name: option.default for option in fold.options}, None)
    assert verify(module) == []
    folded = export_model(module)
    onnx.checker.check_model(folded, full_check=True)
    graphs = [folded.graph.node[1].attribute[0].g.node, folded.functions[0].node]
    ops = [[node.op_type for node in nodes] for nodes in graphs]
    assert ops == [["Gemm"], ["Constant", "Constant", "Gemm"]]
    x = np.array([[1, -2], [3, 0.5]], np.float32)
    for c in (True, False):
        feeds = {"c": np.array(c), "x": x}
        (expected,) = cast(list[Any], ReferenceEvaluator(model).run(None, feeds))
        (actual,) = cast(list[Any], ReferenceEvaluator(folded).run(None, feeds))
        # The weights are rounded once more: an ulp each, and K = 2 terms of two layers.
        np.testing.assert_allclose(
            actual, expected, rtol=16 * 2.0**-23, atol=16 * 2.0**-23 * np.abs(expected).max()
        )
