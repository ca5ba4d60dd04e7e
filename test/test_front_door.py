# SPDX-License-Identifier: Apache-2.0
"""What meets a visitor first names only what there is: flags, files, names, exit codes, commands, versions."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

import onnx_opt
from onnx_opt import cli
from onnx_opt.flags import BY_NAME
from onnx_opt.passes import BY_ARGUMENT
from onnx_opt.passes.options import OF_FLAGS

ROOT = Path(__file__).resolve().parent.parent
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
HOOKS = ROOT / ".pre-commit-config.yaml"
PICTURE = ROOT / "docs" / "images" / "pipeline.svg"
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "docs" / "stability.md",
    ROOT / ".github" / "PULL_REQUEST_TEMPLATE.md",
    *FORMS,
]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def spans(page: Path) -> list[str]:
    """What stands between backticks in the prose of a page."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", prose)


def flags(text: str) -> set[str]:
    return set(re.findall(r"(?:^|[ (])--([a-z][\w-]*)", text))


def table(page: Path, heading: str) -> list[list[str]]:
    """The rows of the table whose first cell is `heading`."""
    _, found, rest = page.read_text().partition(f"| {heading} |")
    assert found, heading
    rows = rest.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_flags_exist(page: Path) -> None:
    known = {*BY_NAME, *BY_ARGUMENT, *OF_FLAGS, "drop-mul-by-one"}
    used = {flag for span in spans(page) for flag in flags(span)}
    # Those of MLIR's that the README names as examples.
    assert used - known - {"symbol-dce", "inline"} == set()
    assert used


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_files_exist(page: Path) -> None:
    for span in spans(page):
        if re.fullmatch(r"\.?\w[\w.-]*(/[\w.-]+)+|[A-Z]+\.md", span):
            assert (ROOT / span).exists(), span


def test_the_picture_is_one_and_shows_flags_that_exist() -> None:
    root = ElementTree.parse(PICTURE).getroot()
    text = " ".join(root.itertext())
    used = flags(text)
    assert root.tag.endswith("svg") and len(used) == 3
    assert used <= BY_NAME.keys()


def test_the_first_screen_says_what_was_measured() -> None:
    (row,) = (
        row
        for row in table(ROOT / "docs" / "performance.md", "Peak memory, MB")
        if row[0].endswith("external")
    )
    assert f"**A gigabyte in {row[1]} MB.**" in (ROOT / "README.md").read_text()


def test_public_names_are_those_of_the_package() -> None:
    page = (ROOT / "docs" / "stability.md").read_text()
    listed = page.split("<!-- names: onnx_opt -->\n")[1].split("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", listed)) == sorted(onnx_opt.__all__)


def test_commands_are_those_of_the_package() -> None:
    rows = dict(table(ROOT / "docs" / "stability.md", "What"))
    scripts = (ROOT / "pyproject.toml").read_text().split("[project.scripts]\n")[1].split("\n\n")[0]
    assert re.findall(r"`(.*?)`", rows["commands"]) == re.findall(r"^([\w-]+) =", scripts, re.M)


def test_exit_codes_are_those_of_the_command() -> None:
    rows = dict(table(ROOT / "docs" / "stability.md", "Exit code"))
    codes = (cli.EXIT_OK, cli.EXIT_ERROR, cli.EXIT_BUG)
    assert list(rows) == [*map(str, codes), "128 + n"]
    assert str(cli.EXIT_NO_READER) in rows["128 + n"] and "130" in rows["128 + n"]


def test_every_python_is_tested() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    supported = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', project)
    (matrix,) = re.findall(r"python: \[(.*)\]", WORKFLOW.read_text())
    assert re.findall(r'"(.*?)"', matrix) == supported
    assert (
        f"Python {supported[0]} to {supported[-1]} on" in (ROOT / "docs/stability.md").read_text()
    )


def test_the_workflow_runs_what_everybody_can_run() -> None:
    assert "      - run: .ci/run\n" in WORKFLOW.read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_hooks_are_what_contributing_says() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    lint = contributing.split("<!-- ci: lint -->\n```sh\n")[1].split("\n```")[0]
    entries = re.findall(r"^ +entry: (.*)$", HOOKS.read_text(), re.M)
    assert set(lint.split(" && ")) < set(entries)
    (other,) = set(entries) - set(lint.split(" && "))
    command, *_, path = other.split()
    assert shutil.which(Path(command).name) or (ROOT / command).exists()
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("form", FORMS, ids=relative)
def test_forms_ask_for_a_reduced_module_and_the_version(form: Path) -> None:
    text = form.read_text()
    fields = {
        match["id"]: match[0]
        for match in re.finditer(r"  - type: \w+\n    id: (?P<id>\w+)\n(?:    .*\n|\n)*", text)
    }
    assert len(fields) == text.count("  - type:"), "an id for each, and none twice"
    (module,) = (field for field in fields.values() if "reduced module" in field.lower())
    for field in (module, fields["version"]):
        assert "required: true" in field
    assert "--reduce" in module
    assert "`onnx-opt --version`" in fields["version"]


def test_the_first_command_runs_the_main_job_and_the_second_the_tests() -> None:
    commands = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    first, second = commands[:2]
    assert first.rstrip().endswith("onnx-opt examples/gemm_bn.mlir --fold-bn-into-gemm")
    assert second.rstrip().endswith("pytest")
