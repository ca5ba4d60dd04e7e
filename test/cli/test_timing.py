# SPDX-License-Identifier: Apache-2.0
"""The table of `--mlir-timing`."""

from __future__ import annotations

import pytest

from onnx_opt.reporting.timing import Timer, report


def test_report() -> None:
    total = Timer("Total", 2.0)
    total.row("Parser").seconds = 0.5
    nest = total.row("'func.func' Pipeline")
    nest.seconds = 1.0
    nest.row("Cse").seconds = 0.25
    assert report(total) == (
        "===-------------------------------------------------------------------------===\n"
        "                         ... Execution time report ...\n"
        "===-------------------------------------------------------------------------===\n"
        "  Total Execution Time: 2.0000 seconds\n"
        "\n"
        "  ----Wall Time----  ----Name----\n"
        "    0.5000 ( 25.0%)  Parser\n"
        "    1.0000 ( 50.0%)  'func.func' Pipeline\n"
        "    0.2500 ( 12.5%)    Cse\n"
        "    0.5000 ( 25.0%)  Rest\n"
        "    2.0000 (100.0%)  Total\n"
    )


def test_a_row_adds_up() -> None:
    timer = Timer("t")
    with timer.row("a", 1).running() as first:
        pass
    spent = first.seconds
    with timer.row("a", 1).running():
        pass
    assert timer.row("a", 1).seconds > spent
    assert timer.row("a", 2).seconds == 0


def test_time_is_counted_when_the_block_fails() -> None:
    timer = Timer("t")
    with pytest.raises(ValueError, match="no"), timer.running():
        raise ValueError("no")
    assert timer.seconds > 0
