# SPDX-License-Identifier: Apache-2.0
"""A printed module as blocks of FileCheck lines, one a function.

Every line is checked but the module's own where they say nothing, and each check takes its whole line, so that none can
match a line before its own: what was printed passes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .patterns import Patterns, escaped

_FUNCTION = re.compile(r'\s*func\.func (?:private |public |nested )?@(?P<name>"[^"]*"|[\w$.-]+)\(')
_GENERIC_FUNCTION = re.compile(r'\s*"func\.func"\(\) <\{.*\bsym_name = "(?P<name>[^"]*)"')
_ALIAS = re.compile(r"([#!][A-Za-z_][\w$.-]*) = ")
_CONSTANT = re.compile(r'\s*%[\w$.-]+ = "?(?:onnx\.Constant|onnx\.NoValue|arith\.constant)\b')
_FRAME = ("module {", "}", '"builtin.module"() ({', "}) : () -> ()")


@dataclass
class Block:
    """Check lines that belong together.

    function: the name of the function that they are about, "" for none.
    """

    function: str
    lines: list[str] = field(default_factory=list[str])


def blocks_of(printed: str, prefix: str) -> list[Block]:
    """The blocks for what was printed for a section, in order; what stands beside functions is in the nearest."""
    lines = printed.rstrip("\n").split("\n")
    patterns = Patterns([match[1] for line in lines if (match := _ALIAS.match(line))])
    constants = {index for index, line in enumerate(lines) if _CONSTANT.match(line)}
    blocks: list[Block] = []
    first: list[str] = []  # in front of the first function
    for index, line in enumerate(lines):
        if not line or line in _FRAME:
            continue
        into = blocks[-1].lines if blocks else first
        if match := _FUNCTION.match(line):
            patterns.begin_function()
            indent = " " * (2 + len(line) - len(line.lstrip()))
            rest = patterns.pattern(line[match.end() :], parameters=True)
            into = _begin(blocks, match["name"], first)
            into.append(check(prefix, "-LABEL", escaped(match[0])))
            into.append(check(prefix, "-SAME", indent + rest))
        elif match := _GENERIC_FUNCTION.match(line):
            patterns.begin_function()
            into = _begin(blocks, match["name"], first)
            into.append(check(prefix, "-LABEL", escaped(line)))
        else:
            beside_constant = index in constants and constants & {index - 1, index + 1}
            free = _ALIAS.match(line) or beside_constant
            into.append(check(prefix, "-DAG" if free else "", patterns.pattern(line)))
    if first:
        blocks.append(Block("", first))
    if not blocks:
        frame = [check(prefix, "", escaped(lines[0])), check(prefix, "-NEXT", lines[-1])]
        blocks.append(Block("", frame))
    return blocks


def _begin(blocks: list[Block], function: str, first: list[str]) -> list[str]:
    """The lines of a new block, those that wait for one taken over."""
    blocks.append(Block(function, [*first]))
    first.clear()
    return blocks[-1].lines


def check(prefix: str, kind: str, pattern: str) -> str:
    """One line, so that the patterns of all kinds stand below each other."""
    return f"// {prefix}{kind}:".ljust(len(f"// {prefix}-LABEL:")) + pattern
