# SPDX-License-Identifier: Apache-2.0
"""What a page says, as data for its script: plain lists and dictionaries, bounded for models of any size."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..dialect.diagnostics import Diagnostic, node_name
from ..passes.rewriting.explain import explain_rule
from ..passes.rewriting.figures import Figure
from ..passes.rewriting.remarks import OpRemark
from ..passes.rewriting.rule import Rule
from .recording import Record, Told
from .scene import Scene
from .snapshot import shortened

MOST_REMARKS = 500


def contents(record: Record) -> dict[str, Any]:
    """The graph and the lists.  Raises DiagnosticError where nothing can lay the graph out."""
    scene = Scene(record)
    order = {key: place for place, key in enumerate(record.comparison.pairs)}
    told = [each for each in record.told if _keys(each, record)]
    told.sort(key=lambda each: order[_keys(each, record)[0]])
    lists = {
        True: [each for each in told if each.changed],
        False: [each for each in told if not each.changed],
    }
    rules: dict[int, dict[str, Any]] = {}
    shown = {
        changed: [_told(each, record, scene, rules) for each in some[:MOST_REMARKS]]
        for changed, some in lists.items()
    }
    return {
        **scene.data(),
        "states": Counter(
            pair.state.value for pair in record.comparison.pairs.values() if pair.node.number
        ),
        "done": shown[True],
        "left": shown[False],
        "told": [len(lists[True]), len(lists[False])],
        "rules": list(rules.values()),
        "passes": [
            [each.argument, each.before, each.after, each.rewrites] for each in record.passes
        ],
        "ops": _counted(*record.counts),
        "weights": list(record.weights),
    }


def _keys(told: Told, record: Record) -> list[str]:
    """The pairs that a remark is about, the op itself first."""
    return list(dict.fromkeys(record.numbers[n] for n in told.numbers if n in record.numbers))


def _told(
    told: Told, record: Record, scene: Scene, rules: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    remark = told.remark
    keys = _keys(told, record)
    into = [other for key in keys for other in record.comparison.pairs[key].into]
    found: dict[str, Any] = {
        "pass": told.argument,
        "text": shortened(_message(remark)),
        "at": list(dict.fromkeys(scene.place(key) for key in [*keys, *into])),
    }
    if isinstance(remark, OpRemark) and remark.figures is not None:
        rule = remark.figures.rule
        if id(rule) not in rules:
            rules[id(rule)] = {"place": len(rules), **_rule(rule, told.argument)}
        found["rule"] = rules[id(rule)]["place"]
        found["figures"] = [_figure(each) for each in remark.figures]
    return found


def _message(remark: Diagnostic) -> str:
    """What it says; its op is shown beside it."""
    location = remark.location if isinstance(remark, OpRemark) else None
    name = node_name(location) if location is not None else ""
    return remark.message.removeprefix(f"node '{name}': ")


def _rule(rule: Rule, argument: str) -> dict[str, list[str]]:
    """What `--explain` says of it, in two parts."""
    lines = list(explain_rule(rule, argument))
    at = lines.index("  if") if "  if" in lines else len(lines)
    return {
        "equation": lines[:at],
        "conditions": [line.strip() for line in lines[at + 1 :]],
    }


def _figure(figure: Figure) -> list[Any]:
    """Term, shape, numbers, and whether the rule made a constant of them."""
    shape = "x".join(map(str, figure.shape))
    if figure.elements:
        numbers = ", ".join(f"{each:.6g}" for each in figure.elements)
        return [figure.term, shape, f"[{numbers}]" if figure.shape else numbers, figure.new]
    return [figure.term, shape, f"max |·| {figure.largest:.4g}", figure.new]


def _counted(before: Counter[str], after: Counter[str]) -> list[list[Any]]:
    """Name and counts of each kind of op, the most frequent first."""
    names = sorted(before.keys() | after.keys(), key=lambda op: (-before[op] - after[op], op))
    return [[op, before[op], after[op]] for op in names]
