# SPDX-License-Identifier: Apache-2.0
"""Text of a module as a notebook shows it: highlighted, and elided where it is long."""

from __future__ import annotations

import re
from html import escape

HEAD, TAIL = 160, 40
"""Lines that are shown of the beginning and of the end of a longer text."""

_WIDTH = 400
"""Characters that are shown of a line."""

# Colours that can be read on white and on black.
_STYLE = """\
<style>
.onnx-opt {overflow-x: auto; white-space: pre; font-family: monospace; line-height: 1.3}
.onnx-opt .op {color: #8a63d2; font-weight: bold}
.onnx-opt .value {color: #2f81c9}
.onnx-opt .symbol {color: #c05a9b}
.onnx-opt .type {color: #25907f}
.onnx-opt .number {color: #b3701f}
.onnx-opt .string {color: #4d8f3a}
.onnx-opt .note {color: #888888; font-style: italic}
</style>
"""

_TOKEN = re.compile(
    r"""(?P<note>//.*|__elided__)
    | (?P<op>"[\w.]+"(?=\() | \b(?:onnx|func|builtin|arith|tensor|scf|cf)\.\w+)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<value>%[\w$.:\#-]+)
    | (?P<symbol>[@\#^][\w$.-]+)
    | (?P<type>(?:tensor|memref|vector)<[^<>]*(?:<[^<>]*>[^<>]*)*>
        | ![\w.]+ | \b(?:[su]?i\d+|b?f\d+\w*|index|none)\b)
    | (?P<number>(?<![\w.])-?\d[\w.+-]*)
    """,
    re.VERBOSE,
)


def highlighted(text: str) -> str:
    """The HTML of a text in MLIR's syntax."""
    lines = text.rstrip("\n").split("\n")
    left_out: list[str] = []
    end: list[str] = []
    if len(lines) > HEAD + TAIL:
        left_out = [f'<span class="note">... {len(lines) - HEAD - TAIL} lines ...</span>']
        lines, end = lines[:HEAD], lines[-TAIL:]
    shown = [*map(_line, lines), *left_out, *map(_line, end)]
    return f'{_STYLE}<div class="onnx-opt">' + "\n".join(shown) + "</div>"


def _line(line: str) -> str:
    cut = line[:_WIDTH]
    parts: list[str] = []
    at = 0
    for token in _TOKEN.finditer(cut):
        parts.append(escape(cut[at : token.start()]))
        parts.append(f'<span class="{token.lastgroup}">{escape(token.group())}</span>')
        at = token.end()
    parts.append(escape(cut[at:]))
    if len(line) > _WIDTH:
        parts.append(f'<span class="note"> ... {len(line) - _WIDTH} characters</span>')
    return "".join(parts)
