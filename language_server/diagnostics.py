# SPDX-License-Identifier: Apache-2.0
"""Diagnostics while somebody types: what changed is checked, once the typing pauses; what did not is remembered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from .checking import SOURCE, beside_items, excerpt, placed
from .document import Document
from .workers import Worker, WorkerError

PAUSE = 0.05
"""Seconds without a change before a document is checked."""
_REMEMBERED = 4096
_SHOWN = 500
"""The most diagnostics for a document: editors get slow with more."""

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
        # What was found in a text, whatever document it stood in; least recently used first.
        self._known: OrderedDict[tuple[str, bool], list[dict[str, Any]]] = OrderedDict()

    def changed(self, document: Document) -> None:
        """Check a document soon, and not what it was before."""
        self._cancel(document.uri)
        task = asyncio.get_running_loop().create_task(self._later(document))
        self._tasks[document.uri] = task

    def closed(self, uri: str) -> None:
        """Forget a document, and what was said of it."""
        self._cancel(uri)
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
        for section in document.sections:
            for item in section.items:
                what = excerpt(document, section, item)
                # Before something that is awaited: a task that is cancelled ends there, and starts no check.
                told = await self._check(what.source, allow)
                if isinstance(told, str):
                    place = document.text.range(*document.token_at(item.start))
                    error = types.DiagnosticSeverity.Error
                    found.append(types.Diagnostic(place, told, error, source=SOURCE))
                else:
                    found.extend(placed(document, item, what, told))
        found.sort(key=lambda each: (each.range.start.line, each.range.start.character))
        return found

    async def _check(self, text: str, allow: bool) -> list[dict[str, Any]] | str:
        """What is wrong with a text, or why nobody can say."""
        key = (text, allow)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        # The worker is not disturbed by a change while it checks: to start another one takes longer.
        asked = self._ask(key)
        return await asyncio.shield(asyncio.ensure_future(asked))

    async def _ask(self, key: tuple[str, bool]) -> list[dict[str, Any]] | str:
        text, allow = key
        try:
            answer = await self._worker.ask("check", text=text, allow_unregistered_dialect=allow)
        except WorkerError as error:
            return f"this cannot be checked: {error}"
        self._known[key] = answer["diagnostics"]
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return self._known[key]
