# SPDX-License-Identifier: Apache-2.0
"""Each rule of each pass has a function in a lit file, below `// RULE: <name>`, where it fires; each condition one where not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import onnx_opt.passes
from onnx_opt.dialect import Diagnostic, make_context, parse
from onnx_opt.passes import STEMS, fold_bn
from onnx_opt.passes.rewriting import RewritePass

LIT = Path(__file__).parents[1] / "lit" / "passes"
MARK = re.compile(r"^// RULE: (\S+)\n(?=(?://.*\n)*func\.func )", re.MULTILINE)
PASSES = {
    stem: pass_
    for stem in STEMS
    if isinstance(pass_ := getattr(onnx_opt.passes, stem).PASS, RewritePass)
}


def sections(negative: bool) -> Iterator[tuple[str, str]]:
    """The sections of all files of a pass, with its stem: the longest that the file's name begins with."""
    for file in sorted(LIT.glob("*.mlir")):
        stems = [stem for stem in PASSES if file.stem.startswith(stem)]
        if stems and ("negative" in file.stem) == negative:
            for section in file.read_text().split("// -----\n"):
                yield max(stems, key=len), section


MARKED = [
    (stem, section, names) for stem, section in sections(False) if (names := MARK.findall(section))
]


def fired(pass_: RewritePass, text: str) -> set[str]:
    """The rules that rewrite something of a section."""
    module = parse(text, context=make_context())
    remarks: list[Diagnostic] = []
    pass_.run(module.operation, None, remarks.append)
    found = [each.message for each in remarks if each.message.startswith(f"{pass_.verb} ")]
    return {
        match.group(1) if (match := re.search(r"\[(\S+)\]$", message)) else pass_.argument
        for message in found
    }


@pytest.mark.parametrize(
    ("stem", "section", "names"), MARKED, ids=[" ".join(names) for _, _, names in MARKED]
)
def test_a_rule_fires_where_it_is_said_to(stem: str, section: str, names: list[str]) -> None:
    assert set(names) <= fired(PASSES[stem], section)
    if stem.startswith("fold_"):
        # All folds together have the same rules, but for one.
        assert set(names) - {"fold-bn-into-gemm"} <= fired(fold_bn.PASS, section)


def _patterns(pass_: RewritePass) -> list[str]:
    """The names of what a pass does in Python."""
    return [name for name in pass_.rule_names if name not in {rule.name for rule in pass_.rules}]


def test_each_rule_has_a_function() -> None:
    """--fold-bn has those of the others, which need no second one.  The patterns of --canonicalize have one each, too."""
    marked = {(stem, name) for stem, _, names in MARKED for name in names}
    covered = {
        rule
        for stem, pass_ in PASSES.items()
        for rule in pass_.rules
        if (stem, rule.name or pass_.argument) in marked
    }
    missing = [
        f"{stem}: {rule.name}"
        for stem, pass_ in PASSES.items()
        for rule in pass_.rules
        if rule not in covered
    ]
    assert missing == []
    named = {name for stem, name in marked if stem == "canonicalize"}
    assert sorted(set(_patterns(PASSES["canonicalize"])) - named) == []
    assert sum(len(names) for _, _, names in MARKED) >= 58


REFUSALS = {
    **{f"{name}_scale has rank 0": f"{name}_scale has rank 1, not 0" for name in "aby"},
    **{f"{name}_zero is there": f"{name}_zero is absent" for name in "aby"},
    **{
        f"the elements of {name} are i8 or ui8": f"the elements of {name} are not i8 or ui8"
        for name in "ab"
    },
    "count(shape_of(axes), 0) = 0": "whether count(shape_of(axes), 0) = 0 is not known",
    "the Conv does not pad": "the Conv pads X",
    "the elements of X are f16 or f32 or f64 or bf16": "the elements of X are not f16 or f32 or f64 or bf16",
    "B has rank 2 or more": "B has rank 1, less than 2",
    "X has rank 2 or more": "X has rank 1, less than 2",
}
"""What a remark says where a condition of a fold does not hold."""


def test_each_condition_has_a_function_where_it_does_not_hold() -> None:
    negative = "".join(section for _, section in sections(True))
    wanted = {
        f"not {pass_.verb}: {REFUSALS[condition.sentence]} [{rule.name}]"
        for stem, pass_ in PASSES.items()
        # The remarks of the others do not say it so.
        if stem not in ("canonicalize", "constprop_onnx")
        for rule in pass_.rules
        for condition in rule.conditions
    }
    assert wanted
    assert sorted(each for each in wanted if each not in negative) == []
