# SPDX-License-Identifier: Apache-2.0
"""The conformance suite: a stratified part by default, everything under `-m full`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# The suite's own modules; the script `report.py` uses them too.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def runtime() -> Iterator[object]:
    """A child process that runs models."""
    from runtime import Runtime

    child = Runtime()
    yield child
    child.close()
