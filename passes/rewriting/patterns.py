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

from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from ...dialect.bindings import ir, rewrite
from ...dialect.diagnostics import Diagnostic, DiagnosticError, diagnostic_at
from ...dialect.onnx import OnnxOp, op_class
from ...dialect.opsets import raise_opsets
from .base import Pass, Remark
from .calls import known_arguments
from .choosing import Choice
from .ops import OpFamily
from .rewriter import Detail, NoMatch, Pattern, Rewriter, Rewritten
from .rule import Rule
from .terms import OpTerm, RuleError, Term

if TYPE_CHECKING:
    from .conditions import Condition


Applied: TypeAlias = list[tuple[ir.Location, Rewritten]]
"""Where something was rewritten, and what remarks say of it."""


@dataclass(frozen=True, kw_only=True)
class RewritePass(Pass):
    """A pass that applies rules and patterns greedily.

    before, after, conditions: the rule, where there is but one.  rules: where there are several.  patterns: op class ->
    pattern for its ops, or several in the order of trial, for what no equation can say.  verb: past participle of what
    the pass does, for remarks.  about: the ops of which remarks say why they were left; by default all at which a rule
    or pattern starts.
     names: whether what rules make of several ops is called as one of them was; onnx-mlir's patterns give no names.
     converts: as MLIR's dialect conversions, it only replaces ops: what is dead then stays, and the values between new
    ops have no shape but where broadcasting gives a static one.  Both are other passes' work.  A model whose opsets do
    not have the new ops imports newer ones.
    """

    before: OpTerm | None = None
    after: Term | tuple[Term, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    rules: tuple[Rule, ...] = ()
    patterns: Mapping[type[OnnxOp], Pattern | tuple[Pattern, ...]] = field(
        default_factory=dict[type[OnnxOp], "Pattern | tuple[Pattern, ...]"]
    )
    verb: str = "rewritten"
    about: OpFamily | None = None
    names: bool = True
    converts: bool = False

    def __post_init__(self) -> None:
        if (self.before is None) != (self.after is None):
            raise RuleError(f"--{self.argument}: a rule needs both `before` and `after`")
        if self.before is not None and self.after is not None and not self.rules:
            rule = Rule("", self.before, self.after, self.conditions)
            object.__setattr__(self, "rules", (rule,))

    def without(self, names: Collection[str]) -> RewritePass:
        """The pass without the rules and patterns of these names."""
        if not names:
            return self
        return replace(
            self,
            before=None,
            after=None,
            rules=tuple(rule for rule in self.rules if (rule.name or self.argument) not in names),
            patterns={
                root: tuple(each for each in _several(some) if _name_of(each) not in names)
                for root, some in self.patterns.items()
            },
        )

    @property
    def rule_names(self) -> tuple[str, ...]:
        """What remarks call its rules and patterns."""
        named = [rule.name or self.argument for rule in self.rules]
        patterns = [each for some in self.patterns.values() for each in _several(some)]
        return tuple(dict.fromkeys([*named, *map(_name_of, patterns)]))

    @property
    def _told_about(self) -> Collection[type[OnnxOp]]:
        return [
            root
            for root in self.by_root
            if self.about is None or root.SPEC.name in self.about.op_names
        ]

    @cached_property
    def by_root(self) -> Mapping[type[OnnxOp], Pattern]:
        """A pattern for each op that something of the pass starts at."""
        rules: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for name in rule.before.family.op_names:
                rules.setdefault(name, []).append(rule)
        found = {op_class(name): _any_of(tuple(some)) for name, some in rules.items()}
        for root, some in self.patterns.items():
            for pattern in _several(some):
                found[root] = _first_of(found[root], pattern) if root in found else pattern
        return found

    def run(
        self,
        op: ir.Operation,
        options: Mapping[str, Any] | None = None,
        remark: Remark | None = None,
    ) -> None:
        """Apply the patterns; see `Pass.run`."""
        settings = self.settings(options)
        with self.around(op):
            rewritten = self.apply(op, settings, tells=remark is not None)
            if self.converts and rewritten:
                with op.context:
                    raise_opsets(op)
            if remark:
                self.tell(op, settings, rewritten, remark)

    @contextmanager
    def around(self, op: ir.Operation) -> Generator[None, None, None]:
        """What patterns may rely on: calls tell functions what they know, and numbers are judged, not warned of.

        For each rewrite anew `errstate` would be 1 % of it.
        """
        with known_arguments(op, self.by_root), np.errstate(all="ignore"):
            yield

    def apply(self, op: ir.Operation, settings: Mapping[str, Any], *, tells: bool) -> Applied:
        """Apply the patterns until none matches, and say where one did; inside `around`.

        tells: whether anybody reads the details.
        """
        rewritten: Applied = []
        patterns = rewrite.RewritePatternSet(op.context)
        for root, pattern in self.by_root.items():
            patterns.add(
                root.OPERATION_NAME,
                self._driver_pattern(op, pattern, settings, rewritten, tells=tells),
            )
        try:
            rewrite.apply_patterns_and_fold_greedily(op, patterns.freeze(), _patterns_only())
        except RuntimeError as error:
            if "failed to converge" not in str(error):
                raise
            raise self.does_not_converge(op.location) from None
        return rewritten

    def _driver_pattern(
        self,
        root: ir.Operation,
        pattern: Callable[..., object],
        settings: Mapping[str, Any],
        rewritten: Applied,
        *,
        tells: bool,
    ) -> Callable[[ir.OpView, rewrite.PatternRewriter], bool | None]:
        limit = _ALWAYS_FINE

        def match_and_rewrite(op: ir.OpView, driver: rewrite.PatternRewriter) -> bool | None:
            nonlocal limit
            location = op.location
            with location, ir.InsertionPoint(op):
                rewriter = Rewriter(driver, tells=tells, names=self.names, converts=self.converts)
                answer = pattern(op, rewriter, **settings)
            if isinstance(answer, NoMatch):
                return True
            if not isinstance(answer, Rewritten):
                raise TypeError(
                    f"pattern '{pattern.__name__}' of --{self.argument} returned {answer!r}: "
                    "return no_match(reason), or what rewriter.replace(...) returns"
                )
            rewritten.append((location, answer))
            if len(rewritten) >= limit:
                limit = 10 * _count_ops(root)
                if len(rewritten) >= limit:
                    raise self.does_not_converge(location)
            return None

        return match_and_rewrite

    def does_not_converge(self, location: ir.Location) -> DiagnosticError:
        """What is raised where the patterns undo each other's work."""
        message = f"--{self.argument} does not converge: its patterns keep rewriting"
        return DiagnosticError(diagnostic_at("error", location, message))

    def tell(
        self,
        op: ir.Operation,
        settings: Mapping[str, Any],
        rewritten: Applied,
        remark: Remark,
    ) -> None:
        """Remarks in the order of the source, and a last one with counts.

        Where the driver has converged every root that is left does not match: asked once more, it says why.
        """
        from .remarks import remark_at

        remarks = [
            remark_at(location, f"{self.verb} {_text(answer.detail)}".strip(), answer)
            for location, answer in rewritten
        ]
        for root in roots(op, self._told_about):
            with root.context, root.location, ir.InsertionPoint(root):
                answer = self.by_root[type(root)](root, _NO_REWRITER, **settings)
            if isinstance(answer, NoMatch) and answer.reason:
                remarks.append(remark_at(root.location, f"not {self.verb}: {answer.reason}"))
        for diagnostic in sorted(remarks, key=lambda found: (found.line, found.column)):
            remark(diagnostic)
        count = len(rewritten)
        counts = f"{count} {self.verb}, {len(remarks) - count} not {self.verb}"
        remark(Diagnostic("remark", f"{self.argument}: {counts}"))


_UNTRIED = NoMatch("")


def _any_of(rules: tuple[Rule, ...]) -> Pattern:
    """The pattern that tries rules in their order; where none fits, the one that came furthest says why.

    Who only wants to know why hears of all rules.
    """
    fitting = Choice(rules)

    def pattern(op: OnnxOp, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
        furthest, answer = -1, _UNTRIED
        for rule in rules if len(rules) == 1 or rewriter is _NO_REWRITER else fitting(op):
            reached, result = rule.apply(op, rewriter)
            if isinstance(result, Rewritten):
                if rule.name:
                    result.detail = f"{_text(result.detail)} [{rule.name}]".strip()
                return result
            if reached > furthest:
                named = f" [{rule.name}]" if rule.name else ""
                furthest, answer = reached, NoMatch(f"{result.reason}{named}")
        return answer

    return pattern


def _first_of(first: Pattern, second: Pattern) -> Pattern:
    def pattern(op: OnnxOp, rewriter: Rewriter, **options: Any) -> NoMatch | Rewritten:
        answer = first(op, rewriter, **options)
        return answer if isinstance(answer, Rewritten) else second(op, rewriter, **options)

    return pattern


def _several(patterns: Pattern | tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    if isinstance(patterns, tuple):
        return patterns  # pyright: ignore[reportUnknownVariableType]
    return (patterns,)


def _name_of(pattern: Pattern) -> str:
    """A pattern function's name, as flags are written."""
    return getattr(pattern, "__name__", "pattern").replace("_", "-")


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

    names = True
    tells = converts = False

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
