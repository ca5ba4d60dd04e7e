# SPDX-License-Identifier: Apache-2.0
"""One rule, applied to a function: the IR that it leaves, what remarks say, and whether the numbers stay."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from onnx.reference import ReferenceEvaluator

from onnx_opt.dialect import Diagnostic, make_context, parse, to_text, verify
from onnx_opt.dialect.bindings import ir
from onnx_opt.exporter import export_model
from onnx_opt.passes.rewriting import RewritePass, Rule
from onnx_opt.passes.rewriting.terms import OpTerm, Term

Array = np.ndarray[Any, np.dtype[Any]]


class Applied(NamedTuple):
    """The text afterwards, and the remarks but for the last, which counts."""

    text: str
    remarks: list[str]


def applied(
    text: str,
    before: OpTerm,
    after: Term | tuple[Term, ...],
    *conditions: Any,
    same: bool = True,
    provenance: bool = False,
) -> Applied:
    """A rule on the only function in `text`: valid afterwards, and, to onnx's evaluator, the same on small integers.

    same: whether the rule is true.  provenance: whether the text has it, and locations.
    """
    rule = Rule("", before, after, conditions)
    return applied_rules(text, rule, same=same, provenance=provenance)


def applied_rules(text: str, *rules: Rule, same: bool = True, provenance: bool = False) -> Applied:
    """The same for several rules."""
    module = parse(text, context=make_context())
    assert [str(error) for error in verify(module)] == []
    inputs = _inputs(module) if same else {}
    expected = _evaluated(module, inputs) if same else []
    remarks: list[Diagnostic] = []
    pass_ = RewritePass(argument="rule", summary="Rule", rules=rules)
    pass_.run(module.operation, None, remarks.append)
    assert [str(error) for error in verify(module)] == []
    if same:
        for found, wanted in zip(_evaluated(module, inputs), expected, strict=True):
            np.testing.assert_array_equal(found, wanted)
    return Applied(
        to_text(module, debuginfo=provenance), [remark.message for remark in remarks[:-1]]
    )


def function(*lines: str, arguments: str, returns: str = "%r", type_: str) -> str:
    """A function in the dialect's text."""
    inside = "\n  ".join(lines)
    head = f"func.func @main_graph({arguments}) -> ({type_})"
    entry = '"onnx.EntryPoint"() <{func = @main_graph}> : () -> ()'
    return f"{head} {{\n  {inside}\n  onnx.Return {returns} : {type_}\n}}\n{entry}"


def _inputs(module: ir.Module) -> dict[str, Array]:
    """Small integers, all different, of both signs."""
    found: dict[str, Array] = {}
    for info in export_model(module).graph.input:
        shape = [dim.dim_value for dim in info.type.tensor_type.shape.dim]
        count = int(np.prod(shape))
        values = np.arange(count) - count // 3
        dtype = {1: np.float32, 6: np.int32, 9: np.bool_}[info.type.tensor_type.elem_type]
        found[info.name] = values.reshape(shape).astype(dtype)
    return found


def _evaluated(module: ir.Module, inputs: dict[str, Array]) -> list[Any]:
    results = ReferenceEvaluator(export_model(module)).run(None, inputs)
    assert isinstance(results, list)
    return results
