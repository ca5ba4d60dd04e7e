# SPDX-License-Identifier: Apache-2.0
"""Who is told of what happens while a module is worked on."""

from __future__ import annotations

from typing import NamedTuple

from .diagnostics import Sink
from .progress import Progress
from .timing import Timer


class Observer(NamedTuple):
    """sink: takes warnings and remarks.  timer: gets a row for each part of the work.  progress: is told what runs."""

    sink: Sink
    timer: Timer
    progress: Progress


def listener(sink: Sink) -> Observer:
    """An observer that only takes diagnostics."""
    return Observer(sink, Timer("Total"), Progress())


SILENT = listener(lambda _: None)
"""An observer that is told of nothing."""
