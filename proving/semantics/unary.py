# SPDX-License-Identifier: Apache-2.0
"""Functions of one tensor, element by element."""

from __future__ import annotations

from ..tensors import Tensor
from .table import Call, means


@means("Relu", ordered=True)
def relu(_: Call, x: Tensor) -> Tensor:
    """max(0, X)"""
    return x.like(x.numbers.maximum(x.data, x.numbers.from_python(0)))
