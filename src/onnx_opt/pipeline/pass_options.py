# SPDX-License-Identifier: Apache-2.0
"""The options of a pass written in Python: from `{a=1 b="x y" c}` to typed values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import CommandError

if TYPE_CHECKING:
    from ..passes.rewriting.base import Option

# key, then optionally = and a value: in braces, in quotes, or up to the next space.
_ITEM = re.compile(
    r"""\s*(?P<key>[^\s=]+)
        (?:=(?:\{(?P<braced>[^{}]*)\} | "(?P<double>[^"]*)" | '(?P<single>[^']*)' | (?P<bare>(?:[^\s'"{]\S*)?)))?
        (?=\s|$)""",
    re.VERBOSE,
)
_BOOLEANS = {"true": True, "1": True, "": True, "false": False, "0": False}


def parse_pass_options(
    pass_name: str, text: str, declared: Sequence[Option]
) -> Mapping[str, object]:
    """Every declared option's value: the default, or what `text` says; raises CommandError."""
    from ..dialect.diagnostics import did_you_mean

    values: dict[str, object] = {option.name: option.default for option in declared}
    by_name = {option.name: option for option in declared}
    at = 0
    text = text.rstrip()
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None:
            raise CommandError(f"pass '{pass_name}': cannot read the options '{text[at:].strip()}'")
        at = item.end()
        key = item["key"]
        if key not in by_name:
            hint = did_you_mean(key, by_name) or f"; it has {', '.join(by_name) or 'none'}"
            raise CommandError(f"pass '{pass_name}' has no option '{key}'{hint}")
        value = next(
            (item[g] for g in ("braced", "double", "single", "bare") if item[g] is not None), ""
        )
        values[key] = _convert(pass_name, by_name[key], value)
    return values


def _convert(pass_name: str, option: Option, text: str) -> object:
    try:
        if option.type is bool:
            return _BOOLEANS[text.lower()]
        return option.type(text)
    except (KeyError, ValueError):
        expected = {bool: "true or false", int: "an integer", float: "a number"}.get(
            option.type, "a value"
        )
        raise CommandError(
            f"pass '{pass_name}': option '{option.name}' is {expected}, not '{text}'"
        ) from None
