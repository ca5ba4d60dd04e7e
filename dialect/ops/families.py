# SPDX-License-Identifier: Apache-2.0
"""Which ops of the dialect are the same op to a rewrite, and which may exchange their operands.

A version that means the same as the plain one has the plain name already (`versions.py`).  What has a suffix differs,
but for some it is in a point that rewrites do not meet: of those this module knows.
"""

from __future__ import annotations

from typing import Any

from ..types import shape_of

COMMUTATIVE = frozenset(
    {"Add", "And", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Equal", "Max", "Mean", "Min", "Mul", "Or", "Sum", "Xor"}
)  # fmt: skip
"""Ops whose operands may be exchanged."""

_EQUIVALENT = {
    # ConvTransposeV1 splits automatic padding the other way, which is nothing to the weights.
    "ConvTranspose": ("ConvTransposeV1",),
    # GemmV6 broadcasts C only if `broadcast` is set; a C that broadcasts without it is invalid.
    "Gemm": ("GemmV6",),
    # The versions before 7 broadcast B if `broadcast` is set, from `axis` on: see `broadcasts_as_numpy`.
    "Add": ("AddV6",),
    "Div": ("DivV6",),
    "Mul": ("MulV6",),
    "Sub": ("SubV6",),
}

BROADCAST_BY_AXIS = frozenset({"Add", "Div", "Mul", "Sub"})
"""Ops of which a version broadcasts from an axis that an attribute names."""


BROADCASTS = COMMUTATIVE | BROADCAST_BY_AXIS | {"Expand", "Mod", "PRelu", "Pow", "Where"}
"""Ops whose result may have more elements, and more axes, than each of the operands alone."""


def equivalent_names(name: str) -> tuple[str, ...]:
    """Names of the ops that a rewrite about `name` is about, the plain one first."""
    return (name, *_EQUIVALENT.get(name, ()))


def broadcasts_as_numpy(op: Any) -> bool:
    """Whether an op of a family in `BROADCAST_BY_AXIS` broadcasts B from the right, as all versions from 7 on do."""
    if "axis" not in op.SPEC.attributes or not op.broadcast or op.axis is None:
        return True
    a, b = (shape_of(operand.type) for operand in op.operands)
    return a is not None and b is not None and op.axis % max(len(a), 1) == len(a) - len(b)
