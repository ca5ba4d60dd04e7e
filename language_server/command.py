# SPDX-License-Identifier: Apache-2.0
"""The `onnx-lsp` command: serves one editor on standard input and output.

Exit codes: 0 the editor said goodbye; 1 the arguments are wrong, or pygls is missing.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from .. import __version__

_HELP = """\
usage: onnx-lsp [--version] [--help]

A language server for MLIR text with onnx ops.  An editor starts it and talks to it on
standard input and output; docs/editors.md says how to make yours do so.
"""


def command() -> None:
    """The console script."""
    raise SystemExit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Serve until the editor leaves; the exit code is returned."""
    if "--version" in arguments:
        print(f"onnx-lsp {__version__}")
        return 0
    if "--help" in arguments or "-h" in arguments:
        print(_HELP, end="")
        return 0
    # Editors' clients add --stdio by themselves.
    if unknown := [each for each in arguments if each != "--stdio"]:
        sys.stderr.write(f"onnx-lsp: error: unknown argument '{unknown[0]}'; see onnx-lsp --help\n")
        return 1
    try:
        from .server import make_server
    except ImportError as error:
        sys.stderr.write(f"onnx-lsp: error: {error}; run: pip install 'onnx-opt[lsp]'\n")
        return 1
    # A text is many objects, and hardly any are in cycles: to look for those takes longer than all else.
    gc.set_threshold(100_000)
    make_server().start_io()
    return 0


if __name__ == "__main__":
    command()
