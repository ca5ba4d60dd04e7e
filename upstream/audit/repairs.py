# SPDX-License-Identifier: Apache-2.0
"""Rules that are mended by a change and not by a premise: what to change, so that the result can be tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from .tablegen import Dag, DrrRule


class Repair(NamedTuple):
    """A change of a rule.  sentence: what it is, for people."""

    sentence: str
    change: Callable[[DrrRule], DrrRule]


def _of_mode(rule: DrrRule) -> DrrRule:
    """The rule for the other order of blocks."""
    asked = tuple(replace(each, text=each.text.replace("CRD", "DCR")) for each in rule.constraints)
    return replace(rule, constraints=asked)


def _inferred(rule: DrrRule) -> DrrRule:
    """The rule without declared types."""
    return replace(rule, results=tuple(map(_without_type, rule.results)))


def _without_type(node: Dag) -> Dag:
    kept = tuple(
        (_without_type(given) if isinstance(given, Dag) else given, bound)
        for given, bound in node.arguments
        if not (isinstance(given, Dag) and given.name == "returnType")
    )
    return replace(node, arguments=kept)


_MODE = Repair("mode = DCR instead of CRD", _of_mode)
_TYPE = Repair("the type of the op's own result instead of (returnType $v)", _inferred)

REPAIRS: dict[str, Repair] = {
    "FuseTransposeAndCastPattern": _TYPE,
    "FuseTransposeAndIsNaNPattern": _TYPE,
    "RemoveDepthToSpaceSpaceToDepthPattern": _MODE,
    "RemoveSpaceToDepthDepthToSpacePattern": _MODE,
}
"""By the rule's name."""
