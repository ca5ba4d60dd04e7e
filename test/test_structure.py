# SPDX-License-Identifier: Apache-2.0
"""The rules of docs/architecture.md and CONTRIBUTING.md that can be read off the files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from onnx_opt.passes import ALL_PASSES
from onnx_opt.passes.rewriting.base import Pass

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {
    "dialect": {"dialect"},
    "passes": {"dialect", "passes"},
    "importer": {"dialect", "importer"},
    "exporter": {"dialect", "exporter"},
    "verification": {"dialect", "exporter", "verification"},
}
SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
DOOR = sorted((ROOT / "src" / "onnx_opt").glob("*.py"))


def imported(source: Path) -> set[str]:
    """The parts of onnx_opt that `source`, a file in a root folder, imports."""
    inside = ("onnx_opt", *source.relative_to(ROOT).with_suffix("").parts)
    names: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            names |= {tuple(alias.name.split(".")) for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            base = inside[: -node.level] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            names |= {(*module, alias.name) for alias in node.names}
    return {name[1] for name in names if name[0] == "onnx_opt" and len(name) > 1}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_run_one_way(source: Path) -> None:
    assert imported(source) <= FOLDERS[source.relative_to(ROOT).parts[0]]


@pytest.mark.parametrize(
    "source", SOURCES + DOOR, ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_files_are_short_and_licensed(source: Path) -> None:
    lines = source.read_text().splitlines()
    assert lines[0] == "# SPDX-License-Identifier: Apache-2.0"
    assert len(lines) < 400


def test_only_one_module_names_the_wheel() -> None:
    naming = {
        source.name
        for source in SOURCES + DOOR
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
        if name.split(".")[0] in ("mlir", "torch_mlir")
    }
    assert naming == {"bindings.py"}


@pytest.mark.parametrize("pass_", ALL_PASSES, ids=lambda pass_: pass_.argument)
def test_a_pass_has_one_stem(pass_: Pass) -> None:
    stem = pass_.argument.replace("-", "_")
    assert (ROOT / "passes" / f"{stem}.py").is_file()
    assert list((ROOT / "test" / "lit").rglob(f"{stem}*"))
    assert pass_.summary and not pass_.summary.endswith(".")


def test_every_pass_file_is_registered() -> None:
    registered = {pass_.argument.replace("-", "_") for pass_ in ALL_PASSES}
    defining = {
        path.stem
        for path in (ROOT / "passes").glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == "PASS"
    }
    assert defining == registered
