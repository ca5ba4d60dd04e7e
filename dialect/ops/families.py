# SPDX-License-Identifier: Apache-2.0
"""Which ops of the dialect are the same op to a rewrite, and which may exchange their operands.

A version that means the same as the plain one has the plain name already (`versions.py`).  What has a suffix differs,
but for some it is in a point that rewrites do not meet: of those this module knows.
"""

from __future__ import annotations

COMMUTATIVE = frozenset(
    {"Add", "And", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Equal", "Max", "Mean", "Min", "Mul", "Or", "Sum", "Xor"}
)  # fmt: skip
"""Ops whose operands may be exchanged."""

_EQUIVALENT = {
    # ConvTransposeV1 splits automatic padding the other way, which is nothing to the weights.
    "ConvTranspose": ("ConvTransposeV1",),
    # GemmV6 broadcasts C only if `broadcast` is set; a C that broadcasts without it is invalid.
    "Gemm": ("GemmV6",),
    # The versions before 7 broadcast if `broadcast` is set, from `axis` on: see `broadcast_axis`.
    "Add": ("AddV6",),
    "Div": ("DivV6",),
    "Mul": ("MulV6",),
    "Sub": ("SubV6",),
}


def equivalent_names(name: str) -> tuple[str, ...]:
    """Names of the ops that a rewrite about `name` is about, the plain one first."""
    return (name, *_EQUIVALENT.get(name, ()))
