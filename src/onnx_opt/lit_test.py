# SPDX-License-Identifier: Apache-2.0
"""The lines of a lit test that passes as long as what `--reduce` was given goes wrong."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from .flags import BY_FIELD, Options, is_given
from .reducing import Wrong
from .reducing.wrongs import EXCEPTION, SCRIPT, SIGNAL

OF_RUN = (
    *("allow_unregistered_dialect", "disable_pattern", "pass_pipeline", "verify_each", "j"),
    *("verify_numerics", "verify_engine", "input_file", "input_shape", "atol", "rtol"),
)
"""The fields of options that say what is run, beside passes and plugins, in the order of a command line."""


_MESSAGE = 60
"""How many characters of an error a test checks; where numbers begin, it ends."""

_VARIABLE = re.compile(r"[\[{\d]|'(?!onnx\.|\s|$)")
"""Where names and numbers begin in a message, or what FileCheck reads as more than text."""


def lines_of_test(options: Options, wrong: Wrong) -> list[str]:
    """The first lines of a test that passes as long as it goes wrong."""
    if wrong.kind == SCRIPT:
        return [f"RUN: %S/{_relative(options.reduce_test, options)} %s"]
    command = " ".join(["onnx-opt %s", *_flags(options)])
    if wrong.kind == SIGNAL:
        return [f"RUN: not --crash {command}"]
    if wrong.kind == EXCEPTION:
        return [f"RUN: not {command} 2>&1 | FileCheck %s", f"CHECK: {wrong.shown.split(':')[0]}"]
    message = _VARIABLE.split(wrong.shown)[0][:_MESSAGE].strip()
    return [f"RUN: not {command} 2>&1 | FileCheck %s", f"CHECK: error: {message}"]


def _flags(options: Options) -> Iterator[str]:
    """The flags of a command line that shows what is wrong."""
    for plugin in options.load_pass_plugin:
        yield f"--load-pass-plugin=%S/{_relative(plugin, options)}"
    for flag in options.passes:
        yield _quoted(f"--{flag.name}={flag.options}" if flag.options else f"--{flag.name}")
    for name, given in options.pass_options:
        yield _quoted(f"--{name}={given}" if given else f"--{name}")
    for field in OF_RUN:
        if not is_given(options, field):
            continue
        spelling = BY_FIELD[field].spelling
        value: Any = getattr(options, field)
        if isinstance(value, tuple):
            for name, given in cast("tuple[tuple[str, Any], ...]", value):
                sized = field == "input_shape"
                text = "x".join(map(str, given)) if sized else f"%S/{_relative(given, options)}"
                yield _quoted(f"{spelling}={name}={text}")
        elif isinstance(value, frozenset):
            yield _quoted(f"{spelling}={','.join(sorted(cast('frozenset[str]', value)))}")
        elif isinstance(value, bool):
            yield spelling if value else f"{spelling}=0"
        else:
            yield _quoted(f"{spelling}={value}")


def _quoted(flag: str) -> str:
    return flag if re.fullmatch(r"[\w.,:=/%@+-]+", flag) else shlex.quote(flag)


def _relative(path: str, options: Options) -> str:
    return os.path.relpath(path, Path(options.reduce).parent)
