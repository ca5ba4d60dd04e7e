# SPDX-License-Identifier: Apache-2.0
"""That no rule of the verifier is untried, no exception idle, and no op forgotten."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import onnx.defs as defs
import pytest

from onnx_opt.dialect import make_context, parse, verify
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.ops.inference import infer_types
from onnx_opt.dialect.ops.schema import all_op_names, op_spec
from onnx_opt.dialect.verifier import inferred
from onnx_opt.dialect.verifier.rules import PLACE_RULES, RULES

LIT = Path(__file__).parent.parent / "lit" / "dialect"
REFUSED = "\n".join(file.read_text() for file in sorted(LIT.glob("invalid-*.mlir")))
ADMITTED = LIT / "lenient.mlir"
HERE = Path(__file__).with_name("test_verifier.py").read_text()


@pytest.mark.parametrize("name", sorted(RULES | PLACE_RULES))
def test_each_rule_refuses_something(name: str) -> None:
    expected = rf"expected-error .*onnx\.{name}\b"
    assert re.search(expected, REFUSED) or f"'onnx.{name}' op" in HERE


def sections(file: Path) -> list[str]:
    return file.read_text().split("// -----\n")


@pytest.mark.parametrize("section", sections(ADMITTED))
def test_each_exception_is_needed(section: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify(parse(section, context=make_context())) == []
    monkeypatch.setattr(inferred, "ADMITTED", ())
    monkeypatch.setattr(inferred, "UNJUDGED_RESULTS", {})
    monkeypatch.setattr(inferred, "UNJUDGED_SIZES", {})
    assert verify(parse(section, context=make_context()))


def test_each_exception_is_tried() -> None:
    text = ADMITTED.read_text()
    excused = {name for name, _, _ in inferred.ADMITTED}
    excused |= {*inferred.UNJUDGED_RESULTS, *inferred.UNJUDGED_SIZES}
    assert {name for name in excused if f'"onnx.{name}"' not in text} == set()


def test_which_ops_nobody_judges() -> None:
    """Beyond their spec; all others have an inference of ONNX, or a rule.

    Of an op with a body, ONNX's inference would have to be asked about the body too.
    """
    alone: set[str] = set()
    for name in all_op_names():
        spec = op_spec(name)
        assert spec is not None
        if name in RULES or (spec.onnx_name or name) in PLACE_RULES:
            continue
        if inferred.is_judged(spec):
            schema = cast(Any, defs.get_schema(spec.onnx_name, spec.since_version, spec.domain))
            if schema.has_type_and_shape_inference_function or schema.has_function:
                continue
        if not name.endswith("V1"):  # Of the first opset few had one.
            alone.add(name)
    with_bodies = {name for name in alone if (spec := op_spec(name)) and spec.regions}
    assert {name.partition("V")[0] for name in with_bodies} == {
        *("FlexAttention", "Loop", "Scan", "SequenceMap"),
    }
    assert alone - with_bodies == {
        *("ConcatShapeTranspose", "Custom", "DimGroup", "EntryPoint", "NoValue"),  # onnx-mlir's own
        *("PrintSignature", "Yield"),
        *("CompressV9", "GroupNormalization", "Gradient"),  # without inference
        *("FeatureVectorizer", "Imputer", "LinearRegressor", "Normalizer", "SVMRegressor"),
        *("Scaler", "TreeEnsembleRegressor"),
        *("GroupNormalizationV18", "Scatter"),  # deprecated, of which ONNX tells nothing
        *("TreeEnsembleClassifierV5", "TreeEnsembleRegressorV5"),
    }


def test_large_constants_are_not_looked_at() -> None:
    """The verifier runs after each pass: it must not copy weights."""
    text = """func.func @f(%x: tensor<{n}xf32>, %u: tensor<{n}xf32>) {{
      %i = onnx.Constant dense<{n}> : tensor<{n}xi64>
      %0 = "onnx.ScatterElements"(%x, %i, %u) : (tensor<{n}xf32>, tensor<{n}xi64>, tensor<{n}xf32>) -> tensor<{n}xf32>
      onnx.Return
    }}"""
    assert verify(parse(text.format(n=64), context=make_context()))
    assert verify(parse(text.format(n=65), context=make_context())) == []


def test_equal_ops_are_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ir.Operation] = []
    judge = infer_types

    def counted(*args: Any) -> Any:
        asked.append(args[0])
        return judge(*args)

    monkeypatch.setattr(inferred, "infer_types", counted)
    ops = [
        f"""%s{i} = onnx.Constant dense<[{i % 2 + 2}, -1]> : tensor<2xi64>
        %r{i} = "onnx.Reshape"(%x, %s{i}) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<?x?xf32>"""
        for i in range(10)
    ]
    text = "func.func @f(%x: tensor<2x3xf32>) {{\n{}\nonnx.Return\n}}".format("\n".join(ops))
    assert verify(parse(text, context=make_context())) == []
    assert len(asked) == 2
