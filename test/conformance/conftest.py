# SPDX-License-Identifier: Apache-2.0
"""The conformance suite: a stratified part by default, everything under `-m full`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The suite's own modules; the script `report.py` uses them too.
sys.path.insert(0, str(Path(__file__).parent))


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker."""
    config.addinivalue_line(
        "markers", "full: the whole corpus of models (minutes); runs only under `-m full`"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the long part out unless it is asked for."""
    if "full" in str(config.getoption("markexpr", "")):
        return
    long = [item for item in items if item.get_closest_marker("full")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("full")]


@pytest.fixture(scope="session")
def runtime() -> Iterator[object]:
    """A child process that runs models."""
    from runtime import Runtime

    child = Runtime()
    yield child
    child.close()
