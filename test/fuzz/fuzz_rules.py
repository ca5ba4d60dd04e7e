# SPDX-License-Identifier: Apache-2.0
"""Fuzz the rules of passes: hypothesis chooses models, `check_rule` says what must hold of each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

import onnx
from check_rule import Checker, Finding, NoTestError
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st
from hypothesis.control import current_build_context
from rule_models import Example, RuleModels

from onnx_opt.passes import ALL_PASSES
from onnx_opt.passes.rewriting import Pass, RewritePass

_BATCH = 500
"""Examples after which hypothesis starts afresh: it remembers all that it made."""


class _Drawn:
    """Choices that hypothesis makes, and shrinks."""

    def __init__(self) -> None:
        # Below the strategies, whose bookkeeping for each of the hundred choices would cost as much as the checks.
        self._data = current_build_context().data

    def integer(self, least: int, most: int) -> int:
        return self._data.draw_integer(least, most)


def with_rules(passes: Iterable[Pass]) -> list[RewritePass]:
    """Those that have rules; of one that does more, such as --canonicalize, the rules alone."""
    found = [pass_ for pass_ in passes if isinstance(pass_, RewritePass) and pass_.rules]
    return [pass_ if type(pass_) is RewritePass else _rules_alone(pass_) for pass_ in found]


def _rules_alone(pass_: RewritePass) -> RewritePass:
    return RewritePass(
        argument=pass_.argument, summary=pass_.summary, rules=pass_.rules, verb=pass_.verb
    )


def fuzz(
    examples_wanted: int,
    seconds: float,
    first_seed: int,
    checker: Checker,
    *,
    passes: Iterable[Pass] | None = None,
    shrink: bool = True,
) -> str | None:
    """Check examples until there are enough, or the time is over; give the first finding.

    passes: whose rules, by default those of all passes.  shrink: look for a smaller example of it, which may take
    minutes.
    """
    models = RuleModels(with_rules(ALL_PASSES if passes is None else passes))
    end = time.monotonic() + seconds
    batch = 0
    while checker.counts["examples"] < examples_wanted and time.monotonic() < end:
        wanted = min(_BATCH, examples_wanted - checker.counts["examples"])
        found = _batch(wanted, first_seed * 1_000_003 + batch, end, checker, models, shrink)
        if found is not None:
            return found
        batch += 1
    return None


def _batch(
    examples_wanted: int,
    batch_seed: int,
    end: float,
    checker: Checker,
    models: RuleModels,
    shrink: bool,
) -> str | None:
    failed: list[Example] = []

    @seed(batch_seed)
    @settings(
        max_examples=examples_wanted,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),  # pyright: ignore[reportArgumentType]
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(st.builds(lambda: models.draw(_Drawn())))
    def run(example: Example) -> None:
        if time.monotonic() > end and not failed:
            return
        try:
            checker.check(example)
        except NoTestError:
            checker.counts["no test"] += 1
            reject()
        except Exception:
            failed[:] = [example]
            raise

    try:
        run()
    except Exception as error:  # whatever the product raises is a finding
        kind = "" if isinstance(error, Finding) else f"{type(error).__name__}: "
        model = onnx.printer.to_text(failed[0].model) if failed else ""
        inputs = failed[0].inputs if failed else {}
        return f"{kind}{error}\n{model}\ninputs: {inputs}"
    return None


def report(counts: Counter[str]) -> str:
    """The counts, one a line."""
    return "\n".join(f"{count:9d}  {name}" for name, count in sorted(counts.items()))
