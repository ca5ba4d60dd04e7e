# SPDX-License-Identifier: Apache-2.0
"""A minute of fuzzing; `run.py` does as much as one likes."""

from __future__ import annotations

from pathlib import Path

import fuzz_doors
import fuzz_rules
import pytest
from check_rule import Checker
from rule_models import drawn

from onnx_opt.passes import ALL_PASSES
from onnx_opt.passes.rewriting import RewritePass
from onnx_opt.pipeline.plugins import Registry

ROOT = Path(__file__).resolve().parents[2]

EXAMPLES = 300
SECONDS = 30
ENOUGH = 1_000_000


def test_rules() -> None:
    checker = Checker()
    assert fuzz_rules.fuzz(EXAMPLES, 600, 0, checker) is None
    counts = checker.counts
    print(fuzz_rules.report(counts))
    # A fuzzer that tests nothing finds nothing.
    assert counts["rewritten"] > 0.5 * counts["examples"]
    assert counts["must: legal"] > 0.5 * counts["examples"]
    assert counts["instances rewritten: must"] > 0.5 * counts["examples"]
    assert counts["exact constants"] > 0.1 * counts["examples"]
    assert counts["no test"] < 0.05 * counts["examples"]
    assert counts["elements not compared"] < 0.05 * counts["elements"]


def passes_of(plugin: str) -> list[RewritePass]:
    registry = Registry({})
    registry.load(str(ROOT / "examples" / plugin))
    return fuzz_rules.with_rules(registry.passes.values())


@pytest.mark.parametrize("plugin", ["drop_mul_by_one.py", "relu_behind_max_pool.py"])
def test_rules_of_a_plugin(plugin: str) -> None:
    checker = Checker()
    assert fuzz_rules.fuzz(60, 600, 0, checker, passes=passes_of(plugin)) is None
    assert checker.counts["instances rewritten: must"] > 40


def test_a_wrong_rule_of_a_plugin_is_found() -> None:
    """The rule ignores mean and var, and puts alpha = beta = 1 in."""
    passes = passes_of("backward_fold_scale_axis_to_gemm.py")
    found = fuzz_rules.fuzz(60, 600, 0, Checker(), passes=passes, shrink=False)
    assert found is not None
    assert "was" in found


def test_doors() -> None:
    result = fuzz_doors.fuzz(ENOUGH, SECONDS, 0, fuzz_doors.seeds())
    print(fuzz_doors.report(result))
    assert not result.findings
    for kind in fuzz_doors.KINDS:
        # Some of what is damaged still gets through, so what lies behind the door is fuzzed too.
        assert result.counts[f"{kind}: exit code 0"] > 5
        assert result.counts[f"{kind}: exit code 1"] > 50


@pytest.mark.full
@pytest.mark.parametrize(
    "pass_", fuzz_rules.with_rules(ALL_PASSES), ids=lambda pass_: pass_.argument
)
def test_rules_for_long(pass_: RewritePass) -> None:
    checker = Checker()
    assert fuzz_rules.fuzz(10_000, 600, 1, checker, passes=[pass_]) is None
    # Each rule was applied to what was drawn for it.
    for rule in drawn(pass_.rules):
        assert checker.counts[f"{rule.name or pass_.argument}: rewritten"] > 20, rule.name


@pytest.mark.full
def test_doors_for_long() -> None:
    assert not fuzz_doors.fuzz(20_000, 600, 1_000_000, fuzz_doors.seeds()).findings
