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
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx

from ..dialect.bindings import ir
from ..dialect.dataclass import dataclass, field
from ..dialect.elements.arrays import elements_attribute, sparse_text
from ..dialect.elements.resources import resource_attribute
from ..dialect.external_data import is_below_folder
from ..dialect.protobuf_wire import INLINE
from ..dialect.protos import tensor_from_proto
from ..dialect.types import BY_ONNX, Array, ElementType, tensor_type
from .errors import ModelError

MAX_RANK = 32
"""More dimensions than numpy of every supported version has."""

RESOURCE_BYTES = 1024
"""From this size on a constant is a resource; smaller ones stay in the text of their op."""

STRUCTURE = frozenset(onnx.TensorProto.DESCRIPTOR.fields_by_name) - {
    *("name", "doc_string", "metadata_props", "segment")
}
"""The fields of a TensorProto that its array says."""


class ReadTensor(NamedTuple):
    """An initializer, of which these fields are read once: to ask protobuf takes as long as what is done with them."""

    proto: onnx.TensorProto
    name: str
    data_type: int
    dims: tuple[int, ...]


def read_tensors(protos: Iterable[onnx.TensorProto]) -> list[ReadTensor]:
    """The tensors, in their order."""
    return [ReadTensor(proto, proto.name, proto.data_type, tuple(proto.dims)) for proto in protos]


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
    _layouts: dict[tuple[int, tuple[int, ...]], Layout] = field(
        default_factory=dict[tuple[int, tuple[int, ...]], Layout]
    )

    def attribute(self, proto: onnx.TensorProto, name: str) -> ir.Attribute:
        """The elements attribute of a tensor: `dense`, or `dense_resource` if it is large.

        name: handle of the resource.  Raises ModelError.
        """
        return self._attribute(proto, self._layout(proto), name)

    def typed_attribute(self, read: ReadTensor) -> tuple[ir.Attribute, ir.Type]:
        """What `attribute` gives, together with its type, which the bindings would take long to tell."""
        proto, name, data_type, dims = read
        layout = self._layouts.get((data_type, dims)) or self._layout(proto)
        return self._attribute(proto, layout, name), layout.type

    def _attribute(self, proto: onnx.TensorProto, layout: Layout, name: str) -> ir.Attribute:
        data = self._data(proto, layout)
        if not layout.is_small:
            return resource_attribute(self._array(proto, layout, data), name)
        if data is None or not layout.row.is_native:
            return elements_attribute(self._array(proto, layout, data), layout.type)
        return ir.DenseElementsAttr.get(data, type=layout.type)

    def array(self, proto: onnx.TensorProto) -> Array:
        """The array of a tensor, as a view of the model's bytes or of the mapped file where possible."""
        layout = self._layout(proto)
        return self._array(proto, layout, self._data(proto, layout))

    def _layout(self, proto: onnx.TensorProto) -> Layout:
        key = (proto.data_type, tuple(proto.dims))
        found = self._layouts.get(key)
        if found is None:
            found = self._layouts[key] = self._new_layout(proto.name, *key)
        return found

    def _new_layout(self, name: str, data_type: int, shape: tuple[int, ...]) -> Layout:
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
        return Layout(
            row,
            shape,
            bytes=(size * row.bits + 7) // 8,
            type=tensor_type(shape, row),
            is_small=row.bits == 0 or size * row.dtype.itemsize < RESOURCE_BYTES,
        )

    def _data(self, proto: onnx.TensorProto, layout: Layout) -> bytes | memoryview | Array | None:
        """The bytes of a tensor, as many as its layout asks for; None if it has its elements in a typed field."""
        data: bytes | memoryview | Array
        if proto.data_location == onnx.TensorProto.EXTERNAL:
            data = self._external(proto, layout)
        elif proto.external_data and proto.external_data[-1].key == INLINE:
            data = self._piece(proto)
        elif proto.HasField("raw_data"):
            data = proto.raw_data
        else:
            return None
        if not layout.row.bits:
            raise ModelError(
                f"tensor '{proto.name}' holds strings as raw bytes, which ONNX does not allow"
            )
        if len(data) != layout.bytes:
            raise ModelError(
                f"tensor '{proto.name}' of shape {list(layout.shape)} and type {layout.row.name} needs "
                f"{layout.bytes} bytes, got {len(data)}"
            )
        return data

    def _array(
        self, proto: onnx.TensorProto, layout: Layout, data: bytes | memoryview | Array | None
    ) -> Array:
        row, shape = layout.row, layout.shape
        if data is None:
            try:
                return tensor_from_proto(proto)
            except (ValueError, TypeError, OverflowError) as error:
                raise ModelError(
                    f"tensor '{proto.name}' of shape {list(shape)} does not hold its data: {error}"
                ) from None
        if row.bits < 8:
            raw = bytes(data)
            packed = onnx.TensorProto(data_type=proto.data_type, dims=shape, raw_data=raw)
            return tensor_from_proto(packed)
        return np.frombuffer(data, np.uint8).view(row.dtype).reshape(shape)

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


def _unreadable(name: str, location: str, reason: str | None) -> ModelError:
    return ModelError(f"cannot read external data '{location}' of '{name}': {reason}")
