# SPDX-License-Identifier: Apache-2.0
"""Whether a module is valid: what MLIR's generated verifiers would check, checked from the op specs.

For every op of the `onnx` namespace:
    1. the op exists;
    2. it has as many operands, results and regions as its spec says;
    3. each operand and result is of a type that the spec admits; values that share a type variable agree;
    4. required attributes are there, and every inherent attribute is of its type;
    5. regions have one block that ends in onnx.Yield, and terminators stand at the end of what they terminate;
    6. ops with a rule of their own keep it (`rules/`);
    7. ONNX's shape inference admits it, and its results have the types that it infers (`inferred.py`).
An op that reads what a faulty one makes is not blamed for what may come of it.
Only what is known is judged: dynamic dimensions and unranked tensors are given the benefit of the doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from ..bindings import ir
from ..diagnostics import Diagnostic, diagnostic_at, did_you_mean, from_mlir_error
from ..model_records import OUTPUTS
from ..ops.attributes import get_attribute
from ..ops.constant import held_attribute, small_constant
from ..ops.schema import PREFIX, all_op_names, spec_of
from ..ops.spec import OpSpec, ValueSpec
from ..types import is_none, is_unknown, type_name
from .dominance import misplaced_uses
from .inferred import contradiction, data_operands, is_judged
from .rules import PLACE_RULES, RULES, Judged

_type_of = attrgetter("type")


def verify(
    module: ir.Module | ir.Operation | ir.OpView,
    *,
    allow_unregistered_dialect: bool = False,
    imported: Sequence[ir.Operation] | None = None,
) -> list[Diagnostic]:
    """Errors in `module`, in the order of its text; an empty list if it is valid.

    MLIR's own verifier runs too.  Ops of dialects that MLIR does not know are errors unless
    `allow_unregistered_dialect`; ops of the `onnx` namespace are always checked.

    imported: given if the importer just made this.  Its constants for initializers, two ops of three in a chain of
    Gemms, are right as they are made: not to look at them saves a fifth of the verification.  Where it knows one op of
    each kind, these: if they are right all of it is, which saves the rest, 6 % of reading, folding and writing a chain.
    """
    root = module.operation
    if imported:
        check = _Check(root.context, allow_unregistered_dialect)
        for op in imported:
            check.visit(op)
        if not check.errors:
            return []
    check = _Check(root.context, allow_unregistered_dialect, imported is not None)
    root.walk(check.visit, ir.WalkOrder.PRE_ORDER)
    if errors := check.in_order():
        return errors
    try:
        root.verify()
    except ir.MLIRError as error:
        return list(from_mlir_error(error))
    return []


class _OpsOfOneName:
    """There are few combinations of types and attributes among them: each is judged once.

    valid: the signatures of those that are right by themselves.  placed: whether it matters where the op stands.
    data: the operands of which it matters what they hold.  judged: whether ONNX's inference is asked.
    """

    def __init__(self, spec: OpSpec) -> None:
        self.spec = spec
        self.valid: set[tuple[object, ...]] = set()
        self.placed = bool(spec.regions) or spec.terminator
        self.data = data_operands(spec)
        self.judged = is_judged(spec)
        self._attributes = tuple(spec.attributes)

    def signature(self, op: ir.Operation) -> tuple[object, ...] | None:
        """All that the checks of `op` by itself see; None if the bindings hide some of it.

        Of a tensor that is an attribute, which may be large and is hardly ever met twice, they see the class; ONNX's
        inference, which is not asked about constants, sees the type too.
        """
        attributes = op.attributes
        seen: list[object] = []
        for name in filter(attributes.__contains__, self._attributes):
            try:
                value = attributes[name]
            except TypeError:  # Of a class that the bindings do not know.
                return None
            if isinstance(value, ir.DenseElementsAttr):
                seen += name, value.type if self.judged else type(value)
            else:
                seen += name, value.typeid if type(value) is ir.Attribute else value
        operands = op.operands
        for index in self.data:
            if index < len(operands) and (constant := small_constant(operands[index])):
                held = held_attribute(constant)
                if held is None:
                    return None
                seen += index, held
        return (*map(_type_of, operands), None, *op.results.types, *seen)


class _Check:
    """One walk over a module."""

    def __init__(
        self, context: ir.Context, allow_unregistered_dialect: bool, imported: bool = False
    ) -> None:
        self.errors: list[Diagnostic] = []
        self._faulty: set[ir.Operation | ir.OpView | ir.Block] = set()
        self._open_blocks: list[tuple[int, Diagnostic, ir.Operation]] = []
        self._context = context
        self._allow_unregistered = allow_unregistered_dialect
        self._imported = imported
        self._names: dict[ir.Type, str | None] = {}
        self._registered: dict[str, bool] = {}
        self._ops: dict[str, _OpsOfOneName] = {}
        self._last_ops: dict[ir.Block, ir.Operation | None] = {}

    def visit(self, op: ir.Operation) -> ir.WalkResult:
        name = op.name
        if self._imported and name == "onnx.Constant" and OUTPUTS.name not in op.attributes:
            return ir.WalkResult.ADVANCE  # a node's would say what its outputs are called
        if name.startswith(PREFIX):
            message = self._problem(op, name)
        elif name == "func.func":
            message = None
            self._look_at_ends(op)
        else:
            message = self._problem_of_foreign_op(name)
        if message:
            if not self._faulty or not self._is_consequence(op):
                text = message if message.startswith(f"{name}: ") else f"'{name}' op {message}"
                self.errors.append(diagnostic_at("error", op.location, text))
            self._faulty.add(op)
        return ir.WalkResult.ADVANCE

    def in_order(self) -> list[Diagnostic]:
        """All errors, in the order of the text."""
        for index, error, last in reversed(self._open_blocks):
            if last not in self._faulty:
                self.errors.insert(index, error)
        return self.errors

    def _is_consequence(self, op: ir.Operation) -> bool:
        """Whether an operand comes from an op that is wrong itself."""
        return any(value.owner in self._faulty for value in op.operands)

    def _problem_of_foreign_op(self, name: str) -> str | None:
        if self._allow_unregistered:
            return None
        if name not in self._registered:
            self._registered[name] = self._context.is_registered_operation(name)
        if self._registered[name]:
            return None
        return "is of a dialect that is not registered; `--allow-unregistered-dialect` lets it pass"

    def _problem(self, op: ir.Operation, full_name: str) -> str | None:
        """What is wrong with an onnx op, if anything is."""
        ops = self._ops.get(full_name)
        if ops is None:
            spec = spec_of(op)
            if spec is None:
                hint = did_you_mean(full_name.removeprefix(PREFIX), all_op_names())
                return f"is not an op of the onnx dialect{hint}"
            ops = self._ops[full_name] = _OpsOfOneName(spec)
        signature = ops.signature(op)
        if signature in ops.valid:
            return self._problem_of_place(op, ops.spec) if ops.placed or len(op.regions) else None
        spec = ops.spec
        operands = [value.type for value in op.operands]
        results = [value.type for value in op.results]
        problem = (
            self._problem_of_types("operand", spec.operands, operands, spec.operand_range)
            or self._problem_of_types("result", spec.results, results, spec.result_range)
            or _problem_of_attributes(op, spec)
            or self._problem_of_place(op, spec)
        )
        if problem is None and (rule := RULES.get(spec.name)):
            problem = next(rule(Judged(op, spec)), None)
        problem = problem or self._problem_of_variables(spec, operands, results)
        if problem is None and ops.judged:
            problem = contradiction(op, spec, ops.data)
        if problem is None and signature is not None:
            ops.valid.add(signature)
        return problem

    def _problem_of_types(
        self,
        noun: str,
        formals: tuple[ValueSpec, ...],
        types: list[ir.Type],
        count_range: tuple[int, int | None],
    ) -> str | None:
        fewest, most = count_range
        count = len(types)
        if count < fewest or (most is not None and count > most):
            expected = f"{fewest}" if fewest == most else f"at least {fewest}"
            return f"expected {expected} {noun}{'' if fewest == 1 else 's'}, got {count}"
        for index, type_ in enumerate(types):
            formal = formals[min(index, len(formals) - 1)]
            if problem := self._problem_of_type(formal, type_):
                return f"{noun} '{formal.name}' (#{index}) {problem}"
        return None

    def _problem_of_type(self, formal: ValueSpec, type_: ir.Type) -> str | None:
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
        return None

    def _problem_of_variables(
        self, spec: OpSpec, operands: list[ir.Type], results: list[ir.Type]
    ) -> str | None:
        """Values that name one type variable have one type; what is left out or not known has any."""
        bound: dict[str, tuple[str, str]] = {}
        for noun, formals, types in (
            ("operand", spec.operands, operands),
            ("result", spec.results, results),
        ):
            for index, type_ in enumerate(types):
                formal = formals[min(index, len(formals) - 1)]
                name = self._type_name(type_) if formal.variable and formal.types else None
                if name is None:
                    continue
                first_name, first_type = bound.setdefault(formal.variable, (formal.name, name))
                if first_type != name:
                    return (
                        f"{noun} '{formal.name}' (#{index}) must have the element type of "
                        f"'{first_name}', {first_type}, got {type_}"
                    )
        return None

    def _type_name(self, type_: ir.Type) -> str | None:
        try:
            return self._names[type_]
        except KeyError:
            return self._names.setdefault(type_, type_name(type_))

    def _problem_of_place(self, op: ir.Operation, spec: OpSpec) -> str | None:
        """What is wrong with the regions of `op`, or with where it stands."""
        problem = self._problem_of_regions(op, spec)
        if problem is None and spec.terminator:
            problem = self._problem_of_terminator(op, spec)
        if problem is None and (rule := PLACE_RULES.get(spec.onnx_name or spec.name)):
            return next(rule(op), None)
        return problem

    def _problem_of_regions(self, op: ir.Operation, spec: OpSpec) -> str | None:
        count = len(op.regions)
        # A custom node may have any number of graphs.
        names = tuple(f"#{i}" for i in range(count)) if spec.custom else spec.regions
        if count != len(names):
            expected = f"{len(names)} regions ({', '.join(names)})" if names else "no regions"
            return f"expected {expected}, got {count}"
        for name, region in zip(names, op.regions, strict=True):
            blocks = list(region.blocks)
            if not blocks and name in spec.optional_regions:
                continue
            if len(blocks) != 1:
                return f"region '{name}' must have one block, got {len(blocks)}"
            last = self._last_op(blocks[0])
            ending = spec_of(last) if last else None
            if ending is None or ending.terminates != "region":
                got = last.name if last else "an empty block"
                return f"region '{name}' must end in onnx.Yield, got {got}"
            self.errors.extend(misplaced_uses(blocks[0]))
        return None

    def _problem_of_terminator(self, op: ir.Operation, spec: OpSpec) -> str | None:
        parent = op.parent
        parent_name = parent.name if parent else "nothing"
        of_function = spec.terminates == "function"
        if (parent_name == "func.func") != of_function:
            expected = "a func.func" if of_function else "a region of an onnx op"
            return f"must stand in {expected}, got {parent_name}"
        block = op.block
        last = self._last_op(block) if block else None
        return "must be the last op of its block" if last is not None and last != op else None

    def _look_at_ends(self, function: ir.Operation) -> None:
        """To MLIR, any op that it does not know may be a terminator.  Of one that is wrong, no more is said."""
        for region in function.regions:
            for block in region.blocks:
                last = self._last_op(block)
                spec = spec_of(last) if last else None
                if last and spec and not spec.terminator:
                    message = f"'func.func' op must end each block in a terminator such as onnx.Return, got {last.name}"
                    error = diagnostic_at("error", function.location, message)
                    self._open_blocks.append((len(self.errors), error, last))

    def _last_op(self, block: ir.Block) -> ir.Operation | None:
        """To ask a block for its last op is to walk over all of them: each is asked once."""
        if block not in self._last_ops:
            operations = block.operations
            count = len(operations)
            self._last_ops[block] = operations[count - 1].operation if count else None
        return self._last_ops[block]


def _one_of(types: frozenset[str]) -> str:
    names = sorted(types)
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return shown if len(names) == 1 else f"one of {shown}"


def _problem_of_attributes(op: ir.Operation, spec: OpSpec) -> str | None:
    attributes = op.attributes
    for attribute in spec.attributes.values():
        if attribute.name not in attributes:
            if attribute.required:
                others = [name for name in attributes if name not in spec.attributes]
                hint = did_you_mean(attribute.name, others)
                return f"requires attribute '{attribute.name}': {attribute.kind.expected}{hint}"
            continue
        found = get_attribute(op, attribute.name)
        if found is not None and not attribute.kind.check(found):
            expected = attribute.kind.expected
            return f"attribute '{attribute.name}' must be {expected}, got {str(found)[:80]}"
    return None
