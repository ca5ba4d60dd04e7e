# SPDX-License-Identifier: Apache-2.0
"""What comes of an action."""

from __future__ import annotations

from dataclasses import dataclass, field

from lsprotocol import types


@dataclass
class Outcome:
    """What is to be told, and the changes of the document: none where nothing came of it."""

    message: str
    edits: list[types.TextEdit] = field(default_factory=list[types.TextEdit])
