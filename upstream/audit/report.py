# SPDX-License-Identifier: Apache-2.0
"""What the audit of a file found: as lines for a terminal, and as the table of docs/audit.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...proving.tensors import Tensor
from .cases import values_in
from .confirming import NotConfirmedError, confirm
from .guarantees import GUARANTEES
from .judging import Difference, Verdict, judge
from .repairs import REPAIRS
from .tablegen import DrrRule

UNCONFIRMED = "not confirmed"
"""How the answer of other tools begins where they do not see a refutation."""
_MANY = 12
"""Elements of a tensor that are shown."""


@dataclass(frozen=True)
class Finding:
    """What came of one rule.

    word: holds, refuted, vacuous or not expressible.  confirmed: what other tools say of each difference.  repair: a
    change with which it holds, and repaired: on how many cases.
    """

    rule: DrrRule
    verdict: Verdict
    word: str
    confirmed: tuple[str, ...] = ()
    repair: str = ""
    repaired: int = 0


def find(rule: DrrRule) -> Finding:
    """Judge a rule, and confirm what refutes it by other tools."""
    verdict = judge(rule)
    if verdict.inexpressible:
        return Finding(rule, verdict, "not expressible")
    if verdict.vacuous:
        return Finding(rule, verdict, "vacuous")
    if not verdict.differences:
        return Finding(rule, verdict, "holds")
    confirmed = tuple(map(_confirmed, verdict.differences))
    if rule.name in REPAIRS and not verdict.missing:
        sentence, change = REPAIRS[rule.name]
        again = judge(change(rule))
        if again.cases and not again.differences:
            return Finding(rule, verdict, "refuted", confirmed, sentence, again.cases)
    return Finding(rule, verdict, "refuted", confirmed)


def _confirmed(difference: Difference) -> str:
    assert difference.left is not None
    case = difference.case
    try:
        return confirm(case.left, case.right, (difference.left, difference.right))
    except NotConfirmedError as reason:
        return f"{UNCONFIRMED}: {reason}"


def lines(file: str, finding: Finding) -> Iterator[str]:
    """A rule for the terminal."""
    verdict = finding.verdict
    yield f"{file}:{finding.rule.line}: {finding.rule.name}: {finding.word}{_how(finding)}"
    for difference, confirmed in zip(verdict.differences, finding.confirmed, strict=True):
        yield f"    where {shown(difference)}"
        yield f"      {difference.reason}"
        yield f"      ({confirmed})"
    if verdict.missing:
        yield f"  it holds, on {verdict.repaired} cases, if also"
        yield from (f"    {premise}" for premise in verdict.missing)
    if finding.repair:
        yield f"  it holds, on {finding.repaired} cases, with"
        yield f"    {finding.repair}"
    if finding.word == "refuted" and (said := GUARANTEES.get(finding.rule.name)):
        yield f"  in fairness: {said}"


def _how(finding: Finding) -> str:
    verdict = finding.verdict
    match finding.word:
        case "holds":
            return f", on {verdict.cases} cases of {', '.join(verdict.types)}"
        case "not expressible":
            return f": {verdict.inexpressible}"
        case "vacuous":
            return ": ONNX has no model with its left side"
        case _:
            return ""


def shown(difference: Difference) -> str:
    """A case in one line."""
    letters = difference.case.letters
    inner = difference.case.ops
    given = [
        f"{name} = {_value(value)}"
        for name, value in letters.items()
        if name not in inner and value != "given"
    ]
    return ", ".join(given)


def _value(value: Any) -> str:
    if value is None:
        return "absent"
    if not isinstance(value, Tensor):
        several = values_in(value)
        tensors = any(isinstance(each, Tensor) for each in several)
        return f"({', '.join(map(_value, several))})" if tensors else f"{value}"
    shape = "x".join(map(str, (*value.shape, value.type)))
    if value.data.size > _MANY:
        return f"tensor<{shape}>"
    return f"dense<{_nested(value.data.tolist())}> : tensor<{shape}>"


def _nested(data: Any) -> str:
    if isinstance(data, list):
        return f"[{', '.join(map(_nested, values_in(data)))}]"
    return str(data).lower() if isinstance(data, bool) else str(data)


def table(findings: Iterable[Finding]) -> Iterator[str]:
    """The rows of docs/audit.md: a rule each, of the file and line where it stands."""
    yield "| Rule | | Because | It lacks |"
    yield "| --- | --- | --- | --- |"
    for finding in findings:
        verdict = finding.verdict
        because = _how(finding).lstrip(",: ")
        if verdict.differences:
            because = "<br>".join(
                f"{shown(each)}: {each.reason}".replace("|", "\\|") for each in verdict.differences
            )
        lacks = "; ".join(verdict.missing) or finding.repair
        if finding.word == "refuted" and (said := GUARANTEES.get(finding.rule.name)):
            lacks += f" ({said})"
        word = finding.word
        if any(each.startswith(UNCONFIRMED) for each in finding.confirmed):
            word += ", not confirmed"
        yield f"| {finding.rule.name} | {word} | {because} | {lacks} |"
