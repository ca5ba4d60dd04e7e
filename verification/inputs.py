# SPDX-License-Identifier: Apache-2.0
"""What the models are fed: arrays of the user's, and for every other input seeded random values.

1. floats       standard normal
2. int32, int64 0 or 1: small enough for an index into an axis of two
3. other integers of 8 bits and more: 0 to 9; narrower ones: 0 or 1
4. bools        either; strings: one of a few words
5. dimensions   as declared; a symbol is 2, 3, 4, ... in the order of the symbols; a dimension without a name
                   has the size of that axis (2, 3, 4, ...) wherever it stands, so that inputs fit together;
                   sizes.py has what is tried where these do not do
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper

from .precision import Array, is_array, is_float

_WORDS = ("a", "b", "onnx", "")


class InputError(Exception):
    """What the settings tell about an input does not suffice, or does not fit it."""


@dataclass(frozen=True)
class Input:
    """An input of a model.  dims: sizes, names of symbols, "" for an unknown size; None for an unknown rank."""

    name: str
    dtype: np.dtype[Any] | None
    dims: tuple[int | str, ...] | None

    def __str__(self) -> str:
        dims = (
            "unknown rank" if self.dims is None else ", ".join(str(dim or "?") for dim in self.dims)
        )
        return f"'{self.name}' ({self.dtype if self.dtype is not None else 'no tensor'}[{dims}])"


def inputs_of(model: onnx.ModelProto) -> list[Input]:
    """The inputs that a caller of the model must give; an initializer's default is what we want of it."""
    graph = model.graph
    defaults = {tensor.name for tensor in graph.initializer}
    defaults |= {sparse.values.name for sparse in graph.sparse_initializer}
    return [_input(info) for info in graph.input if info.name not in defaults]


def _input(info: onnx.ValueInfoProto) -> Input:
    if info.type.WhichOneof("value") != "tensor_type":
        return Input(info.name, None, None)
    tensor = info.type.tensor_type
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.elem_type))
    if not tensor.HasField("shape"):
        return Input(info.name, dtype, None)
    return Input(info.name, dtype, tuple(map(_dim, tensor.shape.dim)))


def _dim(dim: onnx.TensorShapeProto.Dimension) -> int | str:
    """A size, or a symbol; exporters also say "?" and -1 for a size that is not known."""
    if dim.HasField("dim_value"):
        return dim.dim_value if dim.dim_value >= 0 else ""
    return "" if dim.dim_param == "?" else dim.dim_param


def feeds(
    inputs: Sequence[Input],
    count: int,
    arrays: Mapping[str, str | Array],
    shapes: Mapping[str, tuple[int, ...]],
) -> list[dict[str, Any]]:
    """`count` sets of values for `inputs`, one where nothing about them is random; raises InputError.

    arrays: for inputs, by their names; or .npy files.  shapes: the shapes of inputs.
    """
    given = {each.name: _array(each, arrays[each.name]) for each in inputs if each.name in arrays}
    for name, shape in shapes.items():
        if name in given and given[name].shape != shape:
            raise InputError(
                f"--input {name} has shape {list(given[name].shape)}, not that of --input-shape, {list(shape)}"
            )
    stated = {**shapes, **{name: array.shape for name, array in given.items()}}
    sizes = _sizes(inputs, stated)
    drawn = {
        each: stated[each.name] if each.name in stated else _shape(each, sizes)
        for each in inputs
        if each.name not in given
    }
    return [
        {**given, **{each.name: draw(each, shape, seed) for each, shape in drawn.items()}}
        for seed in range(count if drawn else 1)
    ]


def known_sizes(inputs: Sequence[Input], stated: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """The sizes of the symbols that the stated shapes decide; raises InputError."""
    sizes: dict[str, int] = {}
    for each in inputs:
        shape = stated.get(each.name)
        if shape is None or each.dims is None:
            continue
        if len(shape) != len(each.dims):
            raise InputError(f"the shape {list(shape)} does not fit input {each}")
        for dim, size in zip(each.dims, shape, strict=True):
            expected = dim if isinstance(dim, int) else sizes.setdefault(dim, size) if dim else size
            if expected != size:
                raise InputError(f"the shape {list(shape)} does not fit input {each}")
    return sizes


def _sizes(inputs: Sequence[Input], stated: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """The sizes of all symbols: as the stated shapes say, else small and distinct."""
    sizes = known_sizes(inputs, stated)
    symbols = [dim for each in inputs for dim in each.dims or () if isinstance(dim, str) and dim]
    free = (size for size in range(2, 1 << 20) if size not in sizes.values())
    for symbol in symbols:
        if symbol not in sizes:
            sizes[symbol] = next(free)
    return sizes


def _shape(each: Input, sizes: Mapping[str, int]) -> tuple[int, ...]:
    if each.dtype is None:
        raise InputError(f"input '{each.name}' is no tensor; there is no way to give it a value")
    if each.dims is None:
        raise InputError(
            f"input '{each.name}' has no known rank; give --input-shape={each.name}=2x3 or --input"
        )
    return tuple(
        dim if isinstance(dim, int) else sizes[dim] if dim else axis + 2
        for axis, dim in enumerate(each.dims)
    )


def _array(each: Input, given: str | Array) -> Array:
    array: Any = _loaded(each, given) if isinstance(given, str) else given
    shown = f"'{given}'" if isinstance(given, str) else "the array"
    if not is_array(array):
        raise InputError(f"{shown} for --input {each.name} holds several arrays; give a .npy file")
    if each.dtype is None:
        raise InputError(f"input '{each.name}' is no tensor; there is no way to give it a value")
    if each.dtype.kind == "O" and array.dtype.kind in "UT":
        array = array.astype(object)
    elif array.dtype.kind == "V" and array.dtype.itemsize == each.dtype.itemsize:
        array = array.view(each.dtype)  # how .npy files hold bfloat16
    if array.dtype != each.dtype:
        raise InputError(f"{shown} holds {array.dtype}, and input {each} takes {each.dtype}")
    dims = each.dims
    if dims is not None and (
        len(dims) != array.ndim
        or any(isinstance(d, int) and d != s for d, s in zip(dims, array.shape, strict=True))
    ):
        raise InputError(f"{shown} has shape {list(array.shape)}, which does not fit input {each}")
    return np.asarray(array)


def _loaded(each: Input, file: str) -> Any:
    try:
        return np.load(Path(file), allow_pickle=False)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no .npy file of plain values"
        raise InputError(f"cannot read '{file}' for --input {each.name}: {reason}") from None


def draw(each: Input, shape: tuple[int, ...], seed: int) -> Array:
    """Random values, the same for the same name and seed."""
    dtype = each.dtype
    assert dtype is not None
    random = np.random.default_rng((seed, *each.name.encode()))
    if dtype.kind == "O":
        return random.choice(np.array(_WORDS, object), shape)
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(np.bool_)
    if dtype.kind == "c":
        return np.asarray(
            random.standard_normal(shape) + 1j * random.standard_normal(shape)
        ).astype(dtype)
    if is_float(dtype):
        return np.asarray(random.standard_normal(shape)).astype(dtype)
    wide = dtype.itemsize < 4 and dtype.kind in "iu"
    return random.integers(0, 10 if wide else 2, shape).astype(dtype)
