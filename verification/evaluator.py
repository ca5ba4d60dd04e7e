# SPDX-License-Identifier: Apache-2.0
"""The reference evaluator of onnx: models as it wants them, and what it computes wrongly put right.

Known of onnx 1.23, and evaluated by way of what it computes rightly:
    BatchNormalization of opsets 9 to 13 blends in statistics of the batch, 6 to 8 raise: as of opset 15
    a Loop without `cond` runs zero times: gets a `cond` that is true
    Erf, and Gelu by way of it, have the digits of a float32 in every type
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.inliner
from onnx import external_data_helper, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from .convolution import Conv
from .models import graphs_of, load_structure
from .precision import Array

_TRUE = "onnx_opt.verification.true"


def load(path: str, *, inline: bool = False) -> tuple[onnx.ModelProto, dict[str, Array]]:
    """A model without its dense initializers, and these; none of them is an input any more.

    inline: calls of model-local functions become what they stand for.
    """
    model = load_structure(path)
    arrays: dict[str, Array] = {}
    for tensor in model.graph.initializer:
        if external_data_helper.uses_external_data(tensor):
            external_data_helper.load_external_data_for_tensor(tensor, str(Path(path).parent))
        arrays[tensor.name] = np.asarray(numpy_helper.to_array(tensor))
    inputs = [info for info in model.graph.input if info.name not in arrays]
    if inline and model.functions:
        # The inliner has to see initializers, or it reuses their names: their names are enough.
        for tensor in model.graph.initializer:
            tensor.CopyFrom(
                onnx.TensorProto(name=tensor.name, data_type=tensor.data_type, dims=[0])
            )
        model = onnx.inliner.inline_local_functions(model)
    del model.graph.initializer[:]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    for node in (node for graph in graphs_of(model.graph) for node in graph.node):
        if node.op_type == "Loop" and len(node.input) > 1 and not node.input[1]:
            node.input[1] = _TRUE
            arrays[_TRUE] = np.array(True)
    return model, arrays


def evaluator(
    model: onnx.ModelProto, new_ops: list[type[OpRun]] | None = None
) -> ReferenceEvaluator:
    """The reference evaluator for a model, with ops of ours."""
    versions = {entry.domain: entry.version for entry in model.opset_import}
    ops: list[type[OpRun]] = [*(new_ops or []), Conv, Erf, Gelu]
    if versions.get("", versions.get("ai.onnx", 1)) < 14:
        ops.append(BatchNormalization)
    return ReferenceEvaluator(model, new_ops=ops)


class Erf(OpRun):
    """The error function with all digits of its type."""

    op_domain = ""

    def _run(self, x: Array) -> tuple[Array]:
        return (_erf(x).astype(x.dtype),)


class Gelu(OpRun):
    """As of opset 20, in float64."""

    op_domain = ""

    def _run(self, x: Array, approximate: str | None = None) -> tuple[Array]:
        wide = x.astype(np.float64)
        if approximate == "tanh":
            part = np.tanh(math.sqrt(2 / math.pi) * (wide + 0.044715 * wide**3))
        else:
            part = _erf(wide / math.sqrt(2))
        return ((0.5 * wide * (1 + part)).astype(x.dtype),)


_erf = np.vectorize(math.erf, otypes=[np.float64])


class BatchNormalization(OpRun):
    """BatchNormalization before opset 14 in inference mode, as of opset 15, which means the same."""

    op_domain = ""

    def _run(
        self, x: Array, scale: Array, bias: Array, mean: Array, var: Array, **attributes: Any
    ) -> tuple[Array]:
        stated = {attribute.name: attribute.i for attribute in self.onnx_node.attribute}
        before_7 = self.run_params["opsets"].get("", 1) < 7
        if any(self.onnx_node.output[1:]) or (before_7 and not stated.get("is_test")):
            raise NotImplementedError("BatchNormalization before opset 14 in training mode")
        epsilon = attributes["epsilon"]
        if not stated.get("spatial", 1):
            # One statistic for each element of a sample: those of a sample are the channels.
            shape = x.shape
            x, (scale, bias, mean, var) = (
                x.reshape(len(x), -1),
                (each.reshape(-1) for each in (scale, bias, mean, var)),
            )
            return (_normalized(x, scale, bias, mean, var, epsilon).reshape(shape),)
        return (_normalized(x, scale, bias, mean, var, epsilon),)


def _normalized(*inputs: Any) -> Array:
    """The output of BatchNormalization-15; the last of `inputs` is epsilon."""
    *arrays, epsilon = inputs
    names = ["X", "scale", "B", "mean", "var"]
    node = helper.make_node("BatchNormalization", names, ["Y"], epsilon=epsilon)
    infos = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in ("X", "Y")
    ]
    graph = helper.make_graph([node], "normalize", infos[:1], infos[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
    runner: Any = ReferenceEvaluator(model)
    (result,) = runner.run(["Y"], dict(zip(names, arrays, strict=True)))
    return np.asarray(result)
