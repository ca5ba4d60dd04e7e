# SPDX-License-Identifier: Apache-2.0
"""What the emitted rules mean: their results compute what their sources do, whoever runs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from interpreter import computed, run
from test_drr import PASSES

from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.context import make_context
from onnx_opt.dialect.types import shape_of
from onnx_opt.exporter import export_model
from onnx_opt.passes.rewriting.terms import Value
from onnx_opt.upstream.constraints import environment, failing
from onnx_opt.upstream.drr import Pattern, patterns_of
from onnx_opt.upstream.instances import Instance, instances

PATTERNS = [
    pattern
    for pass_ in PASSES
    if pass_.argument != "fold-bn"  # All of its rules are those of its parts.
    for pattern in patterns_of([pass_])
]
WRONG = [pattern for pattern in PATTERNS if pattern.name.startswith("BackwardFold")]
PATTERNS = [pattern for pattern in PATTERNS if pattern not in WRONG]


@pytest.fixture
def _context() -> Iterator[None]:
    with make_context(), ir.Location.unknown():
        yield


def fitting(pattern: Pattern) -> Instance:
    """The first instance on which all conditions of the pattern hold."""
    return next(
        instance for instance in instances(pattern.source) if not failing(pattern.source, instance)
    )


def both_sides(pattern: Pattern) -> tuple[Any, Any]:
    """What the source and the result compute on the first instance."""
    instance = fitting(pattern)
    env = environment(pattern.source, instance)
    rng = np.random.default_rng(1)
    arrays = {
        pattern.source.names[term]: rng.integers(-8, 9, shape_of(value.type)).astype(np.float32)
        for term, value in instance.values.items()
        if isinstance(term, Value)
    }
    model = export_model(instance.module)
    feeds = dict(zip([given.name for given in model.graph.input], arrays.values(), strict=True))
    return run(model, feeds), computed(pattern, env, arrays)


@pytest.mark.usefixtures("_context")
@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)
def test_the_result_computes_what_the_source_does(pattern: Pattern) -> None:
    source, result = both_sides(pattern)
    assert result.shape == source.shape and result.dtype == source.dtype
    # The numbers of instances are small integers, but for what is divided in between.
    np.testing.assert_allclose(result, source, rtol=16 * float(np.finfo(np.float32).eps), atol=1e-5)


@pytest.mark.usefixtures("_context")
@pytest.mark.parametrize("pattern", WRONG, ids=lambda pattern: pattern.name)
def test_a_wrong_rule_stays_wrong(pattern: Pattern) -> None:
    """So that the test above means something: what is asked there of the rule of #3131."""
    try:
        source, result = both_sides(pattern)
    except Exception as error:
        assert "Dimension mismatch" in str(error)  # transA became 0
    else:
        assert not np.allclose(result, source, rtol=0.01)
