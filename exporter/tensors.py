# SPDX-License-Identifier: Apache-2.0
"""Elements attributes to TensorProto; large ones without their data, which streams to where it belongs.

Data is written as `raw_data` whatever field it came in, but for strings, which ONNX does not allow there.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx

from ..dialect.bindings import ir
from ..dialect.constants import constant_value
from ..dialect.dataclass import dataclass
from ..dialect.elements.resources import Resource, resource_of
from ..dialect.ops.attributes import AnyAttribute
from ..dialect.protos import tensor_to_proto
from ..dialect.types import BY_DTYPE, BY_ONNX

_STREAMED_BYTES = 1024


@dataclass
class Weight:
    """An initializer: its message, and its data if that is not in there."""

    proto: onnx.TensorProto
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
        if BY_ONNX[self.proto.data_type].bits < 8:
            yield memoryview(tensor_to_proto(self.resource.array()).raw_data)
            return
        for block in self.resource.blocks():
            yield np.ascontiguousarray(block).reshape(-1).view(np.uint8).data

    def whole(self) -> onnx.TensorProto:
        """The message with its data."""
        if self.resource is not None:
            self.proto.raw_data = b"".join(self.blocks())
            self.resource = None
        return self.proto


def weight(
    attribute: AnyAttribute, resource: Resource | None, name: str, header: onnx.TensorProto | None
) -> Weight:
    """The initializer that an elements attribute holds.  Raises ValueError if its data is elided.

    resource: what `resource_behind` the attribute.  header: what the array does not say (doc string, metadata).
    """
    if resource is not None and resource.source.nbytes >= _STREAMED_BYTES:
        proto = onnx.TensorProto(data_type=BY_DTYPE[resource.dtype].onnx, dims=resource.shape)
    else:
        array = constant_value(attribute) if resource is None else resource.array()  # type: ignore[arg-type]
        if array is None:
            raise ValueError("its data is elided")
        proto, resource = tensor_to_proto(array), None
    if header is not None:
        proto.MergeFrom(header)
    if name:
        proto.name = name
    return Weight(proto, resource)


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
