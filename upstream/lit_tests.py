# SPDX-License-Identifier: Apache-2.0
"""Lit tests in onnx-mlir's style: for each pattern one that is rewritten, and for each condition one that is not.

What a test expects is what the pass itself makes of it, as onnx-opt prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..dialect.assembly.printer import to_text
from ..dialect.bindings import ir
from ..dialect.context import make_context
from ..dialect.ops.attribute_kinds import FLOAT, INT, INTS
from ..dialect.verifier.verify import verify
from ..passes.rewriting.patterns import RewritePass
from ..passes.rewriting.terms import Const, OpTerm, walk
from .constraints import failing
from .drr import DrrError, Pattern
from .element_types import ElementTypes
from .instances import Instance, Twist, instances
from .sources import Ask

RUN = (
    "// RUN: onnx-mlir-opt --shape-inference --canonicalize --shape-inference --constprop-onnx --canonicalize %s "
    "-split-input-file | FileCheck %s\n"
)
"""Shapes are inferred before constants are folded: constant propagation needs them."""

FOLDED_BY_ONNX_OPT = "onnx-opt itself rewrites this: it needs no such condition."

OF_ANOTHER_RULE = "Another rule rewrites this."

_OTHER_TYPE = "f64"


def lit_tests(pass_: RewritePass, patterns: list[Pattern]) -> str:
    """The file of tests for the patterns of one pass."""
    parts = [RUN]
    with make_context(load_all=False), ir.Location.unknown():
        told: set[str] = set()
        for pattern in patterns:
            parts.append(_positive(pass_, pattern))
            for ask in pattern.source.asks:
                name = _negative_name(pattern, ask)
                if name not in told:
                    told.add(name)
                    parts += _negative(pass_, pattern, ask, name)
    return "\n// -----\n\n".join(parts)


def _positive(pass_: RewritePass, pattern: Pattern) -> str:
    for instance in instances(pattern.source):
        if failing(pattern.source, instance):
            continue
        before = _function(instance.module)
        _apply(pass_, pattern, instance)
        after = _function(instance.module)
        if before != after and not verify(instance.module):
            name = f"test_{_snake(pattern.name.removesuffix('Pattern'))}_fused"
            return _test(name, before, list(_checks(after)))
    raise DrrError(
        f"rule '{pattern.rule.name or pass_.argument}': no small instance was found for a test"
    )


def _negative(pass_: RewritePass, pattern: Pattern, ask: Ask, name: str) -> Iterator[str]:
    """The test that a condition is asked for; nothing where no valid input misses that one alone."""
    for twist in _twists(pattern, ask):
        for instance in instances(pattern.source, twist, most=3_000):
            missed = failing(pattern.source, instance)
            if ask not in missed or any(each.about is not ask.about for each in missed):
                continue
            before = _function(instance.module)
            _apply(pass_, pattern, instance)
            comment = f"// {str(ask).strip('()')} does not hold.\n"
            if _function(instance.module) != before:
                comment += f"// {FOLDED_BY_ONNX_OPT}\n"
            else:
                pass_.run(instance.module.operation)
                after = _function(instance.module)
                if after != before:
                    comment += f"// {OF_ANOTHER_RULE}\n"
                    yield comment + _test(name, before, list(_checks(after)))
                    return
            ops = re.findall(r'^ *(?:%\S+ = )?("onnx\.(?!NoValue)\w+")\(', before, re.MULTILINE)
            lines = [
                f"// CHECK: {op}" if at == 0 else f"// CHECK-NEXT: {op}"
                for at, op in enumerate(ops)
            ]
            yield comment + _test(name, before, [f"// CHECK-LABEL:  func.func @{name}", *lines])
            return


def _twists(pattern: Pattern, ask: Ask) -> Iterator[Twist]:
    """How to miss a condition, the plainest way first."""
    plain, about = Twist(), ask.about
    match ask.kind:
        case "constant" if isinstance(about, Const):
            yield replace(plain, free=about)
        case "use" if isinstance(about, OpTerm):
            yield replace(plain, read_twice=about)
        case "type" if isinstance(about, Const):
            types = ElementTypes(pattern.rule.before)
            alike = [letter for letter in walk(pattern.rule.before) if types.same(letter, about)]
            yield replace(plain, types=dict.fromkeys(alike, _OTHER_TYPE))
        case "equal" if about is not None:
            yield replace(plain, numbers={about: -7.0})
        case "attribute" if isinstance(about, OpTerm):
            for value in _other_values(about, ask.attribute):
                yield replace(plain, attributes={(about, ask.attribute): value})
        case "size" if about is not None:
            yield replace(plain, single=about)
        case "rank" | "shape":
            yield replace(plain, any_shape=about if isinstance(about, Const) else None)
        case "row":
            for row in ("i32", "f64", "f16"):
                yield replace(plain, row=row)
        case "absent" if isinstance(about, OpTerm):
            yield replace(plain, given=(about, ask.attribute))
        case _:
            pass


def _other_values(op: OpTerm, name: str) -> Iterator[object]:
    spec = op.family.spec.attributes[name]
    wanted = op.attributes.get(name, spec.default)
    if spec.kind is INT:
        yield from (1, 2) if wanted == 0 else (0, 2)
    elif spec.kind is FLOAT:
        yield wanted + 1.0 if isinstance(wanted, float) else 1.0
    elif spec.kind is INTS:
        yield from ([1, 1], [1, 1, 1, 1], [0, 1], [1, 0], [0, 2, 1])


def _negative_name(pattern: Pattern, ask: Ask) -> str:
    """One name for the same condition in all cases of a rule."""
    rule = _snake(pattern.base)
    return f"test_{rule}_{_snake(re.sub(r'[^A-Za-z0-9]+', '_', str(ask)).strip('_'))}_not_fused"


def _apply(pass_: RewritePass, pattern: Pattern, instance: Instance) -> None:
    called = pattern.rule.name or pass_.argument
    pass_.without([name for name in pass_.rule_names if name != called]).run(
        instance.module.operation
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _function(module: ir.Module) -> str:
    """The text of the only function, at the margin."""
    lines = str(to_text(module)).splitlines()
    inner = [line[2:] for line in lines if line not in ("module {", "}")]
    return "\n".join(inner) + "\n"


def _test(name: str, function: str, checks: list[str]) -> str:
    head, *body, end = function.replace("@f(", f"@{name}(").splitlines()
    checks = [line.replace("@f", f"@{name}") if "LABEL" in line else line for line in checks]
    return "\n".join([head, *body, "", *checks, end]) + "\n"


def _checks(function: str) -> Iterator[str]:
    """CHECK lines in the style of onnx-mlir's utils/mlir2FileCheck.py."""
    head, *body, _ = function.splitlines()
    names: dict[str, str] = {}
    name, rest = head.split("(", 1)
    yield f"// CHECK-LABEL:  {name}"
    yield f"// CHECK-SAME:   ({_captured(rest, names, 'PARAM')}"
    for line in body:
        text = _captured(line.strip(), names, "VAR")
        kind = "-DAG:  " if "onnx.Constant" in text else ":      "
        yield f"// CHECK{kind}     {text}"
    yield "// CHECK:         }"


def _captured(line: str, names: dict[str, str], kind: str) -> str:
    """`%0` as a variable of FileCheck, captured where it is first met."""
    # What FileCheck would take for a variable.
    line = re.sub(r"\[(?=\[)", "{{.}}", line)

    def named(found: re.Match[str]) -> str:
        if found[0] in names:
            return f"[[{names[found[0]]}]]"
        names[found[0]] = (
            f"{kind}_{len([name for name in names.values() if name.startswith(kind)])}_"
        )
        return f"[[{names[found[0]]}:%.+]]"

    return re.sub(r"%\w+", named, line)
