# SPDX-License-Identifier: Apache-2.0
"""onnx-mlir's own lit suite, with onnx-opt standing for onnx-mlir-opt and for the importer, section by section.

    python test/corpus/peer.py CHECKOUT [--only PART] [--check]

CHECKOUT: of onnx-mlir.  Every section of a file below test/mlir/onnx whose RUN lines name onnx-mlir-opt or `--EmitONNX*`
becomes a file of its own, with the RUN lines as they are written, and lit runs them; nothing is replaced but the name of the
tool.  `not --crash` becomes `not`: what ends the compiler by an assertion is an error with exit code 1 here.

Writes the tables of docs/onnx-mlir.md.  --only: of files with this in their name; prints what fails, and writes nothing.
--check: exit 1 if a section fails that has no reason in `reasons.py`, or passes that has one.  Needs LLVM's FileCheck.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reasons import REASONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "onnx-mlir.md"
BEGIN, END = "<!-- sections: begin -->\n", "<!-- sections: end -->\n"

_MARKER = re.compile(r"^// -----.*$", re.M)
_RUN = re.compile(r"^\s*(?://|#)\s*RUN:(.*)$", re.M)
_CONTINUED = re.compile(r"\\\n\s*(?://|#)\s*RUN:")
_FLAG = re.compile(r"(?<![\w-])--?[\w-]+(?:=(?:'[^']*'|\"[^\"]*\"|\S+))?")
_NO_PASS = ("split-input-file", "verify-diagnostics", "printIR", "EmitONNXBasic", "print-debuginfo")
_TEXT_MODELS = (".onnxtext", ".json")

_SETTINGS = """\
import lit.formats
config.name = "onnx-mlir"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".onnxtext", ".json"]
config.test_source_root = config.test_exec_root = {folder!r}
config.environment["PATH"] = {path!r}
config.substitutions += [
    (r"(?<![-./\\w])onnx-mlir(-opt)?(?![-./\\w])", {tool!r}),
    (r"(?<![-./\\w])not --crash(?![-./\\w])", "not"),
    (r"(?<![-./\\w])FileCheck(?![-./\\w])", {checker!r}),
]
"""


@dataclass(frozen=True)
class Section:
    """A section of one of onnx-mlir's test files.

    file: relative to test/mlir/onnx.  index: among the file's sections.  name: of its first function, or of the file.
    runs: commands.  passed: None before it was run.  output: of lit.
    """

    file: str
    index: int
    name: str
    runs: tuple[str, ...]
    text: str
    passed: bool | None = None
    output: str = ""

    @property
    def key(self) -> str:
        """What `reasons.py` calls it."""
        return f"{self.file}:{self.name}"

    @property
    def pipeline(self) -> str:
        """What its RUN lines ask for, as a row of the table."""
        if self.file.endswith(_TEXT_MODELS):
            return "importer"
        return " / ".join(dict.fromkeys(map(_passes, self.runs))) or "no pass: verifier, printer"


def _passes(run: str) -> str:
    flags = [re.sub("^--?", "--", flag) for flag in _FLAG.findall(run.split("|")[0])]
    return " ".join(flag for flag in flags if not any(word in flag for word in _NO_PASS))


def sections(root: Path, only: str = "") -> Iterator[Section]:
    """The sections below test/mlir/onnx that are about the tools that onnx-opt stands for."""
    for path in sorted(root.rglob("*")):
        if path.suffix not in (".mlir", *_TEXT_MODELS) or only not in path.name:
            continue
        text = path.read_text()
        runs = [run.strip() for run in _RUN.findall(_CONTINUED.sub(" ", text))]
        if not any("onnx-mlir-opt" in run or "EmitONNX" in run for run in runs):
            continue
        file = path.relative_to(root).as_posix()
        parts = _MARKER.split(text) if path.suffix == ".mlir" else [text]
        for index, part in enumerate(parts):
            if path.suffix == ".mlir" and not re.search(r"func\.func|onnx\.", part):
                continue
            function = re.search(r"func\.func (?:private )?@([\w$.-]+)", part)
            name = function[1] if function else f"#{index}" if len(parts) > 1 else path.stem
            yield Section(file, index, name, tuple(runs), part)


def _commands(section: Section) -> Iterator[str]:
    """The RUN lines; FileCheck is not asked where nothing is to be checked, as it would be in the whole file."""
    for run in section.runs:
        prefixes = re.findall(r"--?check-prefix(?:es)?[= ](\S+)", run) or ["CHECK"]
        words = "|".join(re.escape(word) for prefix in prefixes for word in prefix.split(","))
        has_checks = re.search(rf"\b(?:{words})(?:-[A-Z-]+)?(?:\{{.*\}})?:", section.text)
        yield run if has_checks else re.sub(r"\|\s*FileCheck\b.*", "", run)


def write_suite(found: Sequence[Section], folder: Path) -> dict[str, Section]:
    """A file for each section; gives the sections by the names that lit gives them."""
    by_name: dict[str, Section] = {}
    for section in found:
        path = Path(section.file)
        name = f"{path.stem}.{section.index}{path.suffix}"
        runs = "".join(f"// RUN: {command}\n" for command in _commands(section))
        text = _RUN.sub("//", _CONTINUED.sub(" ", section.text))
        (folder / name).write_text(runs + text)
        by_name[name] = section
    return by_name


def run(found: Sequence[Section], data: Path) -> list[Section]:
    """What lit says of the sections.  data: the folder beside which the models' files of weights lie."""
    scripts = sysconfig.get_path("scripts")
    tools = os.pathsep.join([scripts, os.environ["PATH"]])
    checker = file_check(tools)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "suite"
        folder.mkdir()
        for file in data.glob("*.external"):
            shutil.copy(file, folder)
        by_name = write_suite(found, folder)
        settings = _SETTINGS.format(
            folder=str(folder),
            path=tools,
            tool=shutil.which("onnx-opt", path=tools),
            checker=checker,
        )
        (folder / "lit.cfg.py").write_text(settings)
        results = Path(scratch) / "results.json"
        lit = [
            shutil.which("lit", path=tools) or "lit",
            "-q",
            "--ignore-fail",
            "-o",
            str(results),
            str(folder),
        ]
        subprocess.run(lit, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tests = json.loads(results.read_text())["tests"]
    ran = []
    for test in tests:
        section = by_name[test["name"].partition(" :: ")[2]]
        ran.append(replace(section, passed=test["code"] == "PASS", output=test["output"]))
    if len(ran) != len(found):
        raise SystemExit(f"lit ran {len(ran)} of {len(found)} sections")
    return sorted(ran, key=lambda section: (section.file, section.index))


def file_check(path: str) -> str:
    """LLVM's FileCheck, of whatever version."""
    names = (
        f"FileCheck{version}" for version in ("", *(f"-{number}" for number in range(40, 13, -1)))
    )
    found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    if found is None:
        raise SystemExit("LLVM's FileCheck is not installed (Debian and Ubuntu: llvm-*-tools)")
    return found


def tables(ran: Sequence[Section]) -> str:
    """The part of the page that is generated."""
    rows: dict[str, list[Section]] = {}
    for section in ran:
        rows.setdefault(section.pipeline, []).append(section)
    lines = ["| Pipeline | Sections | Passed |", "|---|--:|--:|"]
    for pipeline, group in sorted(rows.items(), key=lambda row: (-len(row[1]), row[0])):
        shown = pipeline.replace("|", "\\|")
        lines.append(f"| `{shown}` | {len(group)} | {sum(bool(s.passed) for s in group)} |")
    lines.append(f"| **all** | {len(ran)} | {sum(bool(s.passed) for s in ran)} |")
    lines += ["", "What does not pass, and why:", ""]
    failing: dict[str, dict[str, list[str]]] = {}
    for section in ran:
        if not section.passed:
            reason = REASONS.get(section.key, "not looked at yet")
            failing.setdefault(section.file, {}).setdefault(reason, []).append(section.name)
    lines += ["| File | Sections | Why |", "|---|---|---|"]
    for file, reasons in failing.items():
        for reason, names in reasons.items():
            lines.append(f"| `{file}` | {', '.join(f'`{name}`' for name in names)} | {reason} |")
    return "\n".join(lines) + "\n"


def disagreements(ran: Sequence[Section]) -> list[str]:
    """Sections that fail without a reason, and reasons of sections that pass."""
    states: dict[str, bool] = {}
    for section in ran:
        states[section.key] = states.get(section.key, True) and bool(section.passed)
    fails = [f"{key} fails" for key, passed in states.items() if not passed and key not in REASONS]
    return fails + [f"{key} passes, but has a reason not to" for key in REASONS if states.get(key)]


def main() -> int:
    """Run the suite; see the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--only", default="", help="part of a file's name")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    root = arguments.checkout / "test" / "mlir" / "onnx"
    ran = run(list(sections(root, arguments.only)), root / "parse")
    if arguments.only:
        for section in ran:
            if not section.passed:
                print(f"{section.key}\n{section.output}")
        print(f"{sum(bool(section.passed) for section in ran)} of {len(ran)}")
        return 0
    text = PAGE.read_text()
    head, _, rest = text.partition(BEGIN)
    made = head + BEGIN + tables(ran) + END + rest.partition(END)[2]
    if arguments.check:
        print("\n".join(disagreements(ran)))
        return int(bool(disagreements(ran)))
    PAGE.write_text(made)
    print(f"{sum(bool(section.passed) for section in ran)} of {len(ran)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
