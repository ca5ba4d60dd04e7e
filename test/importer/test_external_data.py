# SPDX-License-Identifier: Apache-2.0
"""External data is mapped, found only below the model's folder, and missed with a clear message."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from onnx_opt.dialect import DiagnosticError, constant_value, make_context
from onnx_opt.dialect.bindings import ir
from onnx_opt.importer import import_model

VALUES = np.arange(1000, dtype=np.float32)


def save(folder: Path, location: str, *, offset: int = 0, length: int | None = None) -> Path:
    """A model whose only weight lies at `location`; the data itself is the caller's to write."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[1000] x) => (float[1000] y) { y = Add(x, w) }"""
    )
    tensor = model.graph.initializer.add(name="w", data_type=1, dims=[1000])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        if value is not None:
            tensor.external_data.add(key=key, value=str(value))
    path = folder / "m.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def weight(module: ir.Module) -> np.ndarray:
    """The first constant of a module."""
    op = module.body.operations[0].regions[0].blocks[0].operations[0]
    array = constant_value(op.results[0])
    assert array is not None
    return array


def message(path: Path) -> str:
    with pytest.raises(DiagnosticError) as caught:
        import_model(path, context=make_context())
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("offset", [0, 3, 64])
def test_is_mapped(tmp_path: Path, offset: int) -> None:
    """The constant is a view of the file, whatever its alignment."""
    (tmp_path / "w.bin").write_bytes(b"\xff" * offset + VALUES.tobytes() + b"\xff")
    array = weight(
        import_model(save(tmp_path, "w.bin", offset=offset, length=4000), context=make_context())
    )
    np.testing.assert_array_equal(array, VALUES)
    base = array
    while isinstance(base.base, np.ndarray):
        base = base.base
    assert isinstance(base, np.memmap)


def test_length_may_be_left_out(tmp_path: Path) -> None:
    """The shape says it too."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "w.bin").write_bytes(VALUES.tobytes() + b"more")
    np.testing.assert_array_equal(
        weight(import_model(save(tmp_path, "sub/w.bin"), context=make_context())), VALUES
    )


def test_missing(tmp_path: Path) -> None:
    """No such file."""
    assert "m.onnx: error: cannot read external data 'w.bin' of 'w': No such file" in message(
        save(tmp_path, "w.bin")
    )


def test_short(tmp_path: Path) -> None:
    """Fewer bytes than the tensor needs, or than `offset` and `length` ask for."""
    (tmp_path / "w.bin").write_bytes(VALUES.tobytes()[:-1])
    assert "is cut short: 'w.bin' has 3999 bytes, but bytes 0 to 4000 are needed" in message(
        save(tmp_path, "w.bin")
    )
    (tmp_path / "w.bin").write_bytes(VALUES.tobytes())
    assert "bytes 4 to 4004 are needed" in message(save(tmp_path, "w.bin", offset=4, length=4000))
    assert "needs 4000 bytes, got 400" in message(save(tmp_path, "w.bin", length=400))
    (tmp_path / "w.bin").write_bytes(b"")
    assert "'w.bin' has 0 bytes" in message(save(tmp_path, "w.bin"))


@pytest.mark.parametrize(
    "location", ["../w.bin", "sub/../../w.bin", "..\\w.bin", "C:\\w.bin", "", "/etc/passwd"]
)
def test_does_not_leave_the_folder(tmp_path: Path, location: str) -> None:
    """Neither upwards nor by an absolute path, in either system's spelling."""
    (tmp_path / "w.bin").write_bytes(VALUES.tobytes())
    folder = tmp_path / "models"
    folder.mkdir()
    assert "is not a relative path below the model's folder" in message(save(folder, location))


def test_does_not_follow_links_out(tmp_path: Path) -> None:
    """A link to a file, or to a folder, outside."""
    (tmp_path / "w.bin").write_bytes(VALUES.tobytes())
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "w.bin").symlink_to(tmp_path / "w.bin")
    (folder / "out").symlink_to(tmp_path)
    for location in ("w.bin", "out/w.bin"):
        assert "leads out of the model's folder by a link" in message(save(folder, location))


def test_follows_links_inside(tmp_path: Path) -> None:
    """Caches of models are full of them."""
    (tmp_path / "blob").write_bytes(VALUES.tobytes())
    (tmp_path / "w.bin").symlink_to("blob")
    np.testing.assert_array_equal(
        weight(import_model(save(tmp_path, "w.bin"), context=make_context())), VALUES
    )


def test_is_a_file(tmp_path: Path) -> None:
    """A folder holds no data."""
    (tmp_path / "w.bin").mkdir()
    assert "is no regular file" in message(save(tmp_path, "w.bin"))


def test_offset_is_a_number(tmp_path: Path) -> None:
    """Else the message says so."""
    (tmp_path / "w.bin").write_bytes(VALUES.tobytes())
    path = save(tmp_path, "w.bin")
    path.write_bytes(
        path.read_bytes().replace(b"\x0a\x06offset\x12\x010", b"\x0a\x06offset\x12\x01x")
    )
    assert "an offset or a length that is no number" in message(path)


def test_needs_a_folder() -> None:
    """A model that comes from nowhere has no external data."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g () => (float[1] w) {}"""
    )
    tensor = model.graph.initializer.add(name="w", data_type=1, dims=[1])
    tensor.data_location = onnx.TensorProto.EXTERNAL
    with pytest.raises(DiagnosticError, match="does not come from a file"):
        import_model(model, context=make_context())


def test_shapes_in_external_data(tmp_path: Path) -> None:
    """Small constants decide about shapes wherever they lie."""
    model = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 17]> g (float[6] x) => (y) <int64[2] s = {2, 3}> { y = Reshape(x, s) }"""
    )
    onnx.save_model(
        model,
        tmp_path / "m.onnx",
        save_as_external_data=True,
        location="onnx-opt-shapes.bin",
        size_threshold=0,
    )
    assert (
        not onnx.load(tmp_path / "m.onnx", load_external_data=False).graph.initializer[0].raw_data
    )
    module = import_model(tmp_path / "m.onnx", context=make_context())
    assert "tensor<2x3xf32>" in str(module.body.operations[0].attributes["function_type"])


def test_model_given_as_bytes(tmp_path: Path) -> None:
    """Its file name says where its external data lies."""
    (tmp_path / "w.bin").write_bytes(VALUES.tobytes())
    path = save(tmp_path, "w.bin")
    module = import_model(path.read_bytes(), context=make_context(), filename=str(path))
    np.testing.assert_array_equal(weight(module), VALUES)
