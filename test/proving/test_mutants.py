# SPDX-License-Identifier: Apache-2.0
"""Every mutant of the mutation tests that changes a rule's algebra is refuted, without a model and without the fuzzer."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from onnx_opt.passes.rewriting import RewritePass, Rule
from onnx_opt.proving.hypotheses import Hypotheses
from onnx_opt.proving.judging import Judge
from onnx_opt.proving.normal_forms import Proven, prove_for_all_sizes
from onnx_opt.proving.sampling import sample

ROOT = Path(__file__).resolve().parents[2]


def load(name: str, path: Path, source: str) -> ModuleType:
    """A module of this source, which believes to lie at `path`."""
    spec = importlib.util.spec_from_loader(name, loader=None, origin=str(path))
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(source, str(path), "exec"), module.__dict__)
    return module


def mutants() -> list[Any]:
    """Those of files of rules."""
    path = ROOT / "test" / "mutation" / "test_mutation.py"
    found = load("mutants_of_rules", path, path.read_text()).MUTANTS
    return [
        pytest.param(mutant, id=mutant.name.replace(" ", "-"))
        for mutant in found
        if Path(mutant.file).parent == Path("passes")
    ]


@pytest.mark.parametrize("mutant", mutants())
def test_both_judges_notice(mutant: Any) -> None:
    path = ROOT / mutant.file
    source = path.read_text()
    assert source.count(mutant.old) == 1
    changed = load(
        f"onnx_opt.passes.mutant_{path.stem}", path, source.replace(mutant.old, mutant.new)
    )
    found = changed.PASS
    assert isinstance(found, RewritePass)
    assert any(map(refuted, found.rules))
    assert not all(isinstance(prove_for_all_sizes(rule), Proven) for rule in found.rules)


def refuted(rule: Rule) -> bool:
    found = sample(Judge(rule), Hypotheses(rule.conditions), cases=24, seconds=5)
    return found.difference is not None
