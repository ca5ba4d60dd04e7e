# SPDX-License-Identifier: Apache-2.0
"""The options of a pass written in Python: from `{a=1 b="x y" c}` to typed values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

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
    pass_name: str,
    text: str,
    declared: Sequence[Option],
    flags: Sequence[tuple[str, str]] = (),
) -> Mapping[str, object]:
    """Every declared option's value: what `text` says, else what `flags` say, else the default.

    flags: without dashes, and their values; those of other passes are left alone.  Names from several flags are joined,
    and so are those of several such options in a text; otherwise the last one counts.  Raises CommandError.
    """
    from ..dialect.diagnostics import did_you_mean

    values: dict[str, object] = {option.name: option.default for option in declared}
    by_name = {option.name: option for option in declared}
    for name, given in flags:
        for option in declared:
            if option.flag == name:
                new = _convert(f"--{name}", option, given)
                if option.type is frozenset:
                    new = cast(frozenset[str], values[option.name]) | cast(frozenset[str], new)
                values[option.name] = new
    said: set[str] = set()
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
        new = _convert(f"pass '{pass_name}': option '{key}'", by_name[key], value)
        if key in said and by_name[key].type is frozenset:
            new = cast(frozenset[str], values[key]) | cast(frozenset[str], new)
        said.add(key)
        values[key] = new
    return values


def _convert(what: str, option: Option, text: str) -> object:
    try:
        if option.type is bool:
            return _BOOLEANS[text.lower()]
        if option.type is frozenset:
            return frozenset(filter(None, text.split(",")))
        return option.type(text)
    except (KeyError, ValueError):
        named: dict[type, str] = {bool: "true or false", int: "an integer", float: "a number"}
        expected = named.get(option.type) or f"one of {option.metavar.replace('|', ', ')}"
        raise CommandError(f"{what} is {expected}, not '{text}'") from None
