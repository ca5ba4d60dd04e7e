# SPDX-License-Identifier: Apache-2.0
"""A model to a file: weights stream from where they lie, and files appear whole or not at all.

Protobuf's wire format lets a message be put together from its fields in any order, so only the small part of a model
goes through protobuf, and the weights follow it block by block:

    ModelProto  =  all but the graph,  tag 7, length,  GraphProto
    GraphProto  =  tag 1, length, NodeProto,  ...  all else,  tag 5, length, TensorProto,  ...
    TensorProto =  all but the data,  tag 9, length, data

Source: onnx.proto for the numbers, protobuf's encoding documentation for the rest.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import onnx

from ..dialect.diagnostics import error_at
from ..dialect.external_data import is_below_folder
from ..dialect.protobuf_wire import (
    GRAPH_OF_MODEL,
    INITIALIZER_OF_GRAPH,
    LARGEST_MESSAGE,
    RAW_DATA_OF_TENSOR,
    field_head,
)
from ..files.staging import StagedFile, publish
from .model import ExportedModel
from .tensors import Weight

_PAGE = 4096
_LARGE = 1 << 20
_SMALL_ALIGNMENT = 64


class Sink(Protocol):
    """Where bytes go, one block after the other."""

    def write(self, block: bytes | memoryview, /) -> object:
        """Take a block, whose memory is used again afterwards."""


def write(
    exported: ExportedModel,
    path: str | os.PathLike[str],
    external_data: str | None,
    size_threshold: int,
) -> None:
    """Write a model; see `write_model`."""
    target = Path(os.path.realpath(path))
    location = external_data or ""
    side = None if external_data is None else _beside(target, location)
    model = StagedFile(target)
    files = [model]

    def data(side: Path) -> Sink:
        files.insert(0, StagedFile(side))
        return files[0]

    try:
        sink = partial(data, side) if side else None
        stream_out(exported, model, sink, location, size_threshold)
        # Both are complete before the first takes its place: the data, then the model that points to it.
        publish(files)
    finally:
        for file in files:
            file.discard()


def stream_out(
    exported: ExportedModel,
    model: Sink,
    data: Callable[[], Sink] | None,
    location: str,
    size_threshold: int,
) -> None:
    """Write a model, which is used up; see `stream_model`."""
    with_data = (
        [item for item in exported.weights if _is_external(item, size_threshold)] if data else []
    )
    if data is not None and with_data:
        _write_external(data(), with_data, location)
    heads = [_head(item) for item in exported.weights]
    rest = exported.model.graph.SerializeToString()
    inside = len(exported.nodes) + len(rest) + sum(map(len, heads))
    inside += sum(item.nbytes for item in exported.weights)
    exported.model.ClearField("graph")
    start = exported.model.SerializeToString() + field_head(GRAPH_OF_MODEL, inside)
    size = len(start) + inside
    if size > LARGEST_MESSAGE:
        raise error_at(
            f"the model takes {size} bytes, and a protobuf file holds at most {LARGEST_MESSAGE}: write its weights as "
            "external data (`--save-as-external-data`)"
        )
    model.write(start)
    model.write(exported.nodes)
    model.write(rest)
    for head, item in zip(heads, exported.weights, strict=True):
        model.write(head)
        for block in item.blocks():
            model.write(block)


def _beside(target: Path, name: str) -> Path:
    """The file for external data.  Raises DiagnosticError for a name that a reader of the model would refuse."""
    side = target.parent / name
    refused = f"external data cannot go to '{name}'"
    if not is_below_folder(name) or "\\" in name:
        refused = f"external data must lie below the model's folder, got '{name}'"
    elif side.is_symlink():
        refused += ": it is a link"
    elif side == target:
        refused += ": it is the model itself"
    elif not side.parent.is_dir():
        refused += ": its folder does not exist"
    else:
        return side
    raise error_at(refused, os.fspath(target))


def _is_external(item: Weight, size_threshold: int) -> bool:
    """Whether the data of an initializer goes into the other file; strings cannot."""
    if item.resource is not None:
        return item.nbytes >= size_threshold
    if len(item.message) < size_threshold:
        return False
    proto = item.proto()
    return proto.HasField("raw_data") and len(proto.raw_data) >= size_threshold


def _write_external(stream: Sink, weights: list[Weight], location: str) -> None:
    """Write the data of `weights` and let their messages say where it is."""
    position = 0
    for item in weights:
        proto = item.proto()
        size = len(proto.raw_data) if item.resource is None else item.nbytes
        # So that a reader can map what is large.
        alignment = _PAGE if size >= _LARGE else _SMALL_ALIGNMENT
        gap = -position % alignment
        stream.write(b"\0" * gap)
        position += gap
        length = 0
        for block in item.blocks() if item.resource is not None else (proto.raw_data,):
            stream.write(block)
            length += len(block)
        proto.ClearField("raw_data")
        proto.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (
            ("location", location),
            ("offset", str(position)),
            ("length", str(length)),
        ):
            proto.external_data.add(key=key, value=value)
        item.message, item.resource = proto.SerializeToString(), None
        position += length


def _head(item: Weight) -> bytes:
    """An initializer up to its data."""
    head, size = item.message, item.nbytes
    if item.resource is not None:
        head += field_head(RAW_DATA_OF_TENSOR, size)
    return field_head(INITIALIZER_OF_GRAPH, len(head) + size) + head
