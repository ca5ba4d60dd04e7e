# SPDX-License-Identifier: Apache-2.0
"""Ops whose result's element type, or whose operand's, an attribute or another operand decides.

Source: the ops' own sections of ONNX's Operators.md and Operators-ml.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...types import BY_ONNX, ElementType, element_type, is_none, type_name
from .judged import Judged, Rule


def _result(op: Judged) -> ElementType | None:
    return op.element(op.spec.results[0].name)


def cast(op: Judged) -> Iterator[str]:
    """The result's element type is `to`."""
    expected, got = element_type(op.attribute("to")), _result(op)
    if got is not None and got is not expected:
        yield f"element type does not match the 'to' attribute, {op.attribute('to')}: got {got.asm}"


def cast_like(op: Judged) -> Iterator[str]:
    """The result's element type is that of target_type."""
    expected, got = op.element("target_type"), _result(op)
    if None not in (expected, got) and got is not expected:
        yield "element type does not match the 'target types' operands element type"


def from_dtype(op: Judged) -> Iterator[str]:
    """The result's element type is the one that `dtype` numbers."""
    expected, got = BY_ONNX.get(op.attribute("dtype")), _result(op)
    if expected is None:
        yield f"attribute 'dtype' must number a type of ONNX, got {op.attribute('dtype')}"
    elif got is not None and got is not expected:
        yield f"result element type {got.asm} does not match the dtype {expected.asm}"


def from_dtype_or_input(op: Judged) -> Iterator[str]:
    """... or that of the input, where there is no `dtype`."""
    if op.has("dtype") and op.attribute("dtype") not in BY_ONNX:
        yield f"attribute 'dtype' must number a type of ONNX, got {op.attribute('dtype')}"
        return
    dtype = BY_ONNX[op.attribute("dtype")] if op.has("dtype") else None
    expected, got = dtype or op.element("input"), _result(op)
    if expected is not None and got is not None and got is not expected:
        yield f"result element type {got.asm} does not match the expected type {expected.asm}"


def sequence_empty(op: Judged) -> Iterator[str]:
    """Elements are of `dtype`, or else floats."""
    dtype = op.attribute("dtype") if op.has("dtype") else 1
    name, got = BY_ONNX[dtype].name if dtype in BY_ONNX else dtype, op.op.results[0].type
    if type_name(got) not in (None, f"seq(tensor({name}))"):
        yield f"SequenceEmpty getDtype() does not match the output type, {got}: it says {name}"


def mod(op: Judged) -> Iterator[str]:
    """Of floats there is only C's fmod."""
    element = op.element("A")
    if element is not None and element.asm.startswith(("f", "bf")) and op.attribute("fmod") != 1:
        yield "fmod must be 1 when the input type is floating point"


def one_hot_encoder(op: Judged) -> Iterator[str]:
    """Numbers have numbers as categories, strings have strings."""
    element = op.element("X")
    if element is None:
        return
    if element.name == "string":
        if not op.has("cats_strings"):
            yield "input is not a tensor of float, int32, or double, but no cats_strings attribute"
    elif not op.has("cats_int64s"):
        yield "input is a tensor of float, int32, or double, but no cats_int64s attribute"


def category_mapper(op: Judged) -> Iterator[str]:
    """A number for each string."""
    numbers, strings = op.attribute("cats_int64s"), op.attribute("cats_strings")
    if len(numbers or ()) != len(strings or ()):
        yield "cats_int64 and cats_strings should have the same size"


def optional(op: Judged) -> Iterator[str]:
    """What is in it, or what could be."""
    if op.has("type") != is_none(op.value("input").type):
        yield "Optional should have either type attribute or input value"


RULES: dict[str, Rule] = {
    "Bernoulli": from_dtype_or_input,
    "Cast": cast,
    "CastLike": cast_like,
    "CategoryMapper": category_mapper,
    "EyeLike": from_dtype_or_input,
    "Mod": mod,
    "OneHotEncoder": one_hot_encoder,
    "Optional": optional,
    "RandomNormal": from_dtype,
    "RandomNormalLike": from_dtype_or_input,
    "RandomUniform": from_dtype,
    "RandomUniformLike": from_dtype_or_input,
    "SequenceEmpty": sequence_empty,
}
