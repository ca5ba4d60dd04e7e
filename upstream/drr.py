# SPDX-License-Identifier: Apache-2.0
"""`--emit=drr`: a pass as onnx-mlir's declarative rewrite rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from textwrap import wrap

from ..passes.rewriting.base import Pass
from ..passes.rewriting.explain import explain_rule
from ..passes.rewriting.patterns import RewritePass
from ..passes.rewriting.rule import Rule
from ..passes.rewriting.terms import Moved, OpTerm, walk
from ..proving import lines_of, prove
from .cases import Case, UnsayableError, cases_of
from .dags import Dag
from .results import result_of
from .sources import Source
from .vocabulary import missing

_LINE = "//===----------------------------------------------------------------------===//"


class DrrError(Exception):
    """A pass that DRR cannot say; the text is one line for the user."""


@dataclass(frozen=True, eq=False)
class Pattern:
    """One `Pat`.

    base: its name without what tells cases apart.  source: the left side, its conditions and the symbols of all that
    matched.
    """

    base: str
    source: Source
    result: Dag

    @property
    def name(self) -> str:
        """What it is called in TableGen and C++."""
        return f"{self.base}{self.case.name}Pattern"

    @property
    def rule(self) -> Rule:
        """The rule of which this is a case."""
        return self.source.rule

    @property
    def case(self) -> Case:
        """Which case it is."""
        return self.source.case

    @property
    def root(self) -> str:
        """The op at which the pattern starts, as the dialect names it."""
        return self.rule.before.family.op_names[0]

    def text(self) -> str:
        """The definition in TableGen."""
        asks = ",\n   ".join(map(str, self.source.asks))
        return (
            f"def {self.name} : Pat<\n"
            f"  {self.source.dag.laid_out(2)},\n"
            f"  {self.result.laid_out(2)},\n"
            f"  [{asks}],\n"
            "  [], (addBenefit 1)>;\n"
        )


def patterns_of(passes: Iterable[Pass]) -> Iterator[Pattern]:
    """The patterns of passes, each case of each rule; raises DrrError for what DRR cannot say."""
    taken: set[str] = set()
    for pass_ in passes:
        if not isinstance(pass_, RewritePass) or pass_.patterns:
            raise DrrError(f"pass '{pass_.argument}': DRR cannot say a function in Python")
        for rule in pass_.rules:
            called = rule.name or pass_.argument
            try:
                found = list(_patterns_of(rule, called))
            except UnsayableError as error:
                raise DrrError(f"rule '{called}': DRR cannot say {error}") from None
            for pattern in found:
                if pattern.name in taken:
                    raise DrrError(f"rule '{called}': there is another one of that name")
                taken.add(pattern.name)
            yield from found


def _patterns_of(rule: Rule, called: str) -> Iterator[Pattern]:
    base = "".join(word.title() for word in called.split("-"))
    for case in cases_of(rule):
        source = Source(rule, case)
        result = result_of(source)
        yield Pattern(base, source, result)


def as_drr(passes: Iterable[Pass], has: Iterable[str] | None = None) -> str:
    """The passes as a file of rules, which includes onnx-mlir's; raises DrrError.  has: see `definitions`."""
    rules = definitions(passes, has)
    return (
        "// SPDX-License-Identifier: Apache-2.0\n\n"
        "#ifndef ONNX_REWRITE\n"
        'include "src/Dialect/ONNX/ONNXOps/Canonicalize.td"\n'
        "#endif // ONNX_REWRITE\n\n"
        f"{rules}"
    )


def definitions(passes: Iterable[Pass], has: Iterable[str] | None = None) -> str:
    """What stands in Canonicalize.td.  has: the names that are defined there already; None for those of March 2026."""
    passes = tuple(passes)
    patterns = list(patterns_of(passes))
    written = {pattern: pattern.text() for pattern in patterns}
    parts = [_banner(pass_) for pass_ in passes]
    new = list(missing("".join(written.values()), has))
    if new:
        parts.append("\n".join(definition.text for definition in new))
    told: Rule | None = None
    for pattern in patterns:
        if pattern.rule is not told:
            told = pattern.rule
            parts.append(_equation(passes, told))
        parts.append(written[pattern])
    return "\n".join(parts)


def _banner(pass_: Pass) -> str:
    lines = [
        f"{pass_.summary}: onnx-opt's pass --{pass_.argument}.",
        "",
        "What DRR loses of it:",
        "- Every op on constants rounds, where the pass computes in double precision and rounds once.",
        "- A new constant that overflows, or loses its digits, is written; the pass leaves such ops alone.",
        "- Constants are onnx.Constant only, and of one element type: onnx-mlir's constant propagation converts none.",
    ]
    assert isinstance(pass_, RewritePass)
    terms = [term for rule in pass_.rules for term in walk(rule.before)]
    if any(isinstance(term, Moved) for term in terms):
        lines.append(
            "- Nothing may stand between the ops; the pass looks through Transpose, Reshape and the like."
        )
    versions = {
        name for term in terms if isinstance(term, OpTerm) for name in term.family.op_names[1:]
    }
    if versions:
        lines.append(f"- Other versions are left alone: {', '.join(sorted(versions))}.")
    lines += [
        "",
        "The ops on constants are folded by --constprop-onnx, which needs their shapes: run --shape-inference between.",
    ]
    return f"{_LINE}\n{_comment(lines)}{_LINE}\n"


def _equation(passes: Iterable[Pass], rule: Rule) -> str:
    argument = next(
        pass_.argument for pass_ in passes if isinstance(pass_, RewritePass) and rule in pass_.rules
    )
    name, *rest = _proof(rule, rule.name or argument)
    return _comment(
        [*explain_rule(rule, argument), "", f"onnx-opt --prove, over the reals: {name}", *rest]
    )


@cache
def _proof(rule: Rule, name: str) -> tuple[str, ...]:
    """What is known of a rule: the first line, and what follows where it does not hold."""
    return tuple(lines_of(prove(rule, name)))


def _comment(lines: Iterable[str]) -> str:
    return "".join(f"// {part}".rstrip() + "\n" for line in lines for part in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return wrap(line, 110, subsequent_indent=indent) or [""]
