# SPDX-License-Identifier: Apache-2.0
"""How IR becomes better IR: one pass a file, all of them in `ALL_PASSES`.

A pass is called as its file is, so `find_pass` imports no other than the one that is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rewriting.base import Pass

    ALL_PASSES: tuple[Pass, ...]
    """Every pass of the project; `--help`, the README's table and the tests are made from it."""

__all__ = ["ALL_PASSES", "STEMS", "find_pass"]

STEMS = (
    "fold_bn",
    "fold_bn_into_gemm",
    "fold_bn_into_matmul",
    "fold_bn_into_conv",
    "fold_bn_into_conv_transpose",
    "fold_bn_forward",
    "fold_scale_axis",
    "canonicalize",
    "cse",
)
"""The files with passes, in the order of the README's table."""


def find_pass(argument: str) -> Pass | None:
    """The pass with this flag; None if there is none."""
    stem = argument.replace("-", "_")
    if stem not in STEMS or "_" in argument:
        return None
    found: Pass = import_module(f".{stem}", __name__).PASS
    return found


def __getattr__(name: str) -> Any:
    if name == "ALL_PASSES":
        return tuple(import_module(f".{stem}", __name__).PASS for stem in STEMS)
    if name in STEMS:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
