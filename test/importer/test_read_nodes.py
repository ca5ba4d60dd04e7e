# SPDX-License-Identifier: Apache-2.0
"""Nodes that differ in nothing but names have one key, and no others have it."""

from __future__ import annotations

import onnx
import pytest

from onnx_opt.importer.read_nodes import ReadNode, read_nodes


def node(
    inputs: tuple[str, ...] = ("a", "b"),
    outputs: tuple[str, ...] = ("c",),
    name: str | None = "n",
    **fields: object,
) -> onnx.NodeProto:
    """An Add, or what else is asked for."""
    return onnx.NodeProto(
        **{"op_type": "Add", "input": inputs, "output": outputs, "name": name, **fields}  # type: ignore[arg-type]
    )


def attribute(value: int) -> onnx.AttributeProto:
    """`k`, an integer."""
    return onnx.helper.make_attribute("k", value)


def read(*protos: onnx.NodeProto) -> list[ReadNode]:
    """The nodes."""
    nodes = read_nodes(protos)
    assert [each.proto for each in nodes] == list(protos)
    assert [each.name for each in nodes] == [proto.name for proto in protos]
    return nodes


@pytest.mark.parametrize(
    "other",
    [
        node(("x", "y"), ("z",), "m"),
        node(("longer", "names"), ("than before",), "by far"),
        node(name=None),
        node(name=""),
        node(("größe", "b")),
        node(("n" * 127, "b")),
        node(("n" * 128, "b")),
        node(("n" * 300, "b"), name="n" * 128),
        node(doc_string="about it"),
        node(metadata_props=[onnx.StringStringEntryProto(key="k", value="v")]),
    ],
    ids=repr,
)
def test_names_and_records_are_no_part_of_a_key(other: onnx.NodeProto) -> None:
    """However they are encoded."""
    first, second = read(node(), other)
    assert first.key is not None
    assert first.key == second.key
    assert second.has_records == bool(other.doc_string or other.metadata_props)


@pytest.mark.parametrize(
    "other",
    [
        node(op_type="Adds"),
        node(op_type="dd", name=None),
        node(domain="own"),
        node(overload="o"),
        node(("a",), ("c",)),
        node(("a",), ("b", "c")),
        node(("a", "")),
        node(outputs=("",)),
        node(attribute=[attribute(1)]),
    ],
    ids=repr,
)
def test_all_else_is(other: onnx.NodeProto) -> None:
    """And nothing of one field can be taken for another."""
    first, second = read(node(), other)
    assert first.key != second.key


def test_values_of_attributes_are() -> None:
    """They are attributes of the op."""
    keys = {each.key for each in read(*(node(attribute=[attribute(k)]) for k in (1, 2, 1)))}
    assert len(keys) == 2


def test_nodes_with_tensors_have_none() -> None:
    """No two are alike."""
    tensor = onnx.helper.make_attribute("value", onnx.TensorProto(data_type=1, raw_data=bytes(4)))
    assert [each.key for each in read(node(attribute=[tensor]))] == [None]
