# SPDX-License-Identifier: Apache-2.0
"""The documentation is true: what it shows is what happens, what it says to run runs.

Five kinds of fenced blocks are under test; the comment above a block says what it is:

1. `<!-- before -->`, `<!-- after -->`: the README's example and what onnx-opt prints for it.
2. `<!-- file: NAME -->`: a file of the reader's, written to a scratch folder.
3. ```` ```console ````: commands after `$ ` and what they print, run in that folder; a line `...` stands for any lines.
4. ```` ```pycon ````: Python, and what it prints, in that folder; the blocks of a document are one session.
5. ```` ```sh ````: set-up, which is run by .ci/run; `<!-- ci: NAME -->` says where.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FRONT = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
DOCS = [*FRONT, *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    """A fenced block: the comment above it ("" for none), its language, its text."""

    mark: str
    language: str
    text: str


def blocks(document: Path) -> list[Block]:
    found = FENCE.finditer(document.read_text())
    return [Block(match["mark"] or "", match["language"], match["text"]) for match in found]


def marked(document: Path, mark: str) -> str:
    (text,) = [block.text for block in blocks(document) if block.mark == mark]
    return text


def run(command: str, folder: Path) -> str:
    """What `command` prints to stdout and stderr, with the tools of this environment."""
    tools = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": os.pathsep.join(tools)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def agrees(expected: str, actual: str) -> bool:
    """Whether `actual` is `expected`, where a line `...` of it stands for any number of lines."""
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", expected, flags=re.M)]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), actual) is not None


def test_readme_before_is_the_example() -> None:
    example = (ROOT / "examples" / "gemm_bn.mlir").read_text()
    code = "".join(line for line in example.splitlines(keepends=True) if not line.startswith("//"))
    assert marked(ROOT / "README.md", "before").strip() == code.strip()


def test_readme_after_is_what_onnx_opt_prints() -> None:
    printed = run("onnx-opt gemm_bn.mlir --fold-bn-into-gemm", ROOT / "examples")
    assert marked(ROOT / "README.md", "after") == printed


def test_readme_lists_all_passes() -> None:
    from onnx_opt.passes import ALL_PASSES

    rows = re.findall(r"^\| `--([\w-]+)` \| (.+) \|$", (ROOT / "README.md").read_text(), re.M)
    assert rows == [(pass_.argument, pass_.summary) for pass_ in ALL_PASSES]


def test_the_page_of_passes_is_what_explain_prints() -> None:
    """To write it anew: `python test/test_docs.py`."""
    assert (ROOT / "docs" / "passes.md").read_text() == page_of_passes()


def page_of_passes() -> str:
    from onnx_opt.passes import ALL_PASSES
    from onnx_opt.passes.canonicalize import PASS as CANONICALIZE
    from onnx_opt.passes.rewriting import RewritePass
    from onnx_opt.passes.rewriting.explain import explain

    parts = [
        "# The passes",
        "What `onnx-opt --explain=<pass>` prints for each pass. A rule says what stands before and what stands after `=`, in ONNX's ops\n"
        "and arithmetic; new constants are computed in float64 and rounded once. Every rule is proven (`--prove`); of what\n"
        f"`--canonicalize` does, {len(CANONICALIZE.rules)} of {len(CANONICALIZE.rule_names)} are rules.",
    ]
    owner: dict[object, str] = {}
    for pass_ in sorted(ALL_PASSES, key=lambda pass_: len(pass_.rule_names)):
        for rule in pass_.rules if isinstance(pass_, RewritePass) else ():
            owner.setdefault(rule, pass_.argument)
    for pass_ in ALL_PASSES:
        others: list[str] = []
        own = pass_
        if isinstance(pass_, RewritePass):
            homes = [owner[rule] for rule in pass_.rules]
            others = [f"`{home}`" for home in dict.fromkeys(homes) if home != pass_.argument]
            rules = tuple(rule for rule in pass_.rules if owner[rule] == pass_.argument)
            own = replace(pass_, before=None, after=None, rules=rules)
        parts += [f"## {pass_.argument}", f"```text\n{explain(own)}```"]
        if others:
            parts.append(f"And all rules of {', '.join(others)}.")
    return "\n\n".join(parts) + "\n"


@pytest.mark.parametrize("document", DOCS, ids=lambda document: document.name)
def test_commands_print_what_the_text_says(document: Path, tmp_path: Path) -> None:
    for block in blocks(document):
        if block.mark.startswith("file: "):
            (tmp_path / block.mark.removeprefix("file: ")).write_text(block.text)
        if block.language != "console":
            continue
        assert block.text.startswith("$ "), block.text
        for step in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
            command, _, expected = step.partition("\n")
            actual = run(command, tmp_path)
            assert agrees(expected, actual), f"$ {command}\n{actual}"


@pytest.mark.parametrize(
    "document",
    [each for each in DOCS if "```pycon" in each.read_text()],
    ids=lambda each: each.name,
)
def test_python_prints_what_the_text_says(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = blocks(document)
    for block in found:
        if block.mark.startswith("file: "):
            (tmp_path / block.mark.removeprefix("file: ")).write_text(block.text)
    session = "\n".join(block.text for block in found if block.language == "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, document.name, None, None)
    told: list[str] = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    ran = doctest.DocTestRunner(optionflags=flags).run(test, out=told.append)
    assert ran.attempted and not ran.failed, "".join(told)


@pytest.mark.parametrize("document", DOCS, ids=lambda document: document.name)
def test_set_up_commands_are_run_by_ci(document: Path) -> None:
    script = (ROOT / ".ci" / "run").read_text()
    for block in blocks(document):
        if block.language == "sh":
            assert block.mark.startswith("ci: "), block.text
            call = f"run_block {document.relative_to(ROOT).as_posix()} {block.mark.removeprefix('ci: ')}"
            assert re.search(rf"^{re.escape(call)}\b", script, re.M), call


@pytest.mark.parametrize("document", DOCS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


if __name__ == "__main__":
    (ROOT / "docs" / "passes.md").write_text(page_of_passes())
