# SPDX-License-Identifier: Apache-2.0
"""What a pass is: frozen data, of two kinds.

A `RewritePass` (`rewriting.py`) is a set of patterns; a `FunctionPass` is a function that is given the op to work on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ...dialect.bindings import ir
from ...dialect.diagnostics import Diagnostic, DiagnosticError, from_mlir_error
from .options import Option as Option
from .options import Value

Remark = Callable[[Diagnostic], None]
"""Where a pass says what it did; called with diagnostics of severity `remark`."""


@dataclass(frozen=True, kw_only=True)
class Pass(ABC):
    """A transformation that `onnx-opt --<argument>` runs.

    summary: one line without a full stop, as `--help` shows it.
    """

    argument: str
    summary: str
    options: tuple[Option, ...] = ()

    @abstractmethod
    def run(
        self,
        op: ir.Operation,
        options: Mapping[str, Any] | None = None,
        remark: Remark | None = None,
    ) -> None:
        """Transform `op`, a module or a function, in place.

        options: values by name; what is missing has its default.  Raises DiagnosticError where the pass fails.
        """

    @property
    def rule_names(self) -> tuple[str, ...]:
        """What remarks and `--disable-pattern` call the rules and patterns of the pass."""
        return ()

    def without(self, names: Collection[str]) -> Pass:
        """The pass without the rules and patterns of these names."""
        return self

    def settings(self, options: Mapping[str, Any] | None) -> dict[str, Any]:
        """The value of every option of this pass, by the names that Python has for them."""
        values = {option.name: option.default for option in self.options} | dict(options or {})
        return {name.replace("-", "_"): value for name, value in values.items()}


@dataclass(frozen=True, kw_only=True)
class FunctionPass(Pass):
    """A pass that is a function: `function(op, **options)`."""

    function: Callable[..., None]

    def run(
        self,
        op: ir.Operation,
        options: Mapping[str, Any] | None = None,
        remark: Remark | None = None,
    ) -> None:
        """Call the function; see `Pass.run`."""
        with op.context:
            self.function(op, **self.settings(options))


def upstream_text(argument: str, declared: Collection[Option], values: Mapping[str, Any]) -> str:
    """A pass of MLIR's in a pipeline, with those of its options that have another value than by default.

    values: by the names that Python has for the options.
    """
    given = [
        f"{option.name}={_upstream_value(value)}"
        for option in declared
        if (value := values.get(option.name.replace("-", "_"), option.default)) != option.default
    ]
    return f"{argument}{{{' '.join(given)}}}" if given else argument


def _upstream_value(value: Value) -> str:
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    return str(value.value if isinstance(value, Enum) else value).lower()


def run_upstream(op: ir.Operation, pipeline: str) -> None:
    """Run passes of MLIR's own on `op`; `pipeline` is what stands between the anchor's parentheses.

    Raises DiagnosticError if MLIR reports a failure.
    """
    from ...dialect.bindings import passmanager

    manager = passmanager.PassManager.parse(f"{op.name}({pipeline})", op.context)
    try:
        manager.run(op)
    except ir.MLIRError as error:
        raise DiagnosticError(*from_mlir_error(error)) from None
