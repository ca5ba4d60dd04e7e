# SPDX-License-Identifier: Apache-2.0
"""Sparse elements attributes: `sparse<[[0, 1]], [2.0]> : tensor<2x2xf32>` to and from indices and values.

The bindings have no class for them, so both ways go through the text.
"""

from __future__ import annotations

import re

import numpy as np

from ..text_scanner import skip_brackets
from ..types import Array
from .arrays import elements_attribute
from .literals import parse_elements

_TYPE = re.compile(r" : tensor<((?:\d+x)*)(.*)>", re.DOTALL)


def sparse_text(indices: Array, values: Array) -> str:
    """`sparse<indices, values>`, without the type.

    indices: int64 of shape (n, rank).  values: of shape (n), of any element type of ONNX.  Needs a current context.
    """
    if not len(values):
        return "sparse<>"
    inside = str(elements_attribute(values)).rpartition(" : ")[0][len("dense<") : -1]
    return f"sparse<{indices.tolist()}, {inside}>"


def sparse_parts(text: str) -> tuple[tuple[int, ...], Array, Array] | None:
    """(shape, indices, values) of a sparse attribute's text, as for `sparse_text`; None if it is no such text."""
    if not text.startswith("sparse<"):
        return None
    end = skip_brackets(text, len("sparse"))
    type_ = _TYPE.fullmatch(text, end)
    if type_ is None:
        return None
    shape = tuple(int(size) for size in type_[1].split("x")[:-1])
    body = text[len("sparse<") : end - 1]
    split = skip_brackets(body, 0) if body.startswith("[") else body.find(",")
    numbers = re.findall(r"\d+", body[: max(split, 0)])
    nested = body.startswith("[[")
    # `sparse<0, 1.0>` has one index for all axes, `sparse<[0, 1], 1.0>` a vector of one entry.
    count = len(numbers) // len(shape) if nested and shape else 1 if body else 0
    indices = np.array([int(number) for number in numbers], np.int64)
    if body and not nested:
        indices = np.resize(indices, len(shape))
    values = parse_elements(
        f"dense<{body[max(split, 0) :].removeprefix(',').strip()}> : tensor<{count}x{type_[2]}>"
    )
    if values is None:
        return None
    return shape, indices.reshape(count, len(shape)), np.ascontiguousarray(values)
