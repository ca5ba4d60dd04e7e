# SPDX-License-Identifier: Apache-2.0
"""Files: weights inside or beside the model, and never a half-written or an overwritten one."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from equality import difference
from onnx import numpy_helper

from onnx_opt.dialect import DiagnosticError, constant_value, make_context
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.elements.resources import Resource, resource_attribute
from onnx_opt.exporter import tensors, write_model, writing
from onnx_opt.importer import import_model

SIZES = {"small": 2, "middle": 300, "large": 400_000}


def model() -> onnx.ModelProto:
    """Initializers of 8 bytes, 1,200 bytes and 1.6 MB, and a packed one."""
    made = onnx.parser.parse_model(
        """<ir_version: 10, opset_import: ["": 21]> g () => (float[2] small, float[300] middle, float[400000] large, int4[2001] packed) {}"""
    )
    for name, size in SIZES.items():
        made.graph.initializer.append(
            numpy_helper.from_array(np.arange(size, dtype=np.float32), name)
        )
    import ml_dtypes

    packed = (np.arange(2001) % 16 - 8).astype(ml_dtypes.int4)
    made.graph.initializer.append(numpy_helper.from_array(packed, "packed"))
    return made


def imported(source: onnx.ModelProto | Path) -> ir.Module:
    return import_model(source, context=make_context())


def names(folder: Path) -> list[str]:
    """Files in a folder; a leftover shows."""
    return sorted(path.name for path in folder.iterdir())


def location(tensor: onnx.TensorProto) -> dict[str, str]:
    return {entry.key: entry.value for entry in tensor.external_data}


def test_one_file(tmp_path: Path) -> None:
    """The same model."""
    write_model(imported(model()), tmp_path / "m.onnx")
    assert names(tmp_path) == ["m.onnx"]
    assert difference(model(), onnx.load(tmp_path / "m.onnx")) == ""


def test_external_data(tmp_path: Path) -> None:
    """What is large goes beside the model, aligned so that it can be mapped."""
    write_model(imported(model()), tmp_path / "m.onnx", external_data="w.bin", size_threshold=1000)
    assert names(tmp_path) == ["m.onnx", "w.bin"]
    bare = onnx.load(tmp_path / "m.onnx", load_external_data=False)
    found = {tensor.name: location(tensor) for tensor in bare.graph.initializer}
    assert found["small"] == {}
    assert found["middle"] == {"location": "w.bin", "offset": "0", "length": "1200"}
    assert found["large"] == {"location": "w.bin", "offset": "4096", "length": "1600000"}
    assert int(found["packed"]["offset"]) % 64 == 0
    assert found["packed"]["length"] == "1001"
    assert difference(model(), onnx.load(tmp_path / "m.onnx")) == ""
    onnx.checker.check_model(str(tmp_path / "m.onnx"), full_check=True)


@pytest.mark.parametrize(
    ("threshold", "count"), [(0, 4), (1001, 3), (1002, 2), (1_600_000, 1), (1_600_001, 0)]
)
def test_threshold(tmp_path: Path, threshold: int, count: int) -> None:
    """From `size_threshold` bytes on; no file where nothing is so large."""
    write_model(
        imported(model()), tmp_path / "m.onnx", external_data="w.bin", size_threshold=threshold
    )
    bare = onnx.load(tmp_path / "m.onnx", load_external_data=False)
    assert sum(bool(tensor.external_data) for tensor in bare.graph.initializer) == count
    assert (tmp_path / "w.bin").exists() == bool(count)
    assert difference(model(), onnx.load(tmp_path / "m.onnx")) == ""


def test_output_may_be_the_input(tmp_path: Path) -> None:
    """The data file too: what is mapped is not written into, so the module still holds the old data."""
    path = tmp_path / "m.onnx"
    write_model(imported(model()), path, external_data="w.bin")
    module = imported(path)
    for _ in range(2):
        write_model(module, path, external_data="w.bin", size_threshold=0)
        assert names(tmp_path) == ["m.onnx", "w.bin"]
        assert difference(model(), onnx.load(path)) == ""
    write_model(module, path)
    assert difference(model(), onnx.load(path)) == ""


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that it points to is replaced, with its permissions."""
    (tmp_path / "real.onnx").write_bytes(b"old")
    (tmp_path / "real.onnx").chmod(0o640)
    (tmp_path / "m.onnx").symlink_to("real.onnx")
    write_model(imported(model()), tmp_path / "m.onnx")
    assert (tmp_path / "m.onnx").is_symlink()
    assert difference(model(), onnx.load(tmp_path / "real.onnx")) == ""
    assert stat.S_IMODE((tmp_path / "real.onnx").stat().st_mode) == 0o640


def broken_blocks(_: tensors.Weight) -> Iterator[memoryview]:
    yield memoryview(b"1234")
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("external_data", [None, "w.bin"])
def test_an_error_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, external_data: str | None
) -> None:
    """Whether it comes in the data or in the model."""
    (tmp_path / "m.onnx").write_bytes(b"old model")
    (tmp_path / "w.bin").write_bytes(b"old data")
    monkeypatch.setattr(tensors.Weight, "blocks", broken_blocks)
    with pytest.raises(OSError, match="No space left"):
        write_model(imported(model()), tmp_path / "m.onnx", external_data=external_data)
    assert names(tmp_path) == ["m.onnx", "w.bin"]
    assert (tmp_path / "m.onnx").read_bytes() == b"old model"
    assert (tmp_path / "w.bin").read_bytes() == b"old data"


def test_more_than_protobuf_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """External data is the way out, and the message says so."""
    monkeypatch.setattr(writing, "LARGEST_MESSAGE", 1_000_000)
    with pytest.raises(
        DiagnosticError,
        match="a protobuf file holds at most 1000000: write its weights as external data",
    ):
        write_model(imported(model()), tmp_path / "m.onnx")
    assert names(tmp_path) == []
    write_model(imported(model()), tmp_path / "m.onnx", external_data="w.bin")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/elsewhere/w.bin", "must lie below the model's folder"),
        ("../w.bin", "must lie below the model's folder"),
        ("", "must lie below the model's folder"),
        ("a\\w.bin", "must lie below the model's folder"),
        ("m.onnx", "it is the model itself"),
        ("link", "it is a link"),
        ("missing/w.bin", "its folder does not exist"),
    ],
)
def test_where_external_data_cannot_go(tmp_path: Path, name: str, said: str) -> None:
    """Only where a reader of the model would look for it."""
    (tmp_path / "link").symlink_to("elsewhere")
    with pytest.raises(DiagnosticError) as caught:
        write_model(imported(model()), tmp_path / "m.onnx", external_data=name)
    assert said in str(caught.value)
    assert names(tmp_path) == ["link"]


def add_weight(module: ir.Module, resource: Resource) -> ir.Operation:
    """A constant of it, before the large one."""
    large = module.body.operations[0].regions[0].blocks[0].operations[2]
    with module.context, ir.Location.unknown():
        attribute = resource_attribute(resource, "added")
        return ir.Operation.create(
            "onnx.Constant",
            results=[attribute.type],
            attributes={"value": attribute},
            ip=ir.InsertionPoint(large),
        )


def test_recipes_are_evaluated_in_blocks(tmp_path: Path) -> None:
    """A weight that is a mapped array and a factor per row is never there as a whole."""
    module = imported(model())
    sizes: list[int] = []

    def recipe(rows: Any, start: int, stop: int) -> Any:
        sizes.append(stop - start)
        return rows * np.float32(2)

    source = np.arange(3_000_000, dtype=np.float32).reshape(3000, 1000)
    made = add_weight(module, Resource(source, recipe))
    assert not sizes
    write_model(module, tmp_path / "m.onnx", external_data="w.bin")
    assert len(sizes) > 1
    assert max(sizes) < 3000
    found = onnx.load(tmp_path / "m.onnx").graph.initializer
    doubled = next(tensor for tensor in found if list(tensor.dims) == [3000, 1000])
    np.testing.assert_array_equal(numpy_helper.to_array(doubled), source * 2)
    assert constant_value(made.results[0]) is not None


@pytest.mark.parametrize("side", [None, "w.bin"])
def test_a_recipe_that_fails_leaves_no_file(tmp_path: Path, side: str | None) -> None:
    """Blocks are made ahead of being written, by a thread."""

    def recipe(rows: Any, start: int, stop: int) -> Any:  # noqa: ARG001
        if start:
            raise MemoryError
        return rows

    module = imported(model())
    add_weight(module, Resource(np.zeros((3000, 1000), np.float32), recipe))
    with pytest.raises(MemoryError):
        write_model(module, tmp_path / "m.onnx", external_data=side)
    assert names(tmp_path) == []
