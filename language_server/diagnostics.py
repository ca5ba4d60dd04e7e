# SPDX-License-Identifier: Apache-2.0
"""Diagnostics while somebody types: what changed is checked, once the typing pauses; what did not is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from .checking import SOURCE, beside_items, excerpt, placed
from .document import Document
from .workers import Worker, WorkerError

PAUSE = 0.05
"""Seconds without a change before a document is checked."""
_SHOWN = 500
"""The most diagnostics for a document: editors get slow with more."""

_Key = tuple[str, bool]
"""A text, and whether ops of dialects that MLIR does not know may stand in it."""
_Known = dict[_Key, list[dict[str, Any]]]
Publish = Callable[[types.PublishDiagnosticsParams], None]


class Diagnostics:
    """The diagnostics of all open documents.

    publish: where they go.  allow_unregistered_dialect: whether ops of dialects that MLIR does not know may stand in
    every document.
    """

    def __init__(self, worker: Worker, publish: Publish) -> None:
        self.allow_unregistered_dialect = False
        self._worker = worker
        self._publish = publish
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Of each document what was found in the texts of its items.
        self._known: dict[str, _Known] = {}

    def changed(self, document: Document) -> None:
        """Check a document soon, and not what it was before."""
        self._cancel(document.uri)
        task = asyncio.get_running_loop().create_task(self._later(document))
        self._tasks[document.uri] = task

    def closed(self, uri: str) -> None:
        """Forget a document, and what was said of it."""
        self._cancel(uri)
        self._known.pop(uri, None)
        self._publish(types.PublishDiagnosticsParams(uri, []))

    def _cancel(self, uri: str) -> None:
        if task := self._tasks.pop(uri, None):
            task.cancel()

    async def _later(self, document: Document) -> None:
        await asyncio.sleep(PAUSE)
        found = await self.of(document)
        self._publish(
            types.PublishDiagnosticsParams(document.uri, found[:_SHOWN], document.version)
        )

    async def of(self, document: Document) -> list[types.Diagnostic]:
        """The diagnostics of a document, in the order of its text."""
        allow = self.allow_unregistered_dialect or document.allows_unregistered_dialects
        found = list(beside_items(document))
        known = self._known.setdefault(document.uri, {})
        keys: list[_Key] = []
        for section in document.sections:
            for item in section.items:
                what = excerpt(document, section, item)
                # Before something that is awaited: a task that is cancelled ends there, and starts no check.
                keys.append((what.source, allow))
                told = await self._check(keys[-1], known)
                if isinstance(told, str):
                    place = document.text.range(*document.token_at(item.start))
                    error = types.DiagnosticSeverity.Error
                    found.append(types.Diagnostic(place, told, error, source=SOURCE))
                else:
                    found.extend(placed(document, item, what, told))
        for key in known.keys() - set(keys):
            del known[key]
        found.sort(key=lambda each: (each.range.start.line, each.range.start.character))
        return found

    async def _check(self, key: _Key, known: _Known) -> list[dict[str, Any]] | str:
        """What is wrong with a text, or why nobody can say."""
        if key in known:
            return known[key]
        # The worker is not disturbed by a change while it checks: to start another one takes longer.
        asked = self._ask(key, known)
        return await asyncio.shield(asyncio.ensure_future(asked))

    async def _ask(self, key: _Key, known: _Known) -> list[dict[str, Any]] | str:
        text, allow = key
        try:
            answer = await self._worker.ask("check", text=text, allow_unregistered_dialect=allow)
        except WorkerError as error:
            return f"this cannot be checked: {error}"
        known[key] = answer["diagnostics"]
        return known[key]
