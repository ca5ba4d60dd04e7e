# SPDX-License-Identifier: Apache-2.0
"""Running the planned passes on a module: verified, timed and, if asked for, printed step by step."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from ..dialect.bindings import ir, passmanager
from ..dialect.dataclass import replace
from ..dialect.diagnostics import Diagnostic, DiagnosticError, diagnostic_at, from_mlir_error
from ..dialect.verifier.verify import verify
from ..flags import Options
from ..formats.mlir_text import text_pieces
from ..reporting.observer import Observer
from ..reporting.timing import Timer
from .plan import MlirPass, NestedSteps, PythonPass, Step
from .plugins import plugin_error
from .symbol_regions import visible_to_symbol_tables
from .syntax import ANY


def camel_case(argument: str) -> str:
    """`fold-bn-into-gemm` -> `FoldBnIntoGemm`: how dumps and timings call a pass, as mlir-opt gives the C++ class."""
    return "".join(word[:1].upper() + word[1:] for word in argument.split("-"))


class Runner:
    """The passes for one module; the observer's timer gets a row for each."""

    def __init__(self, options: Options, observer: Observer) -> None:
        self._options = options
        self._sink, self._timer, self._progress, self._recording = observer
        self._managers: dict[str, passmanager.PassManager] = {}

    def verify(
        self,
        op: ir.Operation,
        timer: Timer | None = None,
        *,
        imported: Sequence[ir.Operation] | None = None,
    ) -> None:
        """Raise DiagnosticError if `op` is not valid.  imported: see `verify`."""
        allowed = self._options.allow_unregistered_dialect
        with (timer or self._timer).row("(V) Verifier").running():
            found = verify(op, allow_unregistered_dialect=allowed, imported=imported)
        self._raise_errors(found)

    def run(self, steps: tuple[Step, ...], module: ir.Module) -> None:
        """Run `steps` in their order; raises DiagnosticError when one fails or leaves invalid IR."""
        self._run_all(steps, module.operation, self._timer)

    def _run_all(self, steps: tuple[Step, ...], op: ir.Operation, timer: Timer) -> None:
        for number, step in enumerate(steps):
            if isinstance(step, NestedSteps):
                row = timer.row(f"'{step.anchor}' Pipeline", number)
                with row.running():
                    for nested in _nested(op, step.anchor):
                        self._run_all(step.steps, nested, row)
            else:
                row = timer.row(camel_case(step.argument), number)
                with row.running():
                    self._run(step, op, row)

    def _run(self, step: PythonPass | MlirPass, op: ir.Operation, timer: Timer) -> None:
        options = self._options
        if options.mlir_print_ir_before_all or step.argument in options.mlir_print_ir_before:
            self._dump("Before", step, op)
        after = options.mlir_print_ir_after_all or step.argument in options.mlir_print_ir_after
        self._progress.phase(step.argument)
        try:
            if isinstance(step, PythonPass):
                self._run_python(step, op)
            else:
                self._run_mlir(step, op)
            if options.verify_each:
                self.verify(op, timer)
            if self._recording is not None:
                self._recording.passed(step.argument)
        except DiagnosticError:
            if after:
                self._dump("After", step, op, " Failed")
            raise
        if after:
            self._dump("After", step, op)

    def _run_python(self, step: PythonPass, op: ir.Operation) -> None:
        remark = self._remark if self._options.remarks or self._recording else None
        if not step.ours:
            # Our own passes build no ops but onnx ones; who knows what others build.
            op.context.load_all_available_dialects()
        try:
            step.pass_.run(op, step.options, remark)
        except DiagnosticError:
            raise
        except (Exception, SystemExit) as error:
            if step.plugin is None:
                raise
            raise plugin_error(step.plugin, error, f" (in pass '{step.argument}')") from error

    def _remark(self, remark: Diagnostic) -> None:
        if self._recording is not None:
            self._recording.remark(remark)
        if self._options.remarks:
            self._sink(remark)

    def _run_mlir(self, step: MlirPass, op: ir.Operation) -> None:
        text = f"{op.name}({step.text})"
        manager = self._managers.get(text)
        if manager is None:
            manager = passmanager.PassManager.parse(text, op.context)
            manager.enable_verifier(False)  # ours sees more
            self._managers[text] = manager
        try:
            with visible_to_symbol_tables(step.argument, op):
                manager.run(op)
        except ir.MLIRError as error:
            found = from_mlir_error(error)
            if not any(diagnostic.message.strip() for diagnostic in found):
                found = (diagnostic_at("error", op.location, f"pass '{step.argument}' failed"),)
            raise DiagnosticError(*found) from error

    def _raise_errors(self, found: list[Diagnostic]) -> None:
        if any(diagnostic.severity == "error" for diagnostic in found):
            raise DiagnosticError(*found)
        for diagnostic in found:
            self._sink(diagnostic)

    def _dump(
        self, when: str, step: PythonPass | MlirPass, op: ir.Operation, how: str = ""
    ) -> None:
        options = self._options
        if how:
            options = replace(
                options, mlir_print_op_generic=True
            )  # invalid IR upsets pretty printers
        text = "".join(text_pieces(op, options))
        name = f"{camel_case(step.argument)}{how} ({step.argument})"
        sys.stderr.write(f"// -----// IR Dump {when} {name} //----- //\n{text}\n")


def _nested(op: ir.Operation, anchor: str) -> Iterator[ir.Operation]:
    """The operations directly inside `op` that `anchor` names; those that a pass adds meanwhile are not visited."""
    inside = [nested.operation for region in op.regions for block in region for nested in block]
    for nested in inside:
        named = (
            nested.has_trait(ir.IsIsolatedFromAboveTrait)
            if anchor == ANY
            else nested.name == anchor
        )
        if named:
            yield nested
