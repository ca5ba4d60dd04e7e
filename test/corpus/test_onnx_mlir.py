# SPDX-License-Identifier: Apache-2.0
"""onnx-mlir's own tests as a corpus: all that is valid there parses, verifies and prints to a fixed point here.

Needs a checkout of onnx-mlir: `ONNX_OPT_CORPUS=.../onnx-mlir/test/mlir pytest test/corpus -s`.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from onnx_opt.dialect import Diagnostic, DiagnosticError, make_context, parse, to_text, verify

CORPUS = os.environ.get("ONNX_OPT_CORPUS")
MARKER = re.compile(r"^// -----.*\n", re.M)
FOREIGN = "is of a dialect that is not registered"

REJECTED_WITH_REASON = {
    # Gemm with an A of rank 3: ONNX forbids that, onnx-mlir's verifier does not look.
    "test_gemm_add_fusion_rank3",
}


@dataclass(frozen=True)
class Section:
    """What stands between two `// -----` lines of a file that is to be split there, or a whole file."""

    file: Path
    first_line: int
    text: str

    @property
    def expects_errors(self) -> bool:
        return "expected-error" in self.text

    @property
    def functions(self) -> set[str]:
        return set(re.findall(r"func\.func (?:private )?@(\w+)", self.text))

    def __str__(self) -> str:
        return f"{self.file}:{self.first_line}"


def sections(root: Path) -> Iterator[Section]:
    """The sections below test/mlir/onnx and test/mlir/conversion/onnx_to_*."""
    folders = [root / "onnx", *sorted((root / "conversion").glob("onnx_to_*"))]
    for file in sorted(file for folder in folders for file in folder.rglob("*.mlir")):
        text = file.read_text()
        run_lines = [line for line in text.splitlines() if "RUN:" in line]
        parts = [0, *(match.end() for match in MARKER.finditer(text))]
        if not any("split-input-file" in line for line in run_lines):
            parts = [0]
        for start, end in zip(parts, [*parts[1:], len(text)], strict=True):
            part = MARKER.sub("", text[start:end]) if len(parts) > 1 else text
            if "{" in re.sub(r"//[^\n]*", "", part):
                yield Section(file, text.count("\n", 0, start) + 1, part)


def outcome(section: Section) -> tuple[str, list[Diagnostic]]:
    """What becomes of a section: `valid`, `foreign` (valid but for unknown dialects) or `rejected`, and why."""
    kind = "valid"
    try:
        module = parse(
            section.text,
            context=make_context(),
            filename=str(section.file),
            first_line=section.first_line,
        )
        errors = verify(module)
        if errors and all(FOREIGN in error.message for error in errors):
            kind, errors = "foreign", verify(module, allow_unregistered_dialect=True)
        if errors:
            return "rejected", errors
        printed = to_text(module)
        assert to_text(parse(printed, context=make_context())) == printed, (
            f"{section}: no fixed point"
        )
    except DiagnosticError as error:
        return "rejected", list(error.diagnostics)
    return kind, []


@pytest.mark.skipif(
    not CORPUS, reason="ONNX_OPT_CORPUS does not name the test/mlir folder of an onnx-mlir checkout"
)
def test_every_valid_section(capsys: pytest.CaptureFixture[str]) -> None:
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    excused: set[str] = set()
    for section in sections(Path(CORPUS or "")):
        kind, errors = outcome(section)
        counts["all"] += 1
        if kind != "rejected":
            counts[
                kind
                + (" although it expects errors of a later pass" if section.expects_errors else "")
            ] += 1
        elif section.expects_errors:
            counts["rejected as expected"] += 1
        elif section.functions & REJECTED_WITH_REASON:
            excused |= section.functions & REJECTED_WITH_REASON
            counts["rejected with a reason"] += 1
        else:
            wrong.append(f"{section}: {errors[0]}")
    with capsys.disabled():
        print(
            "\nonnx-mlir's sections:",
            ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())),
        )
    assert wrong == []
    assert counts["all"] > 1000, "is this the test/mlir folder?"
    assert excused == REJECTED_WITH_REASON
