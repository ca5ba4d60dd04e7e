# SPDX-License-Identifier: Apache-2.0
"""The fuzzers' own modules, and those of bench/; the script `run.py` uses them too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
