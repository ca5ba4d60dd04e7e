# SPDX-License-Identifier: Apache-2.0
"""How IR becomes better IR: one pass a file, all of them in `ALL_PASSES`."""

from __future__ import annotations

from . import canonicalize, cse, fold_bn_into_gemm
from .rewriting.base import Pass

__all__ = ["ALL_PASSES"]

ALL_PASSES: tuple[Pass, ...] = (
    fold_bn_into_gemm.PASS,
    canonicalize.PASS,
    cse.PASS,
)
"""Every pass of the project; `--help`, the README's table and the tests are made from it."""
