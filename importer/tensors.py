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
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from ..dialect.bindings import ir
from ..dialect.constants import elements_attribute
from ..dialect.protos import tensor_from_proto
from ..dialect.resources import resource_attribute
from ..dialect.sparse import sparse_text
from ..dialect.types import BY_ONNX, ElementType, tensor_type
from .errors import ModelError
from .wire import INLINE

Array = np.ndarray[Any, Any]

MAX_RANK = 32
"""More dimensions than numpy of every supported version has."""

RESOURCE_BYTES = 1024
"""From this size on a constant is a resource; smaller ones stay in the text of their op."""

_DATA_FIELDS = (
    "float_data",
    "int32_data",
    "string_data",
    "int64_data",
    "raw_data",
    "double_data",
    "uint64_data",
)
STRUCTURE = ("dims", "data_type", "external_data", "data_location", *_DATA_FIELDS)
"""The fields of a TensorProto that its array says."""


@dataclass
class TensorReader:
    """Reads the tensors of one model.

    folder: where external data lies; None if the model did not come from a file.  pieces: data that was left in the
    model's bytes.
    """

    folder: Path | None
    pieces: list[Array] = field(default_factory=list[Array])
    _maps: dict[str, Array] = field(default_factory=dict[str, Array])

    def attribute(
        self, proto: onnx.TensorProto, name: str, type_: ir.Type | None = None
    ) -> ir.Attribute:
        """The elements attribute of a tensor: `dense`, or `dense_resource` if it is large.

        name: handle of the resource.  type_: its type, if that is known already.  Raises ModelError.
        """
        array = self.array(proto)
        if array.nbytes < RESOURCE_BYTES or array.dtype.kind == "O":
            return elements_attribute(array, type_)
        return resource_attribute(array, name, type_)

    def array(self, proto: onnx.TensorProto) -> Array:
        """The array of a tensor, as a view of the model's bytes or of the mapped file where possible."""
        row = BY_ONNX.get(proto.data_type)
        if row is None:
            raise ModelError(
                f"tensor '{proto.name}' has data type {proto.data_type}, which ONNX does not define"
            )
        shape = tuple(proto.dims)
        if shape and min(shape) < 0:
            raise ModelError(f"tensor '{proto.name}' has shape {list(shape)}")
        if len(shape) > MAX_RANK:
            raise ModelError(f"tensor '{proto.name}' has rank {len(shape)}, more than {MAX_RANK}")
        if proto.data_location == onnx.TensorProto.EXTERNAL:
            return self._from_bytes(proto, row, shape, self._external(proto))
        if proto.external_data and proto.external_data[-1].key == INLINE:
            return self._from_bytes(proto, row, shape, self._piece(proto))
        if proto.HasField("raw_data"):
            return self._from_bytes(proto, row, shape, np.frombuffer(proto.raw_data, np.uint8))
        try:
            return tensor_from_proto(proto)
        except (ValueError, TypeError, OverflowError) as error:
            raise ModelError(
                f"tensor '{proto.name}' of shape {list(shape)} does not hold its data: {error}"
            ) from None

    def _piece(self, proto: onnx.TensorProto) -> Array:
        number = proto.external_data[-1].value
        if not number.isdecimal() or int(number) >= len(self.pieces):
            raise ModelError(f"tensor '{proto.name}' has no data")
        return self.pieces[int(number)]

    def _from_bytes(
        self, proto: onnx.TensorProto, row: ElementType, shape: tuple[int, ...], data: Array
    ) -> Array:
        if not row.bits:
            raise ModelError(
                f"tensor '{proto.name}' holds strings as raw bytes, which ONNX does not allow"
            )
        expected = (math.prod(shape) * row.bits + 7) // 8
        if data.size != expected:
            raise ModelError(
                f"tensor '{proto.name}' of shape {list(shape)} and type {row.name} needs {expected} bytes, "
                f"got {data.size}"
            )
        if row.bits < 8:
            packed = onnx.TensorProto(
                data_type=proto.data_type, dims=shape, raw_data=data.tobytes()
            )
            return numpy_helper.to_array(packed)
        try:
            return data.view(row.dtype).reshape(shape)
        except ValueError:  # no elements, but dimensions that numpy cannot count with
            raise ModelError(f"tensor '{proto.name}' has shape {list(shape)}") from None

    def _external(self, proto: onnx.TensorProto) -> Array:
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
            row = BY_ONNX[proto.data_type]
            length = (math.prod(proto.dims) * row.bits + 7) // 8
        if offset < 0 or offset + length > data.size:
            raise ModelError(
                f"external data of '{proto.name}' is cut short: "
                f"'{location}' has {data.size} bytes, but bytes {offset} to {offset + length} are needed"
            )
        return data[offset : offset + length]

    def _map(self, name: str, location: str) -> Array:
        if location not in self._maps:
            path = self._path(name, location)
            try:
                # An empty file cannot be mapped.
                empty = path.stat().st_size == 0
                self._maps[location] = (
                    np.zeros(0, np.uint8)
                    if empty
                    else np.memmap(path, np.uint8, "r").view(np.ndarray)
                )
            except OSError as error:
                raise ModelError(
                    f"cannot read external data '{location}' of '{name}': {error.strerror}"
                ) from None
        return self._maps[location]

    def _path(self, name: str, location: str) -> Path:
        if self.folder is None:
            raise ModelError(
                f"tensor '{name}' has external data, but the model does not come from a file"
            )
        forms = (PurePosixPath(location), PureWindowsPath(location))
        refused = f"external data location '{location}' of '{name}'"
        if not location or any(
            form.is_absolute() or form.drive or ".." in form.parts for form in forms
        ):
            raise ModelError(f"{refused} is not a relative path below the model's folder")
        folder = self.folder.resolve()
        path = folder / location
        try:
            resolved = path.resolve(strict=True)
            mode = resolved.stat().st_mode
        except (OSError, RuntimeError) as error:
            reason = (
                os.strerror(error.errno)
                if isinstance(error, OSError) and error.errno
                else "too many links"
            )
            raise ModelError(
                f"cannot read external data '{location}' of '{name}': {reason}"
            ) from None
        if not resolved.is_relative_to(folder):
            raise ModelError(f"{refused} leads out of the model's folder by a link")
        if not stat.S_ISREG(mode):
            raise ModelError(f"{refused} is no regular file")
        return resolved

    def sparse_attribute(self, proto: onnx.SparseTensorProto) -> ir.Attribute:
        """`sparse<indices, values> : tensor<...>` in the current context.  Raises ModelError."""
        values, indices = self.array(proto.values), self.array(proto.indices)
        if indices.dtype != np.int64:
            raise ModelError(f"sparse tensor '{proto.values.name}' needs indices of type int64")
        row, shape = BY_ONNX[proto.values.data_type], tuple(proto.dims)
        fits = indices.ndim == 1 or (indices.ndim == 2 and indices.shape[1] == len(shape))
        if values.ndim != 1 or not fits or not shape or len(indices) != len(values):
            raise ModelError(
                f"sparse tensor '{proto.values.name}' needs one int64 index for each of its values"
            )
        if indices.ndim == 1:
            size = math.prod(shape)
            if indices.size and not (indices.min() >= 0 and indices.max() < size):
                raise ModelError(
                    f"sparse tensor '{proto.values.name}' has an index outside of its shape"
                )
            indices = (
                np.stack(np.unravel_index(indices, shape), axis=-1)
                if indices.size
                else indices.reshape(0, len(shape))
            )
        if len(np.unique(indices, axis=0)) < len(indices):
            raise ModelError(f"sparse tensor '{proto.values.name}' has an index twice")
        try:
            return ir.Attribute.parse(f"{sparse_text(indices, values)} : {tensor_type(shape, row)}")
        except ir.MLIRError:
            raise ModelError(
                f"sparse tensor '{proto.values.name}' has an index outside of its shape"
            ) from None


def header_of(proto: onnx.TensorProto, *, named: bool) -> onnx.TensorProto | None:
    """What a tensor says beside its array (name, doc string, ...); None if that is nothing.

    named: whether the name is kept somewhere else.
    """
    if (named or not proto.name) and not (
        proto.doc_string or proto.metadata_props or proto.HasField("segment")
    ):
        return None
    header = onnx.TensorProto()
    if not named:
        header.name = proto.name
    if proto.doc_string:
        header.doc_string = proto.doc_string
    header.metadata_props.extend(proto.metadata_props)
    if proto.HasField("segment"):
        header.segment.CopyFrom(proto.segment)
    return header
