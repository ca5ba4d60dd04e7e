# SPDX-License-Identifier: Apache-2.0
"""MLIR contexts that hold the onnx dialect, and what we keep beside each of them."""

from __future__ import annotations

from typing import Any, TypeVar

from .bindings import ir

State = TypeVar("State")


def make_context(*, load_all: bool = True) -> ir.Context:
    """A fresh context for the onnx dialect.

    Ops of the dialect are unregistered in MLIR's eyes (IRDL can express neither their names nor their variadics),
    so the context allows unregistered ops; `verify` stands where the generated verifiers would.

    load_all: whether ops of every upstream dialect can be built in it.  Without, a dialect is loaded where text or
    bytecode or an upstream pass asks for it, as in mlir-opt, and types and attributes print three times as fast.
    """
    context = ir.Context() if load_all else ir.Context(load_on_create_dialects=["func"])
    context.allow_unregistered_dialects = True
    context.enable_multithreading(False)
    return context


def state_of(context: ir.Context, cls: type[State]) -> State:
    """The one `cls()` that lives beside `context`, made on first use: what the bindings cannot give back."""
    states: dict[type, Any] | None = getattr(context, "_onnx_opt_states", None)
    if states is None:
        states = context._onnx_opt_states = {}  # type: ignore[attr-defined]
    try:
        return states[cls]  # type: ignore[no-any-return]
    except KeyError:
        return states.setdefault(cls, cls())  # type: ignore[no-any-return]
