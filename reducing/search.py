# SPDX-License-Identifier: Apache-2.0
"""What is tried in which order: delta debugging (Zeller and Hildebrandt, TSE 2002), chunks that get smaller."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from .attempts import Died, in_child
from .wrongs import Wrong

T = TypeVar("T")

Change = Callable[[], bool]
"""Makes the module smaller, the same way each time; False where it cannot."""

_PATIENCE = 4.0
"""How many times longer than the whole module a smaller one may take."""
_LEAST_PATIENCE = 10.0


class OutOfTime(Exception):  # noqa: N818 - not an error: the search ends with what it has
    """The search has had its time."""


class Search:
    """Tries changes.

    judge: what goes wrong with the module as it is, in a child process.  wanted: what has to.  tell: is told each try.
    """

    def __init__(
        self, judge: Callable[[], Wrong | None], seconds: float, tell: Callable[[int], None]
    ) -> None:
        self._judge = judge
        self._end = time.monotonic() + seconds
        self._tell = tell
        self._patience = seconds
        self.tries = 0
        self.wanted: Wrong | None = None

    def begin(self) -> Wrong | None:
        """What goes wrong with the module as it was given; this is what has to from now on."""
        start = time.monotonic()
        self.wanted = self._outcome(lambda: True)
        self._patience = max(_LEAST_PATIENCE, _PATIENCE * (time.monotonic() - start))
        return self.wanted

    def tried(self, change: Change) -> bool:
        """Make a change for good if the module still goes wrong the same way after it.  Raises OutOfTime."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutOfTime
        self._patience = min(self._patience, left)
        return self._outcome(change) == self.wanted and change()

    def compute(self, work: Callable[[], T]) -> T | None:
        """What `work` gives in a child process, where it may change the module; None if it does not end well."""
        found: T | Died | None = in_child(work, self._patience)
        return None if isinstance(found, Died) else found

    def _outcome(self, change: Change) -> Wrong | None:
        self.tries += 1
        self._tell(self.tries)
        found: Wrong | Died | None = in_child(self._judge, self._patience, change)
        return found.wrong if isinstance(found, Died) else found


def minimize(items: list[T], without: Callable[[list[T]], bool], *, keep: int = 0) -> None:
    """Take away as many items as can be, first by halves, in the end one by one.

    without: takes items away for good, or says that it cannot.  keep: how many have to stay.
    """
    size = max(1, (len(items) + 1) // 2)
    while items:
        at, removed = 0, False
        while at < len(items):
            chunk = items[at : at + size]
            if len(items) - len(chunk) >= keep and without(chunk):
                del items[at : at + size]
                removed = True
            else:
                at += size
        if size == 1 and not removed:
            break
        size = max(1, size // 2)
