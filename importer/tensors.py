# SPDX-License-Identifier: Apache-2.0
"""TensorProto to constants: bytes inside the model, typed fields, external data.

Data in an external file is mapped, never read: a constant is a view of the map, and costs nothing until it is used.
Locations come from the model, so from anywhere: only regular files below the model's folder are opened, and neither an
absolute path, nor `..`, nor a link leads out of it.
"""

from __future__ import annotations

import math
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass, field
from ..dialect.elements.arrays import elements_attribute, sparse_text
from ..dialect.elements.resources import resource_attribute
from ..dialect.external_data import is_below_folder
from ..dialect.protos import tensor_from_proto
from ..dialect.types import BY_ONNX, Array, ElementType, tensor_type
from .cutting import INLINE, PlainTensor, TensorForm
from .errors import ModelError

MAX_RANK = 32
"""More dimensions than numpy of every supported version has."""

RESOURCE_BYTES = 1024
"""From this size on a constant is a resource; smaller ones stay in the text of their op."""

STRUCTURE = frozenset(onnx.TensorProto.DESCRIPTOR.fields_by_name) - {
    *("name", "doc_string", "metadata_props", "segment")
}
"""The fields of a TensorProto that its array says."""

Data: TypeAlias = "bytes | memoryview | Array"


class ReadTensor(NamedTuple):
    """An initializer, of which these fields are read once: to ask protobuf takes as long as what is done with them."""

    proto: onnx.TensorProto
    name: str
    form: TensorForm


def read_tensors(
    protos: Sequence[onnx.TensorProto], read: Sequence[PlainTensor | None] = ()
) -> list[ReadTensor | PlainTensor]:
    """The tensors, in their order.

    read: those of them that were read from the model's bytes; it holds if there is one entry for each tensor.
    """
    if len(read) != len(protos):
        return [_read_tensor(proto) for proto in protos]
    return [plain or _read_tensor(protos[index]) for index, plain in enumerate(read)]


def _form(proto: onnx.TensorProto) -> TensorForm:
    return proto.data_type, tuple(proto.dims)


def _read_tensor(proto: onnx.TensorProto) -> ReadTensor:
    return ReadTensor(proto, proto.name, _form(proto))


@dataclass(frozen=True)
class Layout:
    """How tensors of one element type and shape lie in memory.

    bytes: size of the data in a model.  type: in MLIR.  is_small: whether a constant of it is `dense`.
    """

    row: ElementType
    shape: tuple[int, ...]
    bytes: int
    type: ir.Type
    is_small: bool


@dataclass
class TensorReader:
    """Reads the tensors of one model.

    folder: where external data lies; None if the model did not come from a file.  pieces: data that was left in the
    model's bytes.  files: those that were mapped, links followed.
    """

    folder: Path | None
    pieces: list[memoryview]
    files: set[Path]
    _maps: dict[str, Array] = field(default_factory=dict[str, Array])
    _layouts: dict[TensorForm, Layout] = field(default_factory=dict[TensorForm, Layout])

    def attribute(self, proto: onnx.TensorProto, name: str) -> ir.Attribute:
        """The elements attribute of a tensor: `dense`, or `dense_resource` if it is large.

        name: handle of the resource.  Raises ModelError.
        """
        return self._attribute(proto, self._layout(proto), name)

    def typed_attribute(self, read: ReadTensor | PlainTensor) -> tuple[ir.Attribute, ir.Type]:
        """What `attribute` gives, together with its type, which the bindings would take long to tell."""
        layout = self._layouts.get(read.form) or self._new_layout(read.name, read.form)
        if isinstance(read, ReadTensor):
            return self._attribute(read.proto, layout, read.name), layout.type
        _check_data(read.name, layout, read.data)
        return _attribute(layout, read.data, read.name), layout.type

    def _attribute(self, proto: onnx.TensorProto, layout: Layout, name: str) -> ir.Attribute:
        data = self._data(proto, layout)
        if data is not None:
            return _attribute(layout, data, name)
        array = _typed_array(proto, layout)
        if layout.is_small:
            return elements_attribute(array, layout.type)
        return resource_attribute(array, name)

    def array(self, proto: onnx.TensorProto) -> Array:
        """The array of a tensor, as a view of the model's bytes or of the mapped file where possible."""
        layout = self._layout(proto)
        data = self._data(proto, layout)
        return _typed_array(proto, layout) if data is None else _array(layout, data)

    def _layout(self, proto: onnx.TensorProto) -> Layout:
        form = _form(proto)
        return self._layouts.get(form) or self._new_layout(proto.name, form)

    def _new_layout(self, name: str, form: TensorForm) -> Layout:
        data_type, shape = form
        row = BY_ONNX.get(data_type)
        has = f"tensor '{name}' has"
        if row is None:
            raise ModelError(f"{has} data type {data_type}, which ONNX does not define")
        if len(shape) > MAX_RANK and min(shape) >= 0:
            raise ModelError(f"{has} rank {len(shape)}, more than {MAX_RANK}")
        size = math.prod(shape)
        # Without elements there may still be dimensions that numpy cannot count with.
        uncountable = math.prod(filter(None, shape)) * row.dtype.itemsize > sys.maxsize
        if (shape and min(shape) < 0) or (not size and uncountable):
            raise ModelError(f"{has} shape {list(shape)}")
        layout = self._layouts[form] = Layout(
            row,
            shape,
            bytes=(size * row.bits + 7) // 8,
            type=tensor_type(shape, row),
            is_small=row.bits == 0 or size * row.dtype.itemsize < RESOURCE_BYTES,
        )
        return layout

    def _data(self, proto: onnx.TensorProto, layout: Layout) -> Data | None:
        """The bytes of a tensor, as many as its layout asks for; None if it has its elements in a typed field."""
        data: Data
        if proto.data_location == onnx.TensorProto.EXTERNAL:
            data = self._external(proto, layout)
        elif proto.external_data and proto.external_data[-1].key == INLINE:
            data = self._piece(proto)
        elif proto.HasField("raw_data"):
            data = proto.raw_data
        else:
            return None
        _check_data(proto.name, layout, data)
        return data

    def _piece(self, proto: onnx.TensorProto) -> memoryview:
        number = proto.external_data[-1].value
        if not number.isdecimal() or int(number) >= len(self.pieces):
            raise ModelError(f"tensor '{proto.name}' has no data")
        return self.pieces[int(number)]

    def _external(self, proto: onnx.TensorProto, layout: Layout) -> Array:
        """The bytes of a tensor's external data."""
        entries = {entry.key: entry.value for entry in proto.external_data}
        location = entries.get("location", "")
        try:
            offset, length = int(entries.get("offset") or 0), int(entries.get("length") or -1)
        except ValueError:
            raise ModelError(
                f"external data of '{proto.name}' has an offset or a length that is no number"
            ) from None
        data = self._map(proto.name, location)
        if length < 0:
            length = layout.bytes
        if offset < 0 or offset + length > data.size:
            raise ModelError(
                f"external data of '{proto.name}' is cut short: "
                f"'{location}' has {data.size} bytes, but bytes {offset} to {offset + length} are needed"
            )
        return data[offset : offset + length]

    def _map(self, name: str, location: str) -> Array:
        if location not in self._maps:
            path = self._path(name, location)
            self.files.add(path)
            try:
                mapped = np.zeros(0, np.uint8)
                if path.stat().st_size:  # An empty file cannot be mapped.
                    mapped = np.memmap(path, np.uint8, "r").view(np.ndarray)
                self._maps[location] = mapped
            except OSError as error:
                raise _unreadable(name, location, error.strerror) from None
        return self._maps[location]

    def _path(self, name: str, location: str) -> Path:
        if self.folder is None:
            raise ModelError(
                f"tensor '{name}' has external data, but the model does not come from a file"
            )
        refused = f"external data location '{location}' of '{name}'"
        if not is_below_folder(location):
            raise ModelError(f"{refused} is not a relative path below the model's folder")
        folder = self.folder.resolve()
        path = folder / location
        try:
            resolved = path.resolve(strict=True)
            mode = resolved.stat().st_mode
        except (OSError, RuntimeError) as error:
            number = error.errno if isinstance(error, OSError) else None
            raise _unreadable(
                name, location, os.strerror(number) if number else "too many links"
            ) from None
        if not resolved.is_relative_to(folder):
            raise ModelError(f"{refused} leads out of the model's folder by a link")
        if not stat.S_ISREG(mode):
            raise ModelError(f"{refused} is no regular file")
        return resolved

    def sparse_attribute(self, proto: onnx.SparseTensorProto) -> ir.Attribute:
        """`sparse<indices, values> : tensor<...>` in the current context.  Raises ModelError."""
        values, indices = self.array(proto.values), self.array(proto.indices)
        called = f"sparse tensor '{proto.values.name}'"
        if indices.dtype != np.int64:
            raise ModelError(f"{called} needs indices of type int64")
        row, shape = BY_ONNX[proto.values.data_type], tuple(proto.dims)
        fits = indices.ndim == 1 or (indices.ndim == 2 and indices.shape[1] == len(shape))
        if values.ndim != 1 or not fits or not shape or len(indices) != len(values):
            raise ModelError(f"{called} needs one int64 index for each of its values")
        if indices.ndim == 1:
            size = math.prod(shape)
            if indices.size and not (indices.min() >= 0 and indices.max() < size):
                raise ModelError(f"{called} has an index outside of its shape")
            indices = (
                np.stack(np.unravel_index(indices, shape), axis=-1)
                if indices.size
                else indices.reshape(0, len(shape))
            )
        if len(np.unique(indices, axis=0)) < len(indices):
            raise ModelError(f"{called} has an index twice")
        try:
            return ir.Attribute.parse(f"{sparse_text(indices, values)} : {tensor_type(shape, row)}")
        except ir.MLIRError:
            raise ModelError(f"{called} has an index outside of its shape") from None


def _check_data(name: str, layout: Layout, data: Data) -> None:
    """Raise ModelError if these cannot be the bytes of a tensor."""
    if not layout.row.bits:
        raise ModelError(f"tensor '{name}' holds strings as raw bytes, which ONNX does not allow")
    if len(data) != layout.bytes:
        raise ModelError(
            f"tensor '{name}' of shape {list(layout.shape)} and type {layout.row.name} needs "
            f"{layout.bytes} bytes, got {len(data)}"
        )


def _attribute(layout: Layout, data: Data, name: str) -> ir.Attribute:
    if not layout.is_small:
        return resource_attribute(_array(layout, data), name)
    if not layout.row.is_native:
        return elements_attribute(_array(layout, data), layout.type)
    return ir.DenseElementsAttr.get(data, type=layout.type)


def _array(layout: Layout, data: Data) -> Array:
    row, shape = layout.row, layout.shape
    if row.bits < 8:
        packed = onnx.TensorProto(data_type=row.onnx, dims=shape, raw_data=bytes(data))
        return tensor_from_proto(packed)
    array: Array = np.ndarray(shape, row.dtype, data)
    return array


def _typed_array(proto: onnx.TensorProto, layout: Layout) -> Array:
    """The elements of a typed field."""
    try:
        return tensor_from_proto(proto)
    except (ValueError, TypeError, OverflowError) as error:
        raise ModelError(
            f"tensor '{proto.name}' of shape {list(layout.shape)} does not hold its data: {error}"
        ) from None


def _unreadable(name: str, location: str, reason: str | None) -> ModelError:
    return ModelError(f"cannot read external data '{location}' of '{name}': {reason}")
