# SPDX-License-Identifier: Apache-2.0
"""The text of a pass pipeline, as a tree and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onnx_opt.errors import CommandError
from onnx_opt.pipeline.syntax import Nest, PassElement, parse_pipeline


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("builtin.module()", Nest("builtin.module")),
        ("builtin.module(cse)", Nest("builtin.module", (PassElement("cse"),))),
        ("any(cse{})", Nest("any", (PassElement("cse"),))),
        ("((cse))", Nest("any", (Nest("any", (PassElement("cse"),)),))),
        (
            " builtin.module ( cse , func.func( a{x=1} ,b ) ) ",
            Nest(
                "builtin.module",
                (
                    PassElement("cse"),
                    Nest("func.func", (PassElement("a", "x=1"), PassElement("b"))),
                ),
            ),
        ),
        (
            "any(inline{op-pipelines=func.func(canonicalize{top-down=1}) x='}'})",
            Nest(
                "any",
                (PassElement("inline", "op-pipelines=func.func(canonicalize{top-down=1}) x='}'"),),
            ),
        ),
    ],
)
def test_reads(text: str, tree: Nest) -> None:
    assert parse_pipeline(text) == tree


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "column 1: expected the name of a pass"),
        ("cse", "--pass-pipeline='builtin.module(cse)'"),
        ("any(", "column 5: expected the name of a pass"),
        ("any(cse", "column 4: the '(' is never closed"),
        ("any(a(b)", "column 4: the '(' is never closed"),
        ("any(cse))", "column 9: a ')' too many"),
        ("any(cse)x", "column 9: unexpected 'x' after the pipeline"),
        ("any(,cse)", "column 5: expected the name of a pass"),
        ("any(cse,)", "column 9: expected the name of a pass"),
        ("any(cse;a)", "column 8: expected ',' or ')', not ';'"),
        ("any(cse{a='}')", "column 8: the '{' is never closed"),
        ("any(cse{a}b)", "column 11: expected ',' or ')', not 'b'"),
        ("any(" * 100_000, "nested too deeply"),
    ],
)
def test_says_where_the_mistake_is(text: str, said: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_pipeline(text)
    assert said in str(caught.value)


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,5}(\.[a-z]+)?", fullmatch=True)
OPTIONS = st.text(st.sampled_from("ab=1 ,(.-"), max_size=6).map(str.strip)
ELEMENTS = st.recursive(
    st.builds(PassElement, NAMES, OPTIONS),
    lambda inner: st.builds(Nest, NAMES, st.lists(inner, max_size=3).map(tuple)),
    max_leaves=8,
)


@given(st.builds(Nest, NAMES, st.lists(ELEMENTS, max_size=4).map(tuple)))
def test_reads_what_it_prints(tree: Nest) -> None:
    assert parse_pipeline(str(tree)) == tree


@given(st.text(st.sampled_from("ab.(){},='\" "), max_size=20))
def test_never_fails_otherwise(text: str) -> None:
    try:
        parse_pipeline(text)
    except CommandError as error:
        assert "\n" not in str(error)
