# SPDX-License-Identifier: Apache-2.0
"""The example notebook runs, from a model to a folded one with numbers; it is kept without outputs."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "fold_bn.ipynb"


@pytest.fixture
def notebook() -> Any:
    nbformat: Any = import_module("nbformat")
    return nbformat.read(NOTEBOOK, as_version=4)


def run(notebook: Any, folder: Path) -> list[Any]:
    """Run a notebook by this interpreter; the last output of each cell."""
    from jupyter_client.manager import KernelManager
    from nbclient import NotebookClient

    manager: Any = KernelManager()
    manager.kernel_spec.argv[0] = sys.executable
    NotebookClient(
        notebook, timeout=120, km=manager, resources={"metadata": {"path": str(folder)}}
    ).execute()
    return [cell.outputs[-1] for cell in notebook.cells if cell.get("outputs")]


def test_the_notebook_runs(notebook: Any, tmp_path: Path) -> None:
    before, module, remarks, after, *_, table = run(notebook, tmp_path)
    assert before.data["text/plain"].count("BatchNormalization") == 2
    assert '<span class="op">' in module.data["text/html"]
    assert "folded into onnx.Conv" in remarks.text
    assert "BatchNormalization" not in after.data["text/plain"]
    assert "<table>" in table.data["text/html"]
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_fails_is_noticed(notebook: Any, tmp_path: Path) -> None:
    from nbclient.exceptions import CellExecutionError

    notebook.cells = [notebook.cells[1]]
    notebook.cells[0].source += "\nassert onnx_opt is None"
    with pytest.raises(CellExecutionError):
        run(notebook, tmp_path)


def test_it_is_kept_without_outputs(notebook: Any) -> None:
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None
