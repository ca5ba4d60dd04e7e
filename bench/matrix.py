# SPDX-License-Identifier: Apache-2.0
"""The correctness matrix: every case of `matrix_cases` through onnx-opt and the other tools.

    python -m bench.matrix                                        prints onnx-opt's column
    python -m bench.matrix --python .venv-others/bin/python       with every tool that is installed there
    python -m bench.matrix --python ... --write                   writes docs/correctness.md and bench/matrix.json

A test compares onnx-opt's column with bench/matrix.json.
"""

from __future__ import annotations

import argparse
import json
import select
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, cast

import onnx

from bench.matrix_cases import all_cases
from bench.matrix_grading import Grade, grade
from bench.matrix_models import Case
from bench.matrix_tools import TOOLS

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "bench" / "matrix.json"
DOCUMENT = ROOT / "docs" / "correctness.md"
SECONDS = 60
_ONNX: Any = onnx
_NOT_IMPLEMENTED = (
    "NOT_IMPLEMENTED",
    "NotImplemented",
    "not supported",
    "Type Error",
    "INVALID_GRAPH",
)

Column = dict[str, Grade]


class _Child:
    """A process that runs one tool on numbered models."""

    def __init__(self, python: str, tool: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "bench.matrix_tools", tool, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        self.version = self._line()

    def _line(self) -> str:
        """The next line; empty if there is none within the time."""
        stream = cast("IO[str]", self._process.stdout)
        ready, _, _ = select.select([stream], [], [], SECONDS)
        return stream.readline().strip() if ready else ""

    def run(self, number: int) -> bool:
        """Whether the tool was done with a model, in time."""
        try:
            cast("IO[str]", self._process.stdin).write(f"{number}\n")
        except OSError:
            return False
        return self._line() == str(number)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def column(
    tool: str, cases: Sequence[Case], python: str = sys.executable
) -> tuple[str, Column] | None:
    """(version, grades) of a tool; None if it is not installed."""
    with tempfile.TemporaryDirectory(prefix="onnx-opt-matrix-") as scratch:
        folder = Path(scratch)
        child = _Child(python, tool, folder)
        version = child.version
        if not version:
            child.close()
            return None
        grades: Column = {}
        for number, case in enumerate(cases):
            _ONNX.save(case.model, folder / f"{number}.onnx")
            if not child.run(number):
                child.close()
                grades[case.name] = Grade("crash", why="the process died, or took too long")
                child = _Child(python, tool, folder)
                continue
            grades[case.name] = _graded(case, folder, number)
        child.close()
    return version, grades


def _graded(case: Case, folder: Path, number: int) -> Grade:
    error = folder / f"{number}.error"
    if error.exists():
        why = " ".join(error.read_text().replace(f"{folder}/", "").split())
        # An engine that lacks a kernel for a type has not been asked to fold anything.
        return Grade(
            "n/a" if any(word in why for word in _NOT_IMPLEMENTED) else "crash", why=why[:200]
        )
    return grade(case, _ONNX.load(folder / f"{number}.out.onnx"))


def shown(found: Grade) -> str:
    """A cell of the table."""
    if found.word == "folded" and found.ulps is not None:
        return f"folded {max(found.ulps):.3g}"
    return found.word if found.word in ("folded", "left", "n/a") else f"**{found.word}**"


def problems(cases: Sequence[Case], grades: Column) -> list[str]:
    """What onnx-opt's column must not hold."""
    found: list[str] = []
    for case in cases:
        cell = grades[case.name]
        wanted = "folded" if case.fold else "left"
        if cell.word != wanted:
            found.append(f"{case.name}: {cell.word}, not {wanted} {cell.why}")
        elif (
            cell.word == "folded"
            and case.weights is not None
            and (cell.ulps is None or max(cell.ulps) > 1)
        ):
            found.append(f"{case.name}: {cell.ulps} ulps")
    return found


def as_json(cases: Sequence[Case], grades: Column) -> str:
    """onnx-opt's column, as it is kept."""
    kept = {
        case.name: [cell.word, *(round(item, 3) for item in cell.ulps or ())]
        for case in cases
        for cell in [grades[case.name]]
    }
    return json.dumps(kept, indent=0) + "\n"


_INTRODUCTION = """\
# The correctness matrix

{count} cases, {fold} of which may be folded, through `onnx-opt --fold-bn` and what else there is: a BatchNormalization
after a Gemm, after or before each other linear op, and Mul, Div, Add and Sub in its place. Written by
`python -m bench.matrix --python <interpreter with the tools> --write`; a test fails when the column of onnx-opt gets
worse.

- **folded**: the BatchNormalization, or what stands in its place, is gone, and the model computes what it did. The
  number is the largest distance of a weight or bias from the fold done in float64 and rounded once, in units in the
  last place.
- **left**: it is still there, and the model computes what it did; right where nothing may be folded, else a chance
  missed.
- **wrong**: the model computes something else, for its inputs or for an initializer that a caller overrides. Both
  models are evaluated in float64; four roundings of every term, in the type of the model, are allowed.
- **invalid**: ONNX's checker refuses the model, or its inputs or outputs changed.
- **crash**: the tool raised an error, died, or took more than a minute.
- n/a: the engine cannot run the model as it was.
"""


def document(cases: Sequence[Case], columns: dict[str, tuple[str, Column]]) -> str:
    """docs/correctness.md."""
    lines = [_INTRODUCTION.format(count=len(cases), fold=sum(case.fold for case in cases))]
    words = (
        "folded",
        "left, and it has to be",
        "left, a chance missed",
        "wrong",
        "invalid",
        "crash",
        "n/a",
    )
    lines += ["| | " + " | ".join(words) + " |", "|---|" + "---:|" * len(words)]
    for tool, (version, grades) in columns.items():
        counts: Counter[str] = Counter()
        for case in cases:
            word = grades[case.name].word
            if word == "left":
                word = words[2] if case.fold else words[1]
            counts[word] += 1
        name = "onnx-opt" if tool == "onnx-opt" else f"{tool} {version}"
        lines.append(f"| {name} | " + " | ".join(str(counts[word] or "") for word in words) + " |")
    lines += [
        "",
        "onnxruntime with its basic level, which writes plain ONNX; onnxscript with `rewriter.rewrite` and",
        "`optimizer.optimize`; onnxoptimizer with its fusions and eliminations; onnxsim and onnxslim as they are",
        "called by default.",
        "",
        "| case | fold? | " + " | ".join(columns) + " |",
        "|---|---|" + "---|" * len(columns),
    ]
    for case in cases:
        cells = [shown(grades[case.name]) for _, grades in columns.values()]
        lines.append(
            f"| {case.name} | {'yes' if case.fold else 'no'} | " + " | ".join(cells) + " |"
        )
    lines += ["", "## What went wrong", ""]
    for tool, (_, grades) in columns.items():
        bad = [
            (name, cell)
            for name, cell in grades.items()
            if cell.word in ("wrong", "invalid", "crash")
        ]
        lines += [
            f"- {tool}, {name}: {cell.word}: `{cell.why.replace('`', '')}`" for name, cell in bad
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run what the command line asks for; exit code 1 if onnx-opt's column is not right."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", help="interpreter of an environment with the other tools")
    parser.add_argument(
        "--write", action="store_true", help="write docs/correctness.md and bench/matrix.json"
    )
    options = parser.parse_args()
    cases = all_cases()
    columns: dict[str, tuple[str, Column]] = {}
    for tool in TOOLS:
        python = sys.executable if tool == "onnx-opt" else options.python
        made = column(tool, cases, python) if python else None
        if made is not None:
            columns[tool] = made
            print(tool, made[0], dict(Counter(cell.word for cell in made[1].values())), flush=True)
    ours = columns["onnx-opt"][1]
    found = problems(cases, ours)
    print("\n".join(found) or f"onnx-opt: all {len(cases)} cases are right")
    if options.write:
        EXPECTED.write_text(as_json(cases, ours))
        DOCUMENT.write_text(document(cases, columns))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
