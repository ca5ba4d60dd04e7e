# SPDX-License-Identifier: Apache-2.0
"""What a pattern sees and changes IR with, and what it answers.

The bindings ask a pattern for something truthy where it did not match; `no_match` and `Rewriter.replace` give the right
answers, and a pattern that gives neither is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from ...dialect.bindings import ir, rewrite
from ...dialect.model_records import OF_RESULTS
from ...dialect.onnx import OnnxOp
from ...dialect.types import compatible
from .effects import erase_with_dead_operands

if TYPE_CHECKING:
    from .figures import Figures

Op = TypeVar("Op", bound=OnnxOp)


class NoMatch:
    """A pattern left the IR as it is, because of `reason`."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason


Detail: TypeAlias = "str | Callable[[], str]"
"""Follows the pass's verb in remarks, as in `folded into 'fc1'`; a function is called only if there are any."""


class Rewritten:
    """A pattern replaced its op; `detail` and the `figures` of a rule are for remarks."""

    __slots__ = ("detail", "figures")

    def __init__(self, detail: Detail = "", figures: Figures | None = None) -> None:
        self.detail = detail
        self.figures = figures


Pattern = Callable[..., NoMatch | Rewritten]
"""`pattern(op, rewriter, **options of the pass)`"""


def no_match(reason: str) -> NoMatch:
    """The answer of a guard: the op stays, and `--remarks` says why.  The pattern must not have changed anything."""
    return NoMatch(reason)


class Rewriter:
    """What a pattern changes the IR with.

    tells: whether anybody reads the details of its answer.  names, converts: see `RewritePass`.
    """

    def __init__(
        self,
        driver: rewrite.PatternRewriter,
        *,
        tells: bool = True,
        names: bool = True,
        converts: bool = False,
    ) -> None:
        self._driver = driver
        self.tells = tells
        self.names = names
        self.converts = converts

    def before(self, op: ir.OpView | ir.Operation) -> AbstractContextManager[ir.InsertionPoint]:
        """`with rewriter.before(op):` new ops stand before `op`; without it, before the op that matched."""
        return ir.InsertionPoint(op)

    def replace(
        self, op: ir.OpView, new: ir.Value | ir.OpView | Iterable[ir.Value], detail: Detail = ""
    ) -> Rewritten:
        """Give every use of `op`'s results to `new`, erase `op` and every op that is dead without it."""
        values = (
            [new]
            if isinstance(new, ir.Value)
            else new.operation
            if isinstance(new, ir.OpView)
            else list(new)
        )
        return self.replace_known(op, values, detail, list(op.operands), {})

    def replace_known(
        self,
        op: ir.OpView,
        values: Any,
        detail: Detail,
        operands: Iterable[ir.Value],
        owners: Mapping[ir.Value, ir.OpView | ir.Block],
    ) -> Rewritten:
        """The same for who knows the operands of `op` and the owners of some values: to ask again is 5 % of a fold."""
        self._driver.replace_op(op.operation, values)
        if not self.converts:
            erase_with_dead_operands(operands, self._driver.erase_op, owners)
        return Rewritten(detail)

    def erase(self, op: ir.OpView) -> Rewritten:
        """Erase `op`, whose results are unused, and every op that is dead without it."""
        operands = list(op.operands)
        self._driver.erase_op(op.operation)
        if not self.converts:
            erase_with_dead_operands(operands, self._driver.erase_op)
        return Rewritten()


def defining_op(value: ir.Value | None, op_class: type[Op]) -> Op | None:
    """The op of class `op_class` that gives `value`; None if another op, a block argument or nothing does."""
    if value is None:
        return None
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.name != op_class.OPERATION_NAME:
        return None
    return cast(Op, owner.opview)


def maker(value: ir.Value, *names: str) -> Any:
    """The view of the op that gives `value` if it is one of `onnx.<names>`; else None."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.name not in [f"onnx.{name}" for name in names]:
        return None
    return owner.opview


def has_one_use(value: ir.Value) -> bool:
    """Whether exactly one operand in the whole module is `value`; uses inside regions and returns count."""
    uses = value.uses
    return next(uses, None) is not None and next(uses, None) is None


def is_read_as_it_is(value: ir.Value) -> bool:
    """Whether an op of another dialect reads `value`: such as func.return want the very type that it has."""
    return any(not use.owner.name.startswith("onnx.") for use in value.uses)


def fused_location(*ops: ir.OpView) -> ir.Location:
    """One location that tells of all `ops`: what a new op that stands for them carries."""
    return ir.Location.fused([op.location for op in ops])


def name_results(new: OnnxOp, *, like: OnnxOp) -> None:
    """Give `new` what an importer recorded about the results of the op that it replaces, such as their names."""
    old, attributes = like.attributes, new.attributes
    for record in OF_RESULTS:
        entries = cast("ir.ArrayAttr | None", old.get(record))
        if entries is not None:
            if len(entries) > len(new.results):
                kept = [entry for _, entry in zip(new.results, entries, strict=False)]
                entries = ir.ArrayAttr.get(kept, new.context)
            attributes[record] = entries
        elif record in attributes:
            del attributes[record]


def take_over(op: Any, root: Any) -> None:
    """`op` gives what `root` gave: its types, as far as they agree, and the names of its results."""
    for result, old in zip(op.results, root.results, strict=False):
        type_ = old.type
        if result.type != type_ and compatible(result.type, type_):
            result.set_type(type_)
    name_results(op, like=root)


def take_over_each(values: Iterable[ir.Value], root: Any, new: Iterable[Any]) -> None:
    """Each value gives what the result of `root` in its place gave; only `new` ops are called as that was."""
    made = {op.operation for op in new}
    places: dict[Any, dict[int, int]] = {}
    for index, value in enumerate(values):
        if isinstance(value, ir.OpResult) and (owner := cast(Any, value.owner)) in made:
            places.setdefault(owner, {})[value.result_number] = index
            if compatible(value.type, root.results[index].type):
                value.set_type(root.results[index].type)
    for op, of_root in places.items():
        for record in OF_RESULTS:
            if record in root.attributes and len(of_root) == len(op.results):
                entries = cast(ir.ArrayAttr, root.attributes[record])
                ordered = [entries[of_root[number]] for number in range(len(of_root))]
                op.attributes[record] = ir.ArrayAttr.get(ordered, op.context)


def forget_results(op: OnnxOp) -> None:
    """Drop what an importer recorded about the results of `op`."""
    for record in OF_RESULTS:
        if record in op.attributes:
            del op.attributes[record]
