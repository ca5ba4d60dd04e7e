# SPDX-License-Identifier: Apache-2.0
"""Elements attributes to TensorProto; large ones without their data, which streams to where it belongs.

Data is written as `raw_data` whatever field it came in, but for strings, which ONNX does not allow there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import onnx

from ..dialect.bindings import ir
from ..dialect.constants import constant_value
from ..dialect.dataclass import dataclass
from ..dialect.elements.resources import BLOCK_BYTES, Resource, ahead, resource_of
from ..dialect.ops.attributes import AnyAttribute
from ..dialect.protobuf_wire import NAME_OF_TENSOR, RAW_DATA_OF_TENSOR, field_head, text_field
from ..dialect.protos import tensor_to_proto
from ..dialect.types import BY_DTYPE, Array

_STREAMED_BYTES = 1024


@dataclass
class Weight:
    """An initializer: its message as protobuf writes it, and its data if that is not in there.

    Most messages are made without protobuf: of 10,000 weights that saves 35 ms of 370.
    """

    message: bytes
    resource: Resource | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of data beside the message."""
        if self.resource is None:
            return 0
        source = self.resource.source
        return (source.size * BY_DTYPE[source.dtype].bits + 7) // 8

    def blocks(self) -> Iterator[memoryview]:
        """The data, in order."""
        if self.resource is None:
            return
        if BY_DTYPE[self.resource.dtype].bits < 8:
            yield memoryview(tensor_to_proto(self.resource.array()).raw_data)
            return
        made = self.resource.blocks()
        if self.resource.recipe is not None and self.nbytes > BLOCK_BYTES:
            made = ahead(made)
        for block in made:
            yield np.ascontiguousarray(block).reshape(-1).view(np.uint8).data

    def proto(self) -> onnx.TensorProto:
        """The message as protobuf reads it."""
        return onnx.TensorProto.FromString(self.message)

    def whole(self) -> onnx.TensorProto:
        """The message with its data."""
        proto = self.proto()
        if self.resource is not None:
            proto.raw_data = b"".join(self.blocks())
        return proto


def weight(
    attribute: AnyAttribute, resource: Resource | None, name: str, header: onnx.TensorProto | None
) -> Weight:
    """The initializer that an elements attribute holds.  Raises ValueError if its data is elided.

    resource: what `resource_behind` the attribute.  header: what the array does not say (doc string, metadata).
    """
    if resource is not None and resource.source.nbytes >= _STREAMED_BYTES:
        message = _without_data(resource.shape, resource.dtype, name)
    else:
        array = constant_value(attribute) if resource is None else resource.array()  # type: ignore[arg-type]
        if array is None:
            raise ValueError("its data is elided")
        message, resource = _with_data(array, name), None
    if header is not None:
        proto = onnx.TensorProto.FromString(message)
        proto.MergeFrom(header)
        if name:
            proto.name = name
        message = proto.SerializeToString()
    return Weight(message, resource)


def _with_data(array: Array, name: str) -> bytes:
    """The message of a tensor."""
    row = BY_DTYPE.get(array.dtype)
    if row is None or row.bits < 8:
        return tensor_to_proto(array, name).SerializeToString()
    head = _without_data(array.shape, array.dtype, name)
    return b"".join((head, field_head(RAW_DATA_OF_TENSOR, array.nbytes), array.tobytes()))


def _without_data(shape: tuple[int, ...], dtype: np.dtype[Any], name: str) -> bytes:
    """The message of a tensor, up to its data."""
    return _unnamed(shape, dtype) + (text_field(NAME_OF_TENSOR, name) if name else b"")


@lru_cache(maxsize=256)
def _unnamed(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    return onnx.TensorProto(data_type=BY_DTYPE[dtype].onnx, dims=shape).SerializeToString()


def tensor(attribute: AnyAttribute, header: onnx.TensorProto | None = None) -> onnx.TensorProto:
    """The TensorProto of an elements attribute, with its data.  Raises ValueError if that is elided."""
    return weight(attribute, resource_behind(attribute), "", header).whole()


def resource_behind(attribute: AnyAttribute) -> Resource | None:
    """What stands behind a `dense_resource` attribute; None for any other, and where the data is elided."""
    return resource_of(attribute) if isinstance(attribute, ir.Attribute) else None


def sparse_tensor(attribute: AnyAttribute, name: str = "") -> onnx.SparseTensorProto:
    """The SparseTensorProto of a sparse attribute: coordinates, or plain indices for a vector.

    name: that of its values.  Raises ValueError if it is of another form.
    """
    from ..dialect.elements.literals import sparse_parts

    parts = sparse_parts(str(attribute))
    if parts is None:
        raise ValueError("it is no sparse constant of an element type of ONNX")
    shape, indices, values = parts
    if len(shape) == 1:
        indices = indices.reshape(-1)
    proto = onnx.SparseTensorProto(dims=shape)
    proto.values.CopyFrom(tensor_to_proto(values, name))
    proto.indices.CopyFrom(tensor_to_proto(indices))
    return proto
