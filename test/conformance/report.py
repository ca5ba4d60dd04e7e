# SPDX-License-Identifier: Apache-2.0
"""Run every model of the corpus and write the table in docs/conformance.md.

    python test/conformance/report.py [--check]

--check: compare with the file instead of writing it.  The exit code is 1 if a model failed, or if the file is out of date.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

import onnx
from check import Outcome, check
from corpus import Case, folder_cases, node_cases
from runtime import Runtime

PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"
START, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def run(cases: tuple[Case, ...]) -> dict[str, dict[str, Outcome]]:
    """Outcomes by family and name."""
    runtime = Runtime()
    outcomes: dict[str, dict[str, Outcome]] = defaultdict(dict)
    for number, case in enumerate(cases, start=1):
        try:
            outcome = check(case, runtime)
        except Exception as error:
            outcome = Outcome("failed", f"{type(error).__name__}: {error}")
        outcomes[case.family][case.name] = outcome
        if outcome.status == "failed":
            print(f"FAILED {case.name}: {outcome.reason}", flush=True)
        if number % 200 == 0:
            print(f"{number} of {len(cases)}", flush=True)
    runtime.close()
    return outcomes


def table(outcomes: dict[str, dict[str, Outcome]]) -> str:
    """The part of the page that is generated."""
    lines = [
        f"Corpus of onnx {onnx.__version__}.",
        "",
        "| Models | Number | Passed | run by onnxruntime | run by ReferenceEvaluator | not run | Refused | Failed |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for family, found in outcomes.items():
        lines.append(_row(family, list(found.values())))
    lines.append(
        _row("**all**", [outcome for found in outcomes.values() for outcome in found.values()])
    )
    lines += ["", *_listed("Refused", outcomes, "refused"), *_not_run(outcomes)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(title: str, outcomes: list[Outcome]) -> str:
    status = Counter(outcome.status for outcome in outcomes)
    engine = Counter(outcome.engine for outcome in outcomes if outcome.status == "passed")
    cells = (
        len(outcomes), status["passed"], engine["onnxruntime"], engine["reference evaluator"], engine[""],
        status["refused"], status["failed"],
    )  # fmt: skip
    return f"| {title} | " + " | ".join(map(str, cells)) + " |"


def _listed(title: str, outcomes: dict[str, dict[str, Outcome]], status: str) -> list[str]:
    rows = [
        f"- `{name}`: {outcome.reason}"
        for found in outcomes.values()
        for name, outcome in found.items()
        if outcome.status == status
    ]
    return [f"{title}:", "", *(rows or ["- none"]), ""]


def _not_run(outcomes: dict[str, dict[str, Outcome]]) -> list[str]:
    names = sorted(
        name
        for found in outcomes.values()
        for name, outcome in found.items()
        if outcome.status == "passed" and not outcome.engine
    )
    lines = [
        "Passed, but not run, because no runtime gives the stored outputs for the original model either:",
        "",
    ]
    return [*lines, *([f"- `{name}`" for name in names] or ["- none"]), ""]


def main() -> int:
    """Run the corpus; see the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="compare with the file instead of writing it"
    )
    arguments = parser.parse_args()
    outcomes = run((*node_cases(), *folder_cases()))
    page = PAGE.read_text()
    head, _, rest = page.partition(START)
    _, _, tail = rest.partition(END)
    made = f"{head}{START}{table(outcomes)}{END}{tail}"
    failed = sum(
        outcome.status == "failed" for found in outcomes.values() for outcome in found.values()
    )
    if arguments.check and made != page:
        print(f"{PAGE} is out of date")
        return 1
    if not arguments.check:
        PAGE.write_text(made)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
