# SPDX-License-Identifier: Apache-2.0
"""MLIR contexts that hold the onnx dialect, and what we keep beside each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .bindings import ir

if TYPE_CHECKING:
    from .elements.resources import Resource
    from .types import Array


@dataclass
class ContextState:
    """What the bindings cannot give back and we therefore remember, for as long as the context lives.

    resources: what stands behind each `dense_resource` handle: the blob (one-dimensional, uint8) where it comes from
    text, whose attributes say the type, else a resource.  mlir_backed: handles whose bytes MLIR has too.  handles: that
    of an attribute, by the attribute's hash; None if it has none.  suffixes: the last number behind each name that was
    wanted more than once.
    """

    resources: dict[str, Array | Resource] = field(default_factory=dict[str, "Array | Resource"])
    mlir_backed: set[str] = field(default_factory=set[str])
    handles: dict[int, str | None] = field(default_factory=dict[int, "str | None"])
    suffixes: dict[str, int] = field(default_factory=dict[str, int])


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


def state_of(context: ir.Context) -> ContextState:
    """The state kept beside `context`, made on first use."""
    state = getattr(context, "_onnx_opt_state", None)
    if state is None:
        state = ContextState()
        context._onnx_opt_state = state  # type: ignore[attr-defined]
    assert isinstance(state, ContextState)
    return state
