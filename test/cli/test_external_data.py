# SPDX-License-Identifier: Apache-2.0
"""Weights in a file beside the model: where they go, what is never overwritten, and what is left after a failure."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from .conftest import Names, Run
from .models import computed, gemm_bn, locations, save_external, weights


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """A model with its weights inside."""
    path = tmp_path / "in.onnx"
    onnx.save(gemm_bn(), path)
    return path


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """The same model with its large weights in `weights.bin`."""
    path = tmp_path / "out" / "model.onnx"
    path.parent.mkdir()
    save_external(gemm_bn(), path, "weights.bin")
    return path


def test_the_flag_writes_a_second_file(
    run: Run, names: Names, inside: Path, tmp_path: Path
) -> None:
    result = run("in.onnx", "--save-as-external-data", "-o", "new.onnx")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert names(tmp_path) == ["in.onnx", "new.onnx", "new.onnx.data"]
    # 64 * 64 floats are 16 KiB; the vectors of 64 floats are below the threshold of 1024 bytes.
    assert locations(tmp_path / "new.onnx") == dict.fromkeys(["B0", "B1"], "new.onnx.data")
    assert weights(tmp_path / "new.onnx") == weights(inside)
    onnx.checker.check_model(tmp_path / "new.onnx", full_check=True)


def test_the_second_file_may_have_a_name(
    run: Run, names: Names, inside: Path, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    result = run("in.onnx", "--save-as-external-data=sub/w.bin", "-o", "new.onnx")
    assert (result.returncode, result.stderr) == (0, "")
    assert set(locations(tmp_path / "new.onnx").values()) == {"sub/w.bin"}
    assert names(tmp_path / "sub") == ["w.bin"]
    assert weights(tmp_path / "new.onnx") == weights(inside)


def test_the_name_is_relative_to_the_model(
    run: Run, names: Names, inside: Path, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    assert run(inside, "--save-as-external-data=w", "-o", "new/new.onnx").returncode == 0
    assert names(tmp_path / "new") == ["new.onnx", "w"]
    assert weights(tmp_path / "new" / "new.onnx") == weights(inside)


@pytest.mark.parametrize(
    ("threshold", "names_outside"),
    [
        (0, 12),
        (256, 12),  # of exactly so many bytes: outside
        (257, 2),
        (16384, 2),
        (16385, 0),
    ],
)
def test_the_threshold(
    run: Run, names: Names, inside: Path, tmp_path: Path, threshold: int, names_outside: int
) -> None:
    result = run(
        inside, "--save-as-external-data", f"--size-threshold={threshold}", "-o", "new.onnx"
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert len(locations(tmp_path / "new.onnx")) == names_outside
    assert ("new.onnx.data" in names(tmp_path)) == bool(names_outside)
    assert weights(tmp_path / "new.onnx") == weights(inside)


def test_strings_stay_inside(run: Run, tmp_path: Path) -> None:
    words = numpy_helper.from_array(np.array(["a", "b"], object), "words")
    y = helper.make_tensor_value_info("y", onnx.TensorProto.STRING, [2])
    node = helper.make_node("Identity", ["words"], ["y"])
    graph = helper.make_graph([node], "g", [], [y], [words])
    onnx.save(helper.make_model(graph, ir_version=8), tmp_path / "in.onnx")
    result = run("in.onnx", "--save-as-external-data", "--size-threshold=0", "-o", "new.onnx")
    assert (result.returncode, result.stderr) == (0, "")
    assert computed(onnx.load(tmp_path / "new.onnx")).tolist() == ["a", "b"]


def test_what_was_outside_stays_outside(run: Run, outside: Path) -> None:
    before = {path.name: path.read_bytes() for path in outside.parent.iterdir()}
    result = run("model.onnx", "-o", "new.onnx", cwd=outside.parent)
    assert (result.returncode, result.stderr) == (0, "")
    after = {path.name: path.read_bytes() for path in outside.parent.iterdir()}
    assert sorted(after) == ["model.onnx", "new.onnx", "new.onnx.data", "weights.bin"]
    assert {name: after[name] for name in before} == before
    new = outside.with_name("new.onnx")
    assert locations(new) == dict.fromkeys(["B0", "B1"], "new.onnx.data")
    assert weights(new) == weights(outside)


def test_a_large_threshold_takes_them_inside(
    run: Run, names: Names, outside: Path, tmp_path: Path
) -> None:
    assert run(outside, "-o", "new.onnx", "--size-threshold=1000000000").returncode == 0
    assert names(tmp_path) == ["new.onnx", "out"]
    assert locations(tmp_path / "new.onnx") == {}
    assert weights(tmp_path / "new.onnx") == weights(outside)


def test_on_a_stream_they_are_inside(run: Run, outside: Path, tmp_path: Path) -> None:
    result = run(outside, "--emit=onnx", text=False)
    assert result.returncode == 0
    (tmp_path / "new.onnx").write_bytes(result.stdout)
    assert weights(tmp_path / "new.onnx") == weights(outside)


def test_the_fold_of_weights_outside(run: Run, outside: Path, tmp_path: Path) -> None:
    result = run(outside, "--fold-bn-into-gemm", "-o", "new.onnx")
    assert (result.returncode, result.stderr) == (0, "")
    model = onnx.load(tmp_path / "new.onnx")
    assert [node.op_type for node in model.graph.node] == ["Gemm", "Gemm"]
    x = np.random.default_rng(1).normal(size=(3, 64)).astype(np.float32)
    got = computed(model, x=x)
    wanted = computed(onnx.load(outside), x=x)
    # Two dot products of 64 terms in float32; a factor wrong by 1 % fails.
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-3 * np.abs(wanted).max())
    assert np.abs(wanted).max() > 1


def test_the_input_may_be_replaced_with_its_weights(run: Run, names: Names, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    save_external(gemm_bn(), path, "model.onnx.data")
    before = weights(path)
    for number in range(3):
        result = run("model.onnx", "-o", f"./{path.name}" if number else path)
        assert (result.returncode, result.stderr) == (0, "")
        assert names(tmp_path) == ["model.onnx", "model.onnx.data"]
        assert weights(path) == before
    # What is mapped while it is replaced is also what a pass reads.
    assert run(path, "--fold-bn-into-gemm", "-o", path).returncode == 0
    x = np.random.default_rng(1).normal(size=(3, 64)).astype(np.float32)
    got = computed(onnx.load(path), x=x)
    wanted = computed(gemm_bn(), x=x)
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-3 * np.abs(wanted).max())


def test_weights_of_another_name_are_replaced_only_if_named(
    run: Run, names: Names, outside: Path
) -> None:
    # Another model may use them too.
    data = outside.with_name("weights.bin")
    before, bits = weights(outside), data.read_bytes()
    assert run(outside, "-o", outside).returncode == 0
    assert names(outside.parent) == ["model.onnx", "model.onnx.data", "weights.bin"]
    assert data.read_bytes() == bits
    assert weights(outside) == before


def test_weights_of_another_name_are_replaced_if_named(
    run: Run, names: Names, outside: Path
) -> None:
    before = weights(outside)
    result = run(outside, "--save-as-external-data=weights.bin", "-o", outside)
    assert (result.returncode, result.stderr) == (0, "")
    assert names(outside.parent) == ["model.onnx", "weights.bin"]
    assert weights(outside) == before


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            ["-o", "new.onnx", "--save-as-external-data=weights.bin"],
            "cannot write the weights to 'weights.bin': it holds the weights of the input; "
            "name another file: --save-as-external-data=<file>",
        ),
        (
            ["-o", "weights.bin", "--emit=onnx"],
            "cannot write 'weights.bin': it holds the weights of the input",
        ),
        (["-o", "weights.bin"], "cannot write 'weights.bin': it holds the weights of the input"),
        (
            ["-o", "new.onnx", "--save-as-external-data=model.onnx"],
            "cannot write the weights to 'model.onnx': it is the input",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=new.onnx"],
            "cannot write the weights to 'new.onnx': it is the model itself",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=../w"],
            "cannot write the weights to '../w': it has to be a path below the model's folder",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=/elsewhere/w"],
            "cannot write the weights to '/elsewhere/w': it has to be a path below the model's folder",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=c:\\w"],
            "cannot write the weights to 'c:\\w': it has to be a path below the model's folder",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=missing/w"],
            "cannot write the weights to 'missing/w': No such file or directory",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=folder"],
            "cannot write the weights to 'folder': Is a directory",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=pipe"],
            "cannot write the weights to 'pipe': it is no regular file",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=link"],
            "cannot write the weights to 'link': it leads elsewhere by a link, which readers refuse to follow",
        ),
        (
            ["-o", "new.onnx", "--save-as-external-data=up/w"],
            "cannot write the weights to 'up/w': it leads elsewhere by a link, which readers refuse to follow",
        ),
        (
            ["-o", "elsewhere.onnx"],
            "cannot write the weights to 'elsewhere.onnx.data': 'elsewhere.onnx' is a link into another folder, "
            "where no reader would look for them; give the model's own name",
        ),
        (
            ["--emit=onnx", "--save-as-external-data"],
            "--save-as-external-data needs a model file to lie beside, but standard output is none; give it with -o",
        ),
        (
            ["-o", "new.mlir", "--save-as-external-data"],
            "--save-as-external-data is for models: write one with -o <file>.onnx or --emit=onnx",
        ),
        (
            ["--size-threshold=1"],
            "--size-threshold is for models: write one with -o <file>.onnx or --emit=onnx",
        ),
        (["--size-threshold=-1"], "--size-threshold: '-1' is not a number of bytes"),
    ],
)
def test_refused(
    run: Run, names: Names, outside: Path, tmp_path: Path, flags: list[str], said: str
) -> None:
    folder = outside.parent
    (folder / "folder").mkdir()
    (folder / "link").symlink_to("weights.bin")
    (folder / "up").symlink_to(tmp_path)
    (folder / "elsewhere.onnx").symlink_to(tmp_path / "elsewhere.onnx")
    os.mkfifo(folder / "pipe")
    before = names(folder)
    bits = [path.read_bytes() for path in (outside, folder / "weights.bin")]
    result = run("model.onnx", *flags, cwd=folder)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"onnx-opt: error: {said}\n"
    assert names(folder) == before
    assert names(tmp_path) == ["out"]
    assert [path.read_bytes() for path in (outside, folder / "weights.bin")] == bits


def test_a_threshold_that_has_no_effect(run: Run, inside: Path) -> None:
    result = run(inside, "-o", "new.onnx", "--size-threshold=1")
    assert result.returncode == 1
    assert result.stderr == (
        "onnx-opt: error: --size-threshold says which weights go to a file of their own, but all go inside the "
        "model; add --save-as-external-data\n"
    )


def test_permissions_of_the_old_files_stay(run: Run, tmp_path: Path, inside: Path) -> None:
    for name in ("new.onnx", "new.onnx.data"):
        (tmp_path / name).write_text("old")
        (tmp_path / name).chmod(0o640)
    assert run(inside, "--save-as-external-data", "-o", "new.onnx").returncode == 0
    for name in ("new.onnx", "new.onnx.data"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o640


# The weights take 32 KiB, the model without them 3 kB, and with them 35 kB.
@pytest.mark.parametrize(
    ("limit", "flags", "file"),
    [
        (20_000, ["--save-as-external-data"], "new.onnx.data"),
        (20_000, [], "new.onnx"),
        (1000, ["--save-as-external-data", "--size-threshold=16384"], "new.onnx.data"),
        (10, [], "new.onnx"),
    ],
)
@pytest.mark.parametrize("old", [True, False])
@pytest.mark.usefixtures("inside")
def test_a_disk_that_fills_up(
    run: Run,
    names: Names,
    tmp_path: Path,
    limit: int,
    flags: list[str],
    file: str,
    old: bool,
) -> None:
    if old:
        (tmp_path / "new.onnx").write_text("old model")
        (tmp_path / "new.onnx.data").write_text("old data")
    before = names(tmp_path)

    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    result = run("in.onnx", "-o", "new.onnx", *flags, preexec_fn=small_files_only)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"onnx-opt: error: cannot write '{file}': File too large\n"
    assert names(tmp_path) == before
    if old:
        assert (tmp_path / "new.onnx").read_text() == "old model"
        assert (tmp_path / "new.onnx.data").read_text() == "old data"


@pytest.mark.usefixtures("inside")
def test_a_failing_pass_leaves_no_file(run: Run, names: Names, tmp_path: Path) -> None:
    (tmp_path / "fail.py").write_text(
        "from onnx_opt.passes.rewriting.base import FunctionPass\n"
        "def fail(op): raise ValueError('no')\n"
        "PASS = FunctionPass(argument='fail', summary='Fail', function=fail)\n"
    )
    flags = ["--load-pass-plugin=fail.py", "--fail", "--save-as-external-data"]
    assert run("in.onnx", *flags, "-o", "new.onnx").returncode == 1
    assert names(tmp_path) == ["fail.py", "in.onnx"]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data.unlink(), "cannot read external data 'weights.bin' of 'B0'"),
        (lambda data: os.truncate(data, 20_000), "external data of 'B1' is cut short"),
        (lambda data: os.truncate(data, 0), "external data of 'B0' is cut short"),
        (lambda data: (data.unlink(), data.mkdir()), "'weights.bin' of 'B0'"),
        (lambda data: (data.unlink(), data.symlink_to("/etc/passwd")), "'weights.bin' of 'B0'"),
    ],
    ids=["missing", "short", "empty", "folder", "link"],
)
def test_damaged_external_data(
    run: Run,
    names: Names,
    outside: Path,
    tmp_path: Path,
    damage: Callable[[Path], object],
    said: str,
) -> None:
    damage(outside.with_name("weights.bin"))
    result = run(outside, "-o", "new.onnx")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{outside}: error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("location", ["../weights.bin", "/etc/passwd", "a/../../weights.bin", ""])
def test_external_data_outside_the_folder(run: Run, outside: Path, location: str) -> None:
    model = onnx.load(outside, load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            entry.value = location if entry.key == "location" else entry.value
    onnx.save(model, outside)
    result = run(outside, "-o", "new.onnx")
    assert result.returncode == 1
    assert f"external data location '{location}' of 'B0'" in result.stderr
    assert result.stderr.count("\n") == 1


def test_external_data_and_standard_input(run: Run, outside: Path) -> None:
    result = run("-", stdin=outside.open("rb"))
    assert result.returncode == 1
    assert result.stderr == (
        "<stdin>: error: tensor 'B0' has external data, but the model does not come from a file\n"
    )
