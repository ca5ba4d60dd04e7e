# SPDX-License-Identifier: Apache-2.0
"""Passes from a user's Python file, and whose fault an exception is.

A plugin is any Python file with a `PASS` (one pass) or `PASSES` (several) at its top level.
"""

from __future__ import annotations

import linecache
import re
import sys
import traceback
from collections import ChainMap
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from ..errors import CommandError, os_reason
from ..flags import BY_NAME
from ..passes import BY_ARGUMENT, FROM_PLUGINS

if TYPE_CHECKING:
    from ..passes.rewriting.base import Pass

_CALLBACK = "Exception raised in callback: Traceback"
_FRAME = re.compile(r'^  File "([^"]*)", line (\d+).*\n(?:    .*\n)*', re.MULTILINE)
_FLAG_NAME = re.compile(r"[a-zA-Z][\w-]*")


class Registry:
    """Every pass written in Python, by the name of its flag: ours, then the plugins'."""

    def __init__(self, own: Mapping[str, Pass], added: dict[str, Pass] | None = None) -> None:
        # Looking one of ours up imports it, so they stay where they are.
        added = {} if added is None else added
        self.passes: ChainMap[str, Pass] = ChainMap(added, cast("dict[str, Pass]", own))
        self.plugin_of: dict[str, str] = {}

    def load(self, path: str, *, again: bool = False) -> tuple[Pass, ...]:
        """Add the passes of the plugin at `path`, and give them; raises CommandError.

        again: in place of those that it had when it was loaded before.
        """
        found = tuple(_passes_of(path))
        if again:
            for name in [name for name, owner in self.plugin_of.items() if owner == path]:
                del self.passes[name], self.plugin_of[name]
        for pass_ in found:
            name = pass_.argument
            if not _FLAG_NAME.fullmatch(name) or name in BY_NAME:
                taken = "is a flag of onnx-opt" if name in BY_NAME else "cannot be a flag"
                raise CommandError(f"plugin '{path}': a pass is called '{name}', which {taken}")
            if name in self.passes:
                owner = self.plugin_of.get(name, "onnx-opt itself")
                raise CommandError(
                    f"plugin '{path}': there is already a pass '{name}', from {owner}"
                )
            self.passes[name] = pass_
            self.plugin_of[name] = path
        return found


PROCESS = Registry(BY_ARGUMENT, FROM_PLUGINS)
"""What Python callers see: our passes, and those of plugins that they loaded."""


def _passes_of(path: str) -> list[Pass]:
    from ..passes.rewriting.base import Pass

    module = _execute(path)
    found: object = module.__dict__.get("PASSES", module.__dict__.get("PASS"))
    if found is None or found in ((), []):
        raise CommandError(f"plugin '{path}' defines no pass: set PASS or PASSES at its top level")
    several = cast("Sequence[object]", found if isinstance(found, (list, tuple)) else (found,))
    passes: list[Pass] = []
    for pass_ in several:
        if not isinstance(pass_, Pass):
            raise CommandError(
                f"plugin '{path}': PASS and PASSES hold passes, not {type(pass_).__name__}"
            )
        passes.append(pass_)
    return passes


def _execute(path: str) -> ModuleType:
    """Run the file as a module of its own.  It may import its neighbours; no bytecode is left beside it."""
    try:
        source = Path(path).read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read plugin '{path}': {os_reason(error)}") from None
    module = ModuleType(f"onnx_opt_plugin_{re.sub(r'[^0-9a-zA-Z_]', '_', Path(path).stem)}")
    module.__file__ = path
    sys.modules[module.__name__] = module
    sys.path.append(str(Path(path).resolve().parent))
    try:
        exec(compile(source, path, "exec"), module.__dict__)
    except (Exception, SystemExit) as error:
        raise plugin_error(path, error) from error
    return module


def plugin_error(path: str, error: BaseException, doing: str = "") -> CommandError:
    """One line for an exception that left the plugin at `path`: where in the plugin, and which exception."""
    file, line, column, message = path, 0, 0, str(error)
    name = type(error).__name__
    if isinstance(error, SyntaxError):
        file, line, message = error.filename or path, error.lineno or 0, error.msg
        column = error.offset or 0
    elif message.startswith(_CALLBACK):
        # What leaves a callback of the bindings (Operation.walk) arrives as the text of a traceback.
        *frames, last = _FRAME.split(message)
        name, _, message = last.strip().partition(": ")
        inside = [frames[n + 1] for n in range(1, len(frames), 3) if frames[n] == path]
        line = int(inside[-1]) if inside else 0
        column = _column(path, line)
    if not line:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == path:
                line = frame.lineno or 0
                column = _column(path, line, frame)
    message = " ".join(message.split())
    said = f"{name}: {message}" if message else name
    return CommandError(said + doing, file, line, line and column)


def _column(path: str, line: int, frame: traceback.FrameSummary | None = None) -> int:
    """Where the expression begins that raised, from 1, or where Python does not know that, its line."""
    start: int | None = getattr(frame, "colno", None)
    if start is None:
        text = linecache.getline(path, line)
        start = len(text) - len(text.lstrip())
    return start + 1
