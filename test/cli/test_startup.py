# SPDX-License-Identifier: Apache-2.0
"""What is imported when: the start of a short run is mostly imports."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

HEAVY = ("torch_mlir", "mlir", "numpy", "onnx", "ml_dtypes")


def modules(*arguments: str) -> set[str]:
    """The modules that a run has imported, and its exit code."""
    program = (
        "import sys; from onnx_opt.cli import main; code = main(sys.argv[1:])\n"
        "print(code, *sys.modules, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return set(result.stderr.splitlines()[-1].split())


def imported(*arguments: str) -> set[str]:
    """The packages of these modules."""
    return {name.partition(".")[0] for name in modules(*arguments)}


@pytest.mark.parametrize("arguments", [["--version"], ["--emit=elf"], ["a", "b"]])
def test_light_runs_import_nothing_heavy(arguments: list[str]) -> None:
    assert not imported(*arguments) & set(HEAVY)


def test_main_returns_the_exit_code() -> None:
    assert "0" in imported("--version")
    assert "1" in imported("--emit=elf")


def test_a_run_imports_only_what_it_needs(module: Path, tmp_path: Path) -> None:
    text = modules(str(module), "-o", str(tmp_path / "out.mlir"))
    assert "onnx_opt.driver" in text
    for needless in ("checks", "help", "importer", "exporter", "verification"):
        assert f"onnx_opt.{needless}" not in text
    assert not text & {"difflib", "tempfile", "onnx_opt.reporting.verify_diagnostics"}
    model = modules(str(module), "-o", str(tmp_path / "out.mlirbc"))
    assert "onnx_opt.exporter" not in model


def test_a_run_imports_only_parts_of_onnx(module: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    for source, target in ((module, model), (model, tmp_path / "folded.onnx")):
        found = modules(str(source), "--fold-bn", "-o", str(target))
        assert "onnx.onnx_ml_pb2" in found
        needless = {"onnx.compose", "onnx.checker", "google.protobuf.json_format"}
        assert not found & {"importlib.metadata", *needless}
    assert not found & {"onnx_opt.importer.changes", "onnx_opt.dialect.text_scanner"}


PARTS = sorted(each.name for each in pkgutil.iter_modules(onnx.__path__))


@pytest.mark.parametrize("part", PARTS)
def test_all_of_onnx_can_be_imported_after_its_parts(part: str) -> None:
    """Whichever part comes first, the package ends up as `import onnx` makes it."""
    program = (
        "from onnx_opt.lazy_onnx import import_lazily; import_lazily(); import onnx, onnx.onnx_ml_pb2\n"
        f"import onnx.{part}; from onnx import {part}; assert onnx.{part} is {part}\n"
        "assert onnx.load_model and onnx.helper and type(onnx) is type(onnx.helper)\n"
        "assert onnx.ModelProto is onnx.onnx_ml_pb2.ModelProto\n"
        "print(*sorted(vars(onnx).keys() - {'tools', 'bin', 'backend'}))"
    )
    whole = "import onnx; print(*sorted(vars(onnx)))"
    lazy, eager = (
        subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
        for text in (program, whole)
    )
    assert set(eager.stdout.split()) <= set(lazy.stdout.split())
