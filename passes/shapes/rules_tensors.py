# SPDX-License-Identifier: Apache-2.0
"""Ops of ONNX of which its inference asks for more than shapes need, or says less than they tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dialect.diagnostics import DiagnosticError, diagnostic_at
from ...dialect.types import element_type
from .dims import Dim, Shape
from .knowledge import Found, OpFacts, Rule


def _same(facts: OpFacts) -> Sequence[Found] | None:
    return [facts.shape(0)]


def _dropout(facts: OpFacts) -> Sequence[Found] | None:
    return [facts.shape(0)] * 2


def _split(facts: OpFacts) -> Sequence[Found] | None:
    """By sizes that are given, or into as many parts as there are results; the last one may be smaller."""
    data, count = facts.shape(0), len(facts.op.results)
    if data is None:
        return None
    axis = facts.axis("axis", len(data))
    dim = data[axis]
    sizes: Any = facts.attribute("split")
    if sizes is None and facts.has(1):
        sizes = facts.constant(1)
        sizes = [facts.dims.fresh() for _ in range(count)] if sizes is None else list(sizes)
    elif sizes is None and isinstance(dim, int):
        part = -(-dim // count)
        sizes = [part] * (count - 1) + [dim - part * (count - 1)]
    elif sizes is None:
        sizes = [facts.dims.fresh() for _ in range(count)]
    if len(sizes) != count or any(isinstance(size, int) and size < 0 for size in sizes):
        return None
    return [(*data[:axis], _number(size), *data[axis + 1 :]) for size in sizes]


def _number(size: Any) -> Dim:
    return size if isinstance(size, str) else int(size)


def _shape(facts: OpFacts) -> Sequence[Found] | None:
    """As many elements as axes are asked for, which may be none."""
    data = facts.shape(0)
    if data is None:
        return None
    return [(len(data[slice(facts.attribute("start") or 0, facts.attribute("end"))]),)]


def _dequantize(facts: OpFacts) -> Sequence[Found] | None:
    """Scales and zero points along an axis are as many as it is long."""
    data = facts.shape(0)
    if data is None or facts.attribute("axis") is None:
        return [data]
    along = [facts.shape(index) for index in (1, 2) if facts.has(index)]
    lengths = [shape[0] for shape in along if shape is not None and len(shape) == 1]
    known = [length for length in lengths if isinstance(length, int) and length != 1]
    if not known:
        return [data]
    axis = facts.axis("axis", len(data))
    return [(*data[:axis], known[0], *data[axis + 1 :])]


def _prelu(facts: OpFacts) -> Sequence[Found] | None:
    """The slope is brought to the shape of the data, never the data to the shape of the slope."""
    data, slope = facts.shape(0), facts.shape(1)
    if data is None or slope is None or len(slope) > len(data) or facts.spec.since_version < 7:
        return [data]
    shape = list(data)
    for axis in range(-len(slope), 0):
        size = slope[axis]
        if isinstance(shape[axis], str) and isinstance(size, int) and size != 1:
            shape[axis] = size
    return [tuple(shape)]


def _one_hot_encoder(facts: OpFacts) -> Sequence[Found] | None:
    """A last axis of as many elements as there are categories."""
    data = facts.shape(0)
    row = element_type(facts.type(0))
    texts = row is not None and row.name == "string"
    categories = facts.attribute("cats_strings" if texts else "cats_int64s")
    return None if data is None or not categories else [(*data, len(categories))]


def _top_k(facts: OpFacts) -> Sequence[Found] | None:
    data = facts.shape(0)
    if data is None:
        return None
    count: Any = facts.attribute("k")
    if count is None:
        elements = facts.elements(1)
        count = None if elements is None or elements.size != 1 else elements.item()
    axis = facts.axis("axis", len(data))
    return [(*data[:axis], facts.dim(count), *data[axis + 1 :])] * 2


def _attention(facts: OpFacts) -> Sequence[Found] | None:
    """Y (like Q, with the heads of V), present key and value, and the scores: onnx.Attention in three or four axes."""
    query, key, value = (facts.shape(index) for index in range(3))
    if query is None or key is None or value is None:
        return None
    if len(query) == len(key) == len(value) == 4:
        batch, heads, length, _ = query
        kv_heads, keys, head, value_head = key[1], key[2], key[3], value[3]
        result: Shape = (batch, heads, length, value_head)
    elif len(query) == len(key) == len(value) == 3:
        many: int | None = facts.attribute("q_num_heads")
        few: int | None = facts.attribute("kv_num_heads")
        if not many or not few:
            return None
        heads, kv_heads = many, few
        batch, length, _ = query
        keys, head, value_head = (
            key[1],
            _part(facts, key[2], few),
            _part(facts, value[2], few),
        )
        width = value_head * many if isinstance(value_head, int) else facts.dims.fresh()
        result = (batch, length, value[2] if many == few else width)
    else:
        return None
    total: Dim = keys
    past = facts.shape(4) if facts.has(4) else None
    if facts.has(4):
        before = past[2] if past is not None and len(past) == 4 else facts.dims.fresh()
        total = facts.dims.sum([before, keys])
    return [
        result,
        (batch, kv_heads, total, head),
        (batch, kv_heads, total, value_head),
        (batch, heads, length, total),
    ]


def _part(facts: OpFacts, dim: Dim, parts: int) -> Dim:
    return dim // parts if isinstance(dim, int) else facts.dims.fresh()


def _recurrent(facts: OpFacts) -> Sequence[Found] | None:
    """What onnx-mlir refuses in its words; the rest is left to ONNX's inference."""
    for index, which in enumerate(("first", "second", "third")):
        shape = facts.shape(index)
        if shape is not None and len(shape) != 3:
            raise _refused(facts, f"The {which} input tensor must have rank 3")
    if facts.attribute("direction") not in ("forward", "reverse", "bidirectional"):
        raise _refused(
            facts,
            "direction attribute must be one of the strings: forward, reverse, and bidirectional",
        )
    return None


def _refused(facts: OpFacts, reason: str) -> DiagnosticError:
    name, where = facts.op.name, facts.op.location
    texts = (
        reason,
        "Failed to scan parameters successfully",
        f"'{name}' op shape inference failed",
    )
    return DiagnosticError(*(diagnostic_at("error", where, text) for text in texts))


RULES: dict[str, Rule] = {
    "Attention": _attention,
    "DequantizeLinear": _dequantize,
    "Dropout": _dropout,
    "GRU": _recurrent,
    "GroupNormalization": _same,
    "Imputer": _same,
    "LSTM": _recurrent,
    "MeanVarianceNormalization": _same,
    "Normalizer": _same,
    "OneHotEncoder": _one_hot_encoder,
    "PRelu": _prelu,
    "QuantizeLinear": _dequantize,
    "RNN": _recurrent,
    "Scaler": _same,
    "Scatter": _same,
    "Shape": _shape,
    "Split": _split,
    "TopK": _top_k,
}
