# SPDX-License-Identifier: Apache-2.0
"""A page: one file that asks no network for anything, with the data of `contents` in it.

What a model says is data to the page, never markup: the script puts it in as text.  The policy in the page's head lets
the browser run nothing but that script.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from .contents import contents
from .recording import Record


@dataclass(frozen=True)
class Facts:
    """What a page says beside the graph.

    title: the name of the input.  command: how it came about.  timing: name, depth and seconds of what took time.
    numerics: the table of `--verify-numerics`; "" if it did not run.
    """

    title: str
    command: str = ""
    timing: Sequence[tuple[str, int, float]] = ()
    numerics: str = ""


def page(record: Record, facts: Facts) -> str:
    """The text of an HTML file.  Raises DiagnosticError where nothing can lay the graph out."""
    data: dict[str, Any] = {
        **contents(record),
        "title": facts.title,
        "command": facts.command,
        "timing": facts.timing,
        "numerics": facts.numerics,
    }
    style, script = _part("report.css"), _part("report.js")
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    parts = {
        "POLICY": policy,
        "TITLE": escape(facts.title),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": _json(data),
    }
    head, *rest = _part("report.html").split("{{")
    return head + "".join(
        parts[name] + text for name, text in (each.split("}}", 1) for each in rest)
    )


def _part(name: str) -> str:
    return (Path(__file__).parent / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _json(data: object) -> str:
    """JSON that can stand inside a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "replace").decode()
