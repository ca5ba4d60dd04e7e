# SPDX-License-Identifier: Apache-2.0
"""The `onnx-opt` command: an mlir-opt for ONNX models.

Exit codes: 0 all is well; 1 the input, the flags or a plugin are wrong, or `--verify-diagnostics` found
a mismatch; 70 a bug of ours; 128 + n signal n, so 130 Ctrl-C, and 141 nobody reads the output any more.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from . import __version__
from .errors import TOOL, CommandError
from .files.inputs import STANDARD
from .files.outputs import Output, silence_stdout
from .flags import Options, parse_arguments

if TYPE_CHECKING:
    from .pipeline.plugins import Registry

EXIT_OK, EXIT_ERROR, EXIT_BUG = 0, 1, 70
EXIT_NO_READER = 128 + signal.SIGPIPE

_ALLOCATIONS = 100_000
"""So many objects more than before make Python's collector look for cycles; it is 700 by default."""


class _Ended(BaseException):
    """A signal that asks the process to end: it does, but leaves no half-written file."""


def command() -> NoReturn:
    """The console script: `main`, and then the end of the process.

    Python would take a module of 100,000 ops and all that is imported apart first, piece by piece.
    """
    code = main()
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage] - those of plugins
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):  # nobody is left to be told
            stream.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `onnx-opt` with `arguments` (by default the process's own); the exit code is returned."""
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison] - closed by the caller
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end
    signals: list[int] = []
    try:
        with _ending_on(signals), _collecting_seldom():
            return _run(parse_arguments(sys.argv[1:] if arguments is None else arguments))
    except BaseException as error:
        # On its way out through native code the exception that a signal raised may have become another.
        return 128 + signals[0] if signals else _conclude(error)


@contextmanager
def _collecting_seldom() -> Generator[None, None, None]:
    """Python's collector looks at all that lives whenever it has grown by a quarter, and a module hardly has cycles."""
    before = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _conclude(error: BaseException) -> int:
    """Tell the user about `error`; the exit code for it."""
    if isinstance(error, CommandError):
        sys.stderr.write(f"{error}\n")
        return EXIT_ERROR
    if isinstance(error, BrokenPipeError):
        silence_stdout()
        return EXIT_NO_READER
    if isinstance(error, MemoryError):
        sys.stderr.write(f"{TOOL}: error: out of memory\n")
        return EXIT_ERROR
    if not isinstance(error, Exception):
        raise error
    sys.excepthook(type(error), error, error.__traceback__)
    sys.stderr.write(
        f"{TOOL} {__version__}: error: this is a bug in {TOOL}; please report it, with the lines above "
        "and the input if you can share it\n"
    )
    return EXIT_BUG


def _run(options: Options) -> int:
    if options.version:
        return _say(_versions())
    if options.verify_numerics is None and not options.load_pass_plugin:
        # numpy starts threads for matrix products, which then wait busily: nothing of ours needs one.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _require_bindings()
    # What follows needs MLIR's bindings, whose import takes longer than everything above.
    from .passes import ALL_PASSES
    from .pipeline.plugins import Registry

    registry = Registry(ALL_PASSES)
    for path in options.load_pass_plugin:
        registry.load(path)
    if options.help or options.list_passes or options.show_dialects:
        return _say(_information(options, registry))

    from .driver import Driver
    from .pipeline.plan import Planner

    steps = Planner(registry).plan(options)
    return EXIT_OK if Driver(options, steps).run() else EXIT_ERROR


def _information(options: Options, registry: Registry) -> str:
    from .help import dialects, help_text, pass_list

    if options.help:
        return help_text(registry)
    return pass_list(registry) if options.list_passes else dialects()


def _say(text: str) -> int:
    output = Output(STANDARD)
    output.write(text.encode())
    output.commit()
    return EXIT_OK


def _versions() -> str:
    from .help import versions

    return versions()


def _require_bindings() -> None:
    try:
        import_module(".dialect.bindings", __package__)
    except ImportError as error:
        raise CommandError(str(error)) from error


@contextmanager
def _ending_on(received: list[int]) -> Generator[None, None, None]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into an exception, so that files are tidied up; note which it was."""

    def end(number: int, _: FrameType | None) -> None:
        received.append(number)
        raise _Ended

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    before = {n: signal.signal(n, end) for n in numbers if n not in ignored}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    raise SystemExit(main())
