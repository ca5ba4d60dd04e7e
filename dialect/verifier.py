# SPDX-License-Identifier: Apache-2.0
"""Is this module valid?  What MLIR's generated verifiers would check, checked from the op specs.

For every op of the `onnx` namespace:
    1. the op exists;
    2. it has as many operands, results and regions as its spec says;
    3. each operand and result is of a type that the spec admits, and values that share a type variable agree;
    4. required attributes are there, and every inherent attribute is of its type;
    5. regions have one block that ends in onnx.Yield, and terminators stand at the end of what they terminate;
    6. ops with a rule of their own keep it (`rules.py`).
Only what is known is judged: dynamic dimensions and unranked tensors are given the benefit of the doubt.
"""

from __future__ import annotations

from collections.abc import Iterator

from .attributes import EXPECTED, get_attribute, has_kind
from .bindings import ir
from .diagnostics import Diagnostic, diagnostic_at, did_you_mean, from_mlir_error
from .rules import RULES
from .schema import OpSpec, ValueSpec, all_op_names, op_spec
from .types import is_none, is_unknown, type_name

_PREFIX = "onnx."


def verify(
    module: ir.Module | ir.Operation | ir.OpView, *, allow_unregistered_dialect: bool = False
) -> list[Diagnostic]:
    """Errors in `module`, in the order of its text; an empty list if it is valid.

    MLIR's own verifier runs too.  Ops of dialects that MLIR does not know are errors unless
    `allow_unregistered_dialect`; ops of the `onnx` namespace are always checked.
    """
    root = module.operation
    check = _Check(root.context, allow_unregistered_dialect)
    root.walk(check.visit, ir.WalkOrder.PRE_ORDER)
    if check.errors:
        return check.errors
    try:
        root.verify()
    except ir.MLIRError as error:
        return list(from_mlir_error(error))
    return []


class _Check:
    """One walk over a module.  Types are looked up by identity first: a module has few of them."""

    def __init__(self, context: ir.Context, allow_unregistered_dialect: bool) -> None:
        self.errors: list[Diagnostic] = []
        self._context = context
        self._allow_unregistered = allow_unregistered_dialect
        self._names: dict[ir.Type, str | None] = {}
        self._registered: dict[str, bool] = {}

    def visit(self, op: ir.Operation) -> ir.WalkResult:
        name = op.name
        if name.startswith(_PREFIX):
            message = next(self._problems(op, name[len(_PREFIX) :]), None)
        elif name == "func.func":
            message = _problem_of_function(op)
        else:
            message = self._problem_of_foreign_op(name)
        if message:
            self.errors.append(diagnostic_at("error", op.location, f"'{name}' op {message}"))
        return ir.WalkResult.ADVANCE

    def _problem_of_foreign_op(self, name: str) -> str | None:
        if self._allow_unregistered:
            return None
        if name not in self._registered:
            self._registered[name] = self._context.is_registered_operation(name)
        if self._registered[name]:
            return None
        return "is of a dialect that is not registered; `--allow-unregistered-dialect` lets it pass"

    def _problems(self, op: ir.Operation, name: str) -> Iterator[str]:
        spec = op_spec(name)
        if spec is None:
            yield f"is not an op of the onnx dialect{did_you_mean(name, all_op_names())}"
            return
        yield from self._problems_of_values(op, spec)
        yield from _problems_of_attributes(op, spec)
        yield from _problems_of_regions(op, spec)
        if rule := RULES.get(name):
            yield from rule(op)

    def _problems_of_values(self, op: ir.Operation, spec: OpSpec) -> Iterator[str]:
        bound: dict[str, tuple[str, str]] = {}
        for noun, formals, values, (fewest, most) in (
            ("operand", spec.operands, op.operands, spec.operand_range),
            ("result", spec.results, op.results, spec.result_range),
        ):
            count = len(values)
            if count < fewest or (most is not None and count > most):
                expected = f"{fewest}" if fewest == most else f"at least {fewest}"
                yield f"expected {expected} {noun}{'' if fewest == 1 else 's'}, got {count}"
                return
            for index, value in enumerate(values):
                formal = formals[min(index, len(formals) - 1)]
                problem = self._problem_of_type(formal, value.type, bound)
                if problem:
                    yield f"{noun} '{formal.name}' (#{index}) {problem}"

    def _problem_of_type(
        self, formal: ValueSpec, type_: ir.Type, bound: dict[str, tuple[str, str]]
    ) -> str | None:
        if formal.types is None:
            return None
        name = self._type_name(type_)
        if name is None and is_none(type_):
            if formal.arity == "optional" or "none" in formal.types:
                return None
            return f"is required, but it is none: expected {_one_of(formal.types)}"
        if name is None and is_unknown(type_):
            return None
        if name is None or name not in formal.types:
            return f"must be {_one_of(formal.types)}, got {type_}"
        if formal.variable:
            first_name, first_type = bound.setdefault(formal.variable, (formal.name, name))
            if first_type != name:
                return f"must have the element type of '{first_name}', {first_type}, got {type_}"
        return None

    def _type_name(self, type_: ir.Type) -> str | None:
        try:
            return self._names[type_]
        except KeyError:
            return self._names.setdefault(type_, type_name(type_))


def _problem_of_function(function: ir.Operation) -> str | None:
    """To MLIR, any op that it does not know may be a terminator."""
    for region in function.regions:
        for block in region.blocks:
            last = _last_op(block)
            spec = (
                op_spec(last.name[len(_PREFIX) :])
                if last and last.name.startswith(_PREFIX)
                else None
            )
            if last and spec and not spec.terminator:
                return f"must end each block in a terminator such as onnx.Return, got {last.name}"
    return None


def _one_of(types: frozenset[str]) -> str:
    names = sorted(types)
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return shown if len(names) == 1 else f"one of {shown}"


def _problems_of_attributes(op: ir.Operation, spec: OpSpec) -> Iterator[str]:
    for attribute in spec.attributes.values():
        found = get_attribute(op, attribute.name)
        if found is None:
            if attribute.required:
                present = [name for name in op.attributes if name not in spec.attributes]
                hint = did_you_mean(attribute.name, present)
                yield f"requires attribute '{attribute.name}': {EXPECTED[attribute.kind]}{hint}"
        elif not has_kind(attribute.kind, found):
            yield f"attribute '{attribute.name}' must be {EXPECTED[attribute.kind]}, got {str(found)[:80]}"


def _problems_of_regions(op: ir.Operation, spec: OpSpec) -> Iterator[str]:
    regions = list(op.regions)
    # A custom node may have any number of graphs.
    names = (
        spec.regions if spec.name != "Custom" else [f"#{index}" for index in range(len(regions))]
    )
    if len(regions) != len(names):
        expected = (
            f"{len(spec.regions)} regions ({', '.join(spec.regions)})"
            if spec.regions
            else "no regions"
        )
        yield f"expected {expected}, got {len(regions)}"
        return
    for name, region in zip(names, regions, strict=True):
        blocks = list(region.blocks)
        if not blocks and name in spec.optional_regions:
            continue
        if len(blocks) != 1:
            yield f"region '{name}' must have one block, got {len(blocks)}"
            continue
        last = _last_op(blocks[0])
        if last is None or last.name != "onnx.Yield":
            yield f"region '{name}' must end in onnx.Yield, got {last.name if last else 'an empty block'}"
    if spec.terminator:
        yield from _problems_of_terminator(op, spec)


def _problems_of_terminator(op: ir.Operation, spec: OpSpec) -> Iterator[str]:
    parent = op.parent
    parent_name = parent.name if parent else "nothing"
    in_function = parent_name == "func.func"
    if in_function != (spec.name == "Return"):
        yield f"must stand in {'a func.func' if spec.name == 'Return' else 'a region of an onnx op'}, got {parent_name}"
    block = op.block
    last = _last_op(block) if block else None
    if last is not None and last != op:
        yield "must be the last op of its block"


def _last_op(block: ir.Block) -> ir.Operation | None:
    operations = block.operations
    count = len(operations)
    return operations[count - 1].operation if count else None
