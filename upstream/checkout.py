# SPDX-License-Identifier: Apache-2.0
"""A checkout of onnx-mlir: where its rules are, and which names they define."""

from __future__ import annotations

import re
from pathlib import Path

CANONICALIZE = "src/Dialect/ONNX/ONNXOps/Canonicalize.td"
_DIALECT = "src/Dialect/ONNX/ONNX.td"
_DEFINED = re.compile(r"^(?:def|class)\s+(\w+)", re.MULTILINE)


class CheckoutError(Exception):
    """A folder that is no checkout of onnx-mlir, or not one that a patch fits; the text is one line for the user."""


def read(checkout: Path, name: str) -> str:
    """A file of the checkout; raises CheckoutError where there is none."""
    path = checkout / name
    if not path.is_file():
        raise CheckoutError(f"'{checkout}' is no checkout of onnx-mlir: it has no {name}")
    return path.read_text()


def defined_names(checkout: Path) -> frozenset[str]:
    """What Canonicalize.td, and the dialect that it includes, define."""
    return frozenset(
        name for file in (CANONICALIZE, _DIALECT) for name in _DEFINED.findall(read(checkout, file))
    )
