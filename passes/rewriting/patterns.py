# SPDX-License-Identifier: Apache-2.0
"""Passes made of patterns, applied greedily until none matches.

A pattern is a function of an op and a rewriter.  It looks first and leaves early:

    def fold_mul_by_one(mul, rewriter):
        one = constant_value(mul.B)
        if one is None or not (one == 1).all():
            return no_match("B is not a constant 1")
        return rewriter.replace(mul, mul.A)

    PASS = RewritePass(
        argument="fold-mul-by-one",
        summary="Remove multiplications by one",
        patterns={onnx.Mul: fold_mul_by_one},
    )

The bindings ask a pattern for something truthy where it did not match; `no_match` and `Rewriter.replace` give the right
answers, and a pattern that gives neither is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

from ...dialect.bindings import ir, rewrite
from ...dialect.diagnostics import Diagnostic, DiagnosticError, diagnostic_at
from ...dialect.model_records import OF_RESULTS
from ...dialect.onnx import OnnxOp
from .base import Pass, Remark
from .effects import erase_with_dead_operands

Op = TypeVar("Op", bound=OnnxOp)


@dataclass(frozen=True)
class NoMatch:
    """A pattern left the IR as it is, because of `reason`."""

    reason: str


Detail: TypeAlias = "str | Callable[[], str]"
"""Follows the pass's verb in remarks, as in `folded into 'fc1'`; a function is called only if there are any."""


@dataclass(frozen=True)
class Rewritten:
    """A pattern replaced its op; `detail` is for remarks."""

    detail: Detail = ""


Pattern = Callable[..., NoMatch | Rewritten]
"""`pattern(op, rewriter, **options of the pass)`"""


def no_match(reason: str) -> NoMatch:
    """The answer of a guard: the op stays, and `--remarks` says why.  The pattern must not have changed anything."""
    return NoMatch(reason)


class Rewriter:
    """What a pattern changes the IR with."""

    def __init__(self, driver: rewrite.PatternRewriter) -> None:
        self._driver = driver

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
        operands = list(op.operands)
        self._driver.replace_op(op.operation, values)
        self._erase_dead(operands)
        return Rewritten(detail)

    def erase(self, op: ir.OpView) -> Rewritten:
        """Erase `op`, whose results are unused, and every op that is dead without it."""
        operands = list(op.operands)
        self._driver.erase_op(op.operation)
        self._erase_dead(operands)
        return Rewritten()

    def _erase_dead(self, operands: Iterable[ir.Value]) -> None:
        erase_with_dead_operands(operands, self._driver.erase_op)


def defining_op(value: ir.Value | None, op_class: type[Op]) -> Op | None:
    """The op of class `op_class` that gives `value`; None if another op, a block argument or nothing does."""
    if value is None:
        return None
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.name != op_class.OPERATION_NAME:
        return None
    return cast(Op, owner.opview)


def has_one_use(value: ir.Value) -> bool:
    """Whether exactly one operand in the whole module is `value`; uses inside regions and returns count."""
    uses = value.uses
    return next(uses, None) is not None and next(uses, None) is None


def fused_location(*ops: ir.OpView) -> ir.Location:
    """One location that tells of all `ops`: what a new op that stands for them carries."""
    return ir.Location.fused([op.location for op in ops])


def name_results(new: OnnxOp, *, like: OnnxOp) -> None:
    """Give `new` what an importer recorded about the results of the op that it replaces, such as their names."""
    for record in OF_RESULTS:
        if record in like.attributes:
            entries = cast(ir.ArrayAttr, like.attributes[record])
            if len(entries) > len(new.results):
                kept = [entry for _, entry in zip(new.results, entries, strict=False)]
                entries = ir.ArrayAttr.get(kept, new.context)
            new.attributes[record] = entries
        elif record in new.attributes:
            del new.attributes[record]


@dataclass(frozen=True, kw_only=True)
class RewritePass(Pass):
    """A pass that applies patterns greedily.

    patterns: op class -> pattern for its ops.  verb: past participle of what the pass does, for remarks.
    """

    patterns: Mapping[type[OnnxOp], Pattern]
    verb: str = "rewritten"

    def run(
        self,
        op: ir.Operation,
        options: Mapping[str, Any] | None = None,
        remark: Remark | None = None,
    ) -> None:
        """Apply the patterns; see `Pass.run`."""
        rewritten: list[tuple[ir.Location, Detail]] = []
        patterns = rewrite.RewritePatternSet(op.context)
        for op_class, pattern in self.patterns.items():
            patterns.add(
                op_class.OPERATION_NAME,
                self._driver_pattern(op, pattern, self.settings(options), rewritten),
            )
        try:
            rewrite.apply_patterns_and_fold_greedily(op, patterns.freeze(), _patterns_only())
        except RuntimeError as error:
            if "failed to converge" not in str(error):
                raise
            raise self._does_not_converge(op.location) from None
        if remark:
            self._tell(op, self.settings(options), rewritten, remark)

    def _driver_pattern(
        self,
        root: ir.Operation,
        pattern: Callable[..., object],
        settings: Mapping[str, Any],
        rewritten: list[tuple[ir.Location, Detail]],
    ) -> Callable[[ir.OpView, rewrite.PatternRewriter], bool | None]:
        limit = _ALWAYS_FINE

        def match_and_rewrite(op: ir.OpView, driver: rewrite.PatternRewriter) -> bool | None:
            nonlocal limit
            location = op.location
            with location, ir.InsertionPoint(op):
                answer = pattern(op, Rewriter(driver), **settings)
            if isinstance(answer, NoMatch):
                return True
            if not isinstance(answer, Rewritten):
                raise TypeError(
                    f"pattern '{pattern.__name__}' of --{self.argument} returned {answer!r}: "
                    "return no_match(reason), or what rewriter.replace(...) returns"
                )
            rewritten.append((location, answer.detail))
            if len(rewritten) >= limit:
                limit = 10 * _count_ops(root)
                if len(rewritten) >= limit:
                    raise self._does_not_converge(location)
            return None

        return match_and_rewrite

    def _does_not_converge(self, location: ir.Location) -> DiagnosticError:
        message = f"--{self.argument} does not converge: its patterns keep rewriting"
        return DiagnosticError(diagnostic_at("error", location, message))

    def _tell(
        self,
        op: ir.Operation,
        settings: Mapping[str, Any],
        rewritten: list[tuple[ir.Location, Detail]],
        remark: Remark,
    ) -> None:
        """Remarks in the order of the source, and a last one with counts.

        Where the driver has converged every root that is left does not match: asked once more, it says why.
        """
        remarks = [
            diagnostic_at("remark", location, f"{self.verb} {_text(detail)}".strip())
            for location, detail in rewritten
        ]
        for root in roots(op, self.patterns):
            with root.context, root.location, ir.InsertionPoint(root):
                answer = self.patterns[type(root)](root, _NO_REWRITER, **settings)
            if isinstance(answer, NoMatch):
                remarks.append(
                    diagnostic_at("remark", root.location, f"not {self.verb}: {answer.reason}")
                )
        for diagnostic in sorted(remarks, key=lambda found: (found.line, found.column)):
            remark(diagnostic)
        count = len(rewritten)
        counts = f"{count} {self.verb}, {len(remarks) - count} not {self.verb}"
        remark(Diagnostic("remark", f"{self.argument}: {counts}"))


def _text(detail: Detail) -> str:
    return detail if isinstance(detail, str) else detail()


_ALWAYS_FINE = 10_000
"""After so many rewrites it is time to ask whether the pass gets anywhere: MLIR does not."""


def _count_ops(op: ir.Operation) -> int:
    count = 0

    def visit(_: ir.Operation) -> ir.WalkResult:
        nonlocal count
        count += 1
        return ir.WalkResult.ADVANCE

    op.walk(visit)
    return count


class _NoRewriter:
    """Stands for a rewriter where nothing may change."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a pattern that did not match before now calls rewriter.{name}")


_NO_REWRITER: Any = _NoRewriter()


def roots(op: ir.Operation, classes: Iterable[type[OnnxOp]]) -> list[OnnxOp]:
    """Every op of one of the `classes` inside `op`, in the order of the text."""
    names = {op_class.OPERATION_NAME for op_class in classes}
    found: list[OnnxOp] = []

    def visit(candidate: ir.Operation) -> ir.WalkResult:
        if candidate.name in names:
            found.append(cast(OnnxOp, candidate.opview))
        return ir.WalkResult.ADVANCE

    op.walk(visit, ir.WalkOrder.PRE_ORDER)
    return found


def _patterns_only() -> rewrite.GreedyRewriteConfig:
    """A driver that applies the patterns and nothing else: a pass does what its name says."""
    config = rewrite.GreedyRewriteConfig()
    config.enable_folding = False
    config.enable_constant_cse = False
    config.region_simplification_level = rewrite.GreedySimplifyRegionLevel.DISABLED
    return config
