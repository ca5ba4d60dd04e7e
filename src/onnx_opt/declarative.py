# SPDX-License-Identifier: Apache-2.0
"""`--emit=drr`, `--emit=drr-patch` and `--emit=ods`: what is written of passes, where no module is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from .errors import CommandError, os_reason
from .files.outputs import Output
from .flags import Options
from .no_module import refuse_input
from .passes.rewriting.base import Pass
from .pipeline.plan import NestedSteps, Planner, PythonPass, Step
from .pipeline.plugins import Registry


def write_declarations(options: Options, registry: Registry) -> None:
    """Write what `--emit` asks for; raises CommandError."""
    what = f"--emit={options.emit}"
    refuse_input(options, what, {"emit", "onnx_mlir"})
    passes = tuple(_python_passes(Planner(registry).plan(options), what))
    text = _ods(passes) if options.emit == "ods" else _drr(options, passes)
    with Output(options.o) as output:
        output.write(text.encode())
        output.commit()


def _python_passes(steps: Iterable[Step], what: str) -> Iterator[Pass]:
    for step in steps:
        if isinstance(step, PythonPass):
            yield step.pass_
        else:
            name = step.anchor if isinstance(step, NestedSteps) else step.argument
            raise CommandError(f"{what} takes passes that are rules, which '{name}' is not")


def _drr(options: Options, passes: tuple[Pass, ...]) -> str:
    from .upstream import CheckoutError, DrrError, as_drr, as_patch, defined_names

    what = f"--emit={options.emit}"
    if not passes:
        raise CommandError(f"{what} needs a pass, such as --fold-bn-into-gemm")
    checkout = Path(options.onnx_mlir) if options.onnx_mlir else None
    try:
        if options.emit == "drr":
            return as_drr(passes, defined_names(checkout) if checkout else None)
        if checkout is None:
            raise CommandError(f"{what} needs the checkout that it is for: --onnx-mlir=<checkout>")
        return as_patch(passes, checkout)
    except (CheckoutError, DrrError) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"cannot read '{error.filename}': {os_reason(error)}") from None


def _ods(passes: tuple[Pass, ...]) -> str:
    from .upstream import as_ods

    if passes:
        raise CommandError(f"--emit=ods takes no pass, but --{passes[0].argument} is given")
    return as_ods()
