# SPDX-License-Identifier: Apache-2.0
"""The rules of docs/architecture.md and CONTRIBUTING.md that can be read off the files."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

from onnx_opt.passes import ALL_PASSES
from onnx_opt.passes.rewriting.base import Pass

ROOT = Path(__file__).resolve().parent.parent
DOOR = ROOT / "src" / "onnx_opt"

# What a part of onnx_opt may import besides itself.  `checks`, `files` and `errors` are the ground floor of src/onnx_opt,
# whose other parts may import everything.
MAY_IMPORT: dict[str, set[str]] = {
    "dialect": set(),
    "passes": {"dialect"},
    "importer": {"dialect"},
    "exporter": {"dialect", "files"},
    "proving": {"dialect", "passes"},
    "upstream": {"dialect", "passes", "proving"},
    "verification": {"dialect", "exporter"},
    "reducing": {"dialect", "passes", "verification"},
    "report": {"dialect", "passes"},
    "checks": set(),
    "language_server": {"dialect", "passes", ""},  # the last for the version
    "files": {"errors"},
    "errors": set(),
}

PLUGINS_IMPORT = {
    "onnx_opt.dialect.constants": ["constant", "constant_value"],
    "onnx_opt.dialect.onnx": ["Gemm", "Mul"],
    "onnx_opt.passes.rewriting": [
        "FunctionPass",
        "Option",
        "RewritePass",
        "defining_op",
        "fused_location",
        "has_one_use",
        "no_match",
    ],
}


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of onnx_opt by its name, and where it really lies: not behind a link of src/onnx_opt."""
    for base in (ROOT, DOOR):
        folders = [base] if base == DOOR else [ROOT / name for name in MAY_IMPORT]
        for path in (path for folder in folders for path in sorted(folder.rglob("*.py"))):
            if path.resolve() == path:
                parts = path.relative_to(base).with_suffix("").parts
                yield ".".join(("onnx_opt", *parts)).removesuffix(".__init__"), path


MODULES = dict(modules())
SOURCES = list(MODULES.values())


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(tree: ast.AST, types: bool) -> Iterator[ast.AST]:
    """Everything in a tree, functions included; types: also what only type checkers see."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types:
            node = ast.Module(node.orelse, [])
        yield node
        yield from nodes(node, types)


def imported(module: str, types: bool) -> set[str]:
    """The modules of onnx_opt that `module` imports; see `nodes`."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    names: set[str] = set()
    for node in nodes(ast.parse(path.read_text()), types):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            inner = {f"{base}.{alias.name}" for alias in node.names}
            names |= inner & MODULES.keys()
            if not inner <= MODULES.keys():
                names.add(base)
    return names & MODULES.keys()


def part(module: str) -> str:
    """What stands behind `onnx_opt.`: a folder, or a file of src/onnx_opt."""
    return (*module.split("."), "")[1]


def test_every_folder_has_its_rule() -> None:
    links = {path.name for path in DOOR.iterdir() if path.is_symlink()}
    assert links <= MAY_IMPORT.keys() & {part(module) for module in MODULES}


@pytest.mark.parametrize("module", [name for name in MODULES if part(name) in MAY_IMPORT])
def test_imports_run_one_way(module: str) -> None:
    own = part(module)
    assert {part(name) for name in imported(module, types=True)} <= {own} | MAY_IMPORT[own]


def circles() -> list[str]:
    """For every module that imports itself over others the shortest way around; the shortest comes first."""
    graph: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        # A package that loads its names when they are asked for shows them to type checkers alone.
        lazy = re.search(r"^ *def __getattr__\(", path.read_text(), re.M) is not None
        graph[module] = sorted(imported(module, types=lazy))
    found: dict[frozenset[str], str] = {}
    for start in graph:
        ways, seen = [[start]], set[str]()
        while ways:
            way = ways.pop(0)
            for module in graph[way[-1]]:
                if module == start:
                    found.setdefault(frozenset(way), " -> ".join([*way, start]))
                    ways.clear()
                    break
                if module not in seen:
                    seen.add(module)
                    ways.append([*way, module])
    return sorted(found.values(), key=len)


def test_no_module_imports_itself_over_others() -> None:
    """Neither at once nor later, inside a function."""
    found = circles()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("source", SOURCES, ids=relative)
def test_files_are_short_and_licensed(source: Path) -> None:
    lines = source.read_text().splitlines()
    assert lines[0] == "# SPDX-License-Identifier: Apache-2.0"
    assert len(lines) < 400


@pytest.mark.parametrize("path", PLUGINS_IMPORT)
def test_plugins_find_what_they_import(path: str) -> None:
    """Where docs/writing-a-pass-function.md says that it is."""
    text = (ROOT / "docs" / "writing-a-pass-function.md").read_text()
    module = importlib.import_module(path)
    for name in PLUGINS_IMPORT[path]:
        assert hasattr(module, name), name
        assert name in text, f"{name} is not in the documentation: no plugin has to find it"
    lines = [line for line in text.splitlines() if line.startswith(f"from {path} import ")]
    assert {name for line in lines for name in line.split(" import ")[1].split(", ")} <= {
        *PLUGINS_IMPORT[path]
    }


def test_only_one_module_names_the_wheel() -> None:
    naming = {
        source.name
        for source in SOURCES
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


def test_the_plan_shows_every_file() -> None:
    """docs/architecture.md has a line for each file and no other; an empty `__init__.py` needs none."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    tree = page.split("<!-- tree: begin -->")[1].split("<!-- tree: end -->")[0]
    shown: list[str] = []
    folders: list[tuple[int, str]] = []
    for line in tree.splitlines():
        name = line.split()[0] if line.strip() else ""
        indent = len(line) - len(line.lstrip())
        if name.endswith(("/", ".py")):
            folders = [(depth, folder) for depth, folder in folders if depth < indent]
            path = (folders[-1][1] if folders else "") + name
            if name.endswith("/"):
                folders.append((indent, path))
            else:
                shown.append(path)
    files = {path.relative_to(ROOT).as_posix() for path in SOURCES}
    assert len(shown) == len(set(shown))
    assert set(shown) <= files
    assert {file for file in files.difference(shown) if not file.endswith("/__init__.py")} == set()
