# SPDX-License-Identifier: Apache-2.0
"""The `onnx-opt` command: an mlir-opt for ONNX models.

Exit codes: 0 all is well; 1 the input, the flags or a plugin are wrong, `--verify-diagnostics` found a mismatch, or
`--prove` a rule that is not proven; 70 a bug of ours; 128 + n signal n, so 130 Ctrl-C, and 141 nobody reads the output
any more.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from . import __version__
from .arguments import parse_arguments
from .errors import TOOL, CommandError
from .files.inputs import STANDARD
from .files.outputs import Output, silence_stdout
from .flags import NO_MODULE, Options, is_given
from .process import collect_seldom, ending_on, leave, open_stderr

if TYPE_CHECKING:
    from .pipeline.plugins import Registry

EXIT_OK, EXIT_ERROR, EXIT_BUG = 0, 1, 70
_PATIENCE = 55.0
"""Seconds for one rule, or for loading the plugins: who proves is told something within a minute."""
EXIT_NO_READER = 128 + signal.SIGPIPE


def command() -> NoReturn:
    """The console script: `main`, and then the end of the process."""
    collect_seldom()
    leave(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `onnx-opt` with `arguments` (by default the process's own); the exit code is returned."""
    open_stderr()
    signals: list[int] = []
    try:
        with ending_on(signals):
            given = sys.argv[1:] if arguments is None else arguments
            return _run(parse_arguments(given))
    except BaseException as error:
        # On its way out through native code the exception that a signal raised may have become another.
        return 128 + signals[0] if signals else _conclude(error)


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
        from .help import versions

        return _print(versions())
    if options.prove:
        from .watchdog import watched

        return watched(lambda tell: _prove(options, tell), _PATIENCE)
    if is_given(options, "j"):
        os.environ["OPENBLAS_NUM_THREADS"] = str(options.j)
    elif options.verify_numerics is None and not options.load_pass_plugin:
        # numpy starts threads for matrix products, which then wait busily: nothing of ours needs one.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not options.load_pass_plugin:
        from .lazy_onnx import import_lazily

        import_lazily()
    registry = _registry(options)
    if options.help or options.list_passes or options.show_dialects or options.explain:
        return _print(_information(options, registry))

    if options.check_rules:
        from .audit import check_rules

        return EXIT_OK if check_rules(options) else EXIT_ERROR
    if options.emit in NO_MODULE:
        from .declarative import write_declarations

        write_declarations(options, registry)
        return EXIT_OK

    from .pipeline.plan import Planner

    steps = Planner(registry).plan(options)
    if options.reduce:
        from .reduce import reduce

        reduce(options, steps)
        return EXIT_OK
    from .driver import Driver

    return EXIT_OK if Driver(options, steps).run() else EXIT_ERROR


def _registry(options: Options) -> Registry:
    """Every pass, those of plugins too."""
    # What follows needs MLIR's bindings, whose import takes longer than everything above.
    try:
        import_module(".dialect.bindings", __package__)
    except ImportError as error:
        raise CommandError(str(error)) from error
    from .passes import BY_ARGUMENT
    from .pipeline.plugins import Registry

    registry = Registry(BY_ARGUMENT)
    for path in options.load_pass_plugin:
        registry.load(path)
    return registry


def _prove(options: Options, tell: Callable[[str], None]) -> int:
    """`--prove`, in a process of its own."""
    try:
        tell(f"loading {', '.join(options.load_pass_plugin) or 'the passes'}")
        registry = _registry(options)
        from .proof import prove_passes

        return EXIT_OK if prove_passes(options, registry, tell) else EXIT_ERROR
    except Exception as error:
        return _conclude(error)


def _information(options: Options, registry: Registry) -> str:
    from .help import dialects, explanation, help_text, pass_list

    if options.help:
        return help_text(registry)
    if options.explain:
        return explanation(registry, options.explain)
    return pass_list(registry) if options.list_passes else dialects()


def _print(text: str) -> int:
    output = Output(STANDARD)
    output.write(text.encode())
    output.commit()
    return EXIT_OK


if __name__ == "__main__":
    raise SystemExit(main())
