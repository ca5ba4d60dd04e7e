# SPDX-License-Identifier: Apache-2.0
"""What `--help`, `--list-passes`, `--show-dialects` and `--version` say."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from enum import Enum
from importlib import metadata
from typing import TYPE_CHECKING

from . import __version__
from .errors import TOOL, CommandError
from .flags import FLAGS

if TYPE_CHECKING:
    from .pipeline.plugins import Registry

_COLUMN = 44
_AVAILABLE = re.compile(r"Available dialects: ([^;]*)")


def versions() -> str:
    """The versions of this tool and of what its results depend on."""
    lines = [f"{TOOL} {__version__}"]
    for package in ("torch-mlir", "mlir-python-bindings", "onnx", "numpy"):
        try:
            lines.append(f"  {package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return "\n".join(lines) + "\n"


def help_text(registry: Registry) -> str:
    """The flags and the passes written in Python."""
    lines = [
        "An mlir-opt for ONNX models: reads a module, runs passes on it, writes it.",
        "",
        f"usage: {TOOL} [flags] [passes] [input]",
        "",
        "The input is MLIR text, MLIR bytecode or an ONNX model, told by its content; '-' or nothing is standard",
        "input.  Flags take one dash or two, and passes run in the order of their flags.",
    ]
    for title, flags in FLAGS.items():
        lines += ["", f"{title}:"]
        for flag in flags:
            lines += _row(f"  {flag.usage}", flag.summary)
    lines += ["", "Passes (options in braces: --pass='option=value option=value'):"]
    lines += _pass_rows(registry)
    lines += ["", "Every pass of MLIR's works too, by its own name: see --list-passes."]
    return "\n".join(lines) + "\n"


def pass_list(registry: Registry) -> str:
    """Every pass that a flag or a pipeline can name."""
    from .pipeline.upstream import UpstreamPasses

    lines = [f"Passes of {TOOL} and of plugins:", *_pass_rows(registry), "", "Passes of MLIR:"]
    lines += [f"  --{name}" for name in UpstreamPasses().names() if name not in registry.passes]
    return "\n".join(lines) + "\n"


def explanation(registry: Registry, argument: str) -> str:
    """What a pass does, in mathematical form; raises CommandError if there is no such pass."""
    from .dialect.diagnostics import did_you_mean
    from .passes.rewriting.explain import explain

    pass_ = registry.passes.get(argument.removeprefix("--"))
    if pass_ is None:
        hint = did_you_mean(argument, registry.passes) or f"; see {TOOL} --list-passes"
        raise CommandError(f"--explain: no pass '{argument}' that is written in Python{hint}")
    return explain(pass_)


def dialects() -> str:
    """The dialects of MLIR's that the bindings hold, and ours, in mlir-opt's words."""
    return f"Available Dialects: {','.join(sorted({'onnx', *_upstream_dialects()}))}\n"


def _upstream_dialects() -> Iterable[str]:
    """The bindings cannot list them; MLIR's parser does, when it meets a dialect that does not exist."""
    from .dialect.bindings import ir

    with ir.Context() as context:
        try:
            ir.Module.parse("no_such_dialect.op", context)
        except ir.MLIRError as error:
            listed = _AVAILABLE.search(str(error))
            return [name.strip() for name in listed[1].split(",")] if listed else []
    return []


def _pass_rows(registry: Registry) -> Iterable[str]:
    for _, pass_ in sorted(registry.passes.items()):
        yield from _row(f"  --{pass_.argument}", pass_.summary)
        for option in pass_.options:
            default = option.default
            shown = str(default).lower() if isinstance(default, bool) else default
            shown = shown.value if isinstance(shown, Enum) else shown
            shown = "none" if shown in ("", frozenset()) else shown
            flag = f"; a flag too: {option.flag_usage}" if option.flag else ""
            left = f"    {option.name}=<{option.metavar}>"
            yield from _row(left, f"{option.help} (default: {shown}{flag})")


def _row(left: str, right: str) -> list[str]:
    lines = textwrap.wrap(right, 110 - _COLUMN)
    if len(left) > _COLUMN - 2:
        return [left, *(" " * _COLUMN + line for line in lines)]
    return [left.ljust(_COLUMN) + lines[0], *(" " * _COLUMN + line for line in lines[1:])]
