# SPDX-License-Identifier: Apache-2.0
"""pytest runs the lit suite too: every lit file is a test item.

`pytest test/lit/cse.mlir` and `pytest -k cse` select lit files as they select tests. The selected ones run in
one lit process, so in parallel, when the first of them is due.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent
SUITE = (ROOT / "test" / "lit", ROOT / "examples")
SUFFIXES = (".mlir", ".test")
RESULTS = pytest.StashKey[dict[str, dict[str, Any]]]()


def pytest_report_header() -> str:
    """Say which onnx_opt is tested: the installed one, which need not be the checkout."""
    import onnx_opt

    version = importlib.metadata.version("onnx-opt")
    checker = os.environ.get("FILECHECK") or "PyPI's filecheck"
    return f"onnx-opt {version} from {Path(onnx_opt.__file__).parent}, lit with {checker}"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of tests that take long."""
    config.addinivalue_line("markers", "full: takes minutes, or much disk; runs only under -m full")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave such tests out unless they are asked for."""
    if "full" in str(config.getoption("markexpr", "")):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("full")]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> LitFile | None:
    """Make a test of every file that lit would run."""
    if file_path.suffix not in SUFFIXES or "Inputs" in file_path.parts:
        return None
    if not any(folder in file_path.parents for folder in SUITE):
        return None
    return LitFile.from_parent(parent, path=file_path)


class LitFile(pytest.File):
    """A file of the lit suite."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item: lit reports on files."""
        yield LitItem.from_parent(self, name="lit")


class LitError(Exception):
    """A lit test failed; the message is lit's report."""


class LitItem(pytest.Item):
    """All RUN lines of one file."""

    def runtest(self) -> None:
        """Look up what lit found, after it ran all selected files at once."""
        stash = self.session.stash
        if RESULTS not in stash:
            selected = [item.path for item in self.session.items if isinstance(item, LitItem)]
            stash[RESULTS] = run_lit(selected)
        result = stash[RESULTS][self.path.relative_to(ROOT).as_posix()]
        if result["code"] == "UNSUPPORTED":
            pytest.skip(result["output"].strip())
        if result["code"] == "XFAIL":
            pytest.xfail(result["output"].strip())
        if result["code"] not in ("PASS", "FLAKYPASS"):
            raise LitError(f"{result['code']}: {self.path}\n{result['output']}")

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """What lit said, without a traceback."""
        if isinstance(excinfo.value, LitError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, its first line, and the name for reports."""
        return self.path, 0, f"lit: {self.path.name}"


def run_lit(files: list[Path]) -> dict[str, dict[str, Any]]:
    """Run lit on `files`; return its report of each, by the path below the root."""
    folders = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent)]
    lit = shutil.which("lit", path=os.pathsep.join(folders))
    if lit is None:
        raise LitError(
            f"lit is not in {sys.prefix}; run: {sys.executable} -m pip install '.[test]'"
        )
    with tempfile.TemporaryDirectory(prefix="onnx-opt-lit-") as scratch:
        report = Path(scratch, "report.json")
        command = [lit, "-v", "--no-progress-bar", f"--output={report}", f"-Dexec_root={scratch}"]
        run = subprocess.run(
            [*command, *map(str, files)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if not report.exists():
            raise LitError(f"lit ended with exit code {run.returncode}:\n{run.stdout}")
        tests = json.loads(report.read_text())["tests"]
    # lit names a test "<suite> :: <path below the root>".
    return {test["name"].split(" :: ", 1)[1]: test for test in tests}
