# SPDX-License-Identifier: Apache-2.0
"""Large initializers stay in the model's file: mapped, not copied, and no more in memory than is being looked at."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from onnx_opt.dialect import DiagnosticError, constant_value, make_context
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.elements.resources import release
from onnx_opt.dialect.protobuf_wire import field_head
from onnx_opt.importer import import_model, loading
from onnx_opt.importer.cutting import INLINE, WireError, cut
from onnx_opt.importer.tensors import read_tensors

LARGE = np.arange(2_000_000, dtype=np.float32)


def model() -> onnx.ModelProto:
    """8 MB in one initializer, little in another, and much in a node, where it is not looked for."""
    made = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[2000000] x) => (float[2000000] y) {
            t = Add(x, large)  u = Add(t, small)  y = Add(u, c) }"""
    )
    made.graph.initializer.append(numpy_helper.from_array(LARGE, "large"))
    made.graph.initializer[0].doc_string = "behind the data"
    made.graph.initializer.append(numpy_helper.from_array(np.array([1], np.float32), "small"))
    node = onnx.helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(LARGE))
    made.graph.node.insert(0, node)
    return made


def constants(module: ir.Module) -> dict[str, np.ndarray]:
    """Arrays by name of their initializer."""
    found: dict[str, np.ndarray] = {}
    for op in module.body.operations[0].regions[0].blocks[0].operations:
        if op.operation.name == "onnx.Constant" and "onnx.name" in op.attributes:
            array = constant_value(op.results[0])
            assert array is not None
            found[ir.StringAttr(op.attributes["onnx.name"]).value] = array
    return found


def root(array: np.ndarray) -> object:
    """What owns an array's memory."""
    base: object = array
    while isinstance(base, (np.ndarray, memoryview)):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    return base


def test_large_initializers_are_views_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the map, or of the bytes that were given."""
    monkeypatch.setattr(loading, "CUT_FROM", 1)
    data = model().SerializeToString()
    (tmp_path / "m.onnx").write_bytes(data)
    for source, owner in ((tmp_path / "m.onnx", mmap.mmap), (data, bytes)):
        found = constants(import_model(source, context=make_context()))
        np.testing.assert_array_equal(found["large"], LARGE)
        np.testing.assert_array_equal(found["small"], [1])
        assert isinstance(root(found["large"]), owner)


def test_nothing_else_is_cut() -> None:
    """With the pieces put back it is the same model."""
    data = model().SerializeToString()
    rest, pieces, _ = cut(data)
    assert len(pieces) == 1
    again = onnx.ModelProto.FromString(rest)
    tensor = again.graph.initializer[0]
    assert tensor.external_data.pop().key == INLINE
    tensor.raw_data = pieces[0].tobytes()
    assert again == model()


def test_inference_sees_what_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A constant of 900 sizes is large for a file, and small for shape inference."""
    monkeypatch.setattr(loading, "CUT_FROM", 1)
    table = numpy_helper.from_array(np.arange(900, dtype=np.int64), "table")
    made = onnx.parser.parse_model(
        """<ir_version: 10, opset_import: ["": 21]> sizes (float[N] x) => (float[A, B] z)
        <int64[2] at = {7, 9}> {
            picked = Gather (table, at)
            y = Expand (x, picked)
            z = Relu (y)
        }"""
    )
    made.graph.initializer.append(table)
    assert len(cut(made.SerializeToString()).pieces) == 1
    module = import_model(made.SerializeToString(), context=make_context())
    assert "tensor<7x9xf32>" in str(module)


def tensor(**fields: object) -> onnx.TensorProto:
    """Two floats, and what else is asked for."""
    return onnx.TensorProto(
        **{"dims": [2], "data_type": 1, "name": "w", "raw_data": bytes(8), **fields}  # type: ignore[arg-type]
    )


def graph_of(*tensors: bytes) -> bytes:
    """A model with initializers of these bytes, behind one that makes its graph large."""
    padding = tensor(name="padding", dims=[2000], raw_data=bytes(8000)).SerializeToString()
    made = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[2] x) => (float[2] y) { y = Relu(x) }"""
    )
    fields = (field_head(5, len(each)) + each for each in (padding, *tensors))
    graph = made.graph.SerializeToString() + b"".join(fields)
    made.ClearField("graph")
    return made.SerializeToString() + field_head(7, len(graph)) + graph


def with_dims_behind(proto: onnx.TensorProto) -> bytes:
    """Its fields in another order than protobuf's."""
    rest = onnx.TensorProto.FromString(proto.SerializeToString())
    rest.ClearField("dims")
    return rest.SerializeToString() + onnx.TensorProto(dims=proto.dims).SerializeToString()


PLAIN = [
    tensor(),
    tensor(dims=[]),
    tensor(dims=[0, 2], raw_data=b""),
    tensor(dims=[1 << 62, 300]),
    tensor(name=""),
    tensor(name="größe"),
    tensor(name="J" * 127, raw_data=bytes(131)),
    tensor(data_type=8),
    tensor(data_type=99),
    tensor(data_type=22, dims=[3], raw_data=bytes(2)),
    tensor(dims=[500], raw_data=bytes(range(200)) * 10),
    tensor(dims=[2000], raw_data=bytes(8000), name="large"),
]
"""Also such as no tensor should be."""

OTHERS = [
    tensor(name="n" * 128).SerializeToString(),
    tensor(dims=[-1]).SerializeToString(),
    tensor(doc_string="about it").SerializeToString(),
    tensor(doc_string="about it", raw_data=bytes(5000)).SerializeToString(),
    tensor(raw_data=None, float_data=[1, 2]).SerializeToString(),
    with_dims_behind(tensor()),
    tensor().SerializeToString().replace(b"w", b"\xff"),
    tensor().SerializeToString().replace(b"J\x08", b"J\x88\x00"),
    tensor().SerializeToString() + tensor(name="again").SerializeToString(),
    b"",
]


@pytest.mark.parametrize("proto", PLAIN, ids=str)
def test_plain_tensors_are_read_as_protobuf_does(proto: onnx.TensorProto) -> None:
    """Without it: most tensors of a model say nothing but their shape, their name and their data."""
    read = cut(graph_of(proto.SerializeToString())).tensors[1]
    assert read is not None
    assert (read.name, read.form) == (proto.name, (proto.data_type, tuple(proto.dims)))
    assert read.data == proto.raw_data


@pytest.mark.parametrize("data", OTHERS, ids=repr)
def test_other_tensors_are_left_to_protobuf(data: bytes) -> None:
    """Those that say more, or say it otherwise."""
    assert cut(graph_of(data)).tensors[1] is None


@pytest.mark.parametrize("data", [*(p.SerializeToString() for p in PLAIN), *OTHERS], ids=repr)
def test_bytes_and_message_are_one_model(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same module, or the same complaint."""

    def imported(cut_from: int) -> str:
        monkeypatch.setattr(loading, "CUT_FROM", cut_from)
        try:
            return str(import_model(graph_of(data), context=make_context()))
        except DiagnosticError as error:
            return str(error)

    assert imported(1) == imported(1 << 40)


def test_a_graph_in_two_pieces() -> None:
    """Protobuf puts them together; the small one is not looked into."""
    small = onnx.ModelProto()
    small.graph.initializer.append(tensor(name="first"))
    data = small.SerializeToString() + graph_of(tensor(name="second").SerializeToString())
    message = onnx.ModelProto.FromString(data).graph.initializer
    assert [each.name for each in message] == ["first", "padding", "second"]
    read = read_tensors(message, cut(data).tensors)
    assert [each.name for each in read] == ["first", "padding", "second"]


@pytest.mark.parametrize("size", [4_000_000, 8_000_000, 8_500_000, -1])
def test_a_model_that_is_cut_short(size: int) -> None:
    """Wherever the end is: in the data, behind it, in another field."""
    data = model().SerializeToString()[:size]
    with pytest.raises(WireError):
        cut(data)
    with pytest.raises(
        DiagnosticError, match="not an ONNX model, or one that is cut short or damaged"
    ):
        import_model(data + b"", context=make_context())


@pytest.mark.parametrize("number", ["0", "-1", "x", "99"])
def test_a_model_cannot_name_pieces(number: str) -> None:
    """A model that already holds such a note has no data there."""
    made = model()
    made.graph.initializer[0].ClearField("raw_data")
    made.graph.initializer[0].external_data.add(key=INLINE, value=number)
    with pytest.raises(DiagnosticError, match="tensor 'large' has no data"):
        import_model(made, context=make_context())


def resident(path: Path) -> int:
    """Bytes of a mapped file that this process has in memory."""
    total, inside = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split(" ", 1)[0] and ":" not in line.split(" ", 1)[0]:
            inside = line.endswith(str(path))
        elif inside and line.startswith("Rss:"):
            total += int(line.split()[1]) * 1024
    return total


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="needs Linux")
def test_release(tmp_path: Path) -> None:
    """The memory goes, the data stays."""
    path = tmp_path / "w.bin"
    path.write_bytes(LARGE.tobytes())
    array = np.memmap(path, np.float32, "r").view(np.ndarray)
    total = array.sum()
    assert resident(path) >= array.nbytes // 2
    release(array[1000:])
    assert resident(path) < array.nbytes // 10
    assert array.sum() == total


def test_release_leaves_other_arrays_alone(tmp_path: Path) -> None:
    """Above all what was written to a private map."""
    path = tmp_path / "w.bin"
    path.write_bytes(LARGE.tobytes())
    private = np.memmap(path, np.float32, "c")
    private[:] = 1
    own = np.ones(10_000)
    for array in (private, own):
        release(array)
        assert (array == 1).all()
