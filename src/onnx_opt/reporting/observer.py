# SPDX-License-Identifier: Apache-2.0
"""Who is told of what happens while a module is worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .diagnostics import Sink
from .progress import Progress
from .timing import Timer

if TYPE_CHECKING:
    from ..report.recording import Recording


class Observer(NamedTuple):
    """sink: takes warnings and remarks.  timer: gets a row for each part of the work.  progress: is told what runs.

    recording: takes remarks, too, and is told which pass is through.
    """

    sink: Sink
    timer: Timer
    progress: Progress
    recording: Recording | None = None


def listener(sink: Sink, recording: Recording | None = None) -> Observer:
    """An observer that only takes diagnostics, and lets a recording take them."""
    return Observer(sink, Timer("Total"), Progress(), recording)


SILENT = listener(lambda _: None)
"""An observer that is told of nothing."""
