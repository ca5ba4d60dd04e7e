# SPDX-License-Identifier: Apache-2.0
"""MLIR's own passes, as far as the bindings let us ask."""

from __future__ import annotations

import os

import pytest

from onnx_opt.dialect.bindings import ir, passmanager
from onnx_opt.dialect.context import make_context
from onnx_opt.errors import CommandError
from onnx_opt.pipeline.symbol_regions import SYMBOL_PASSES, visible_to_symbol_tables
from onnx_opt.pipeline.upstream import UpstreamPasses
from onnx_opt.pipeline.upstream_names import PASS_NAMES


def test_where_a_pass_runs() -> None:
    passes = UpstreamPasses()
    assert passes.anchor_of("cse", "", "builtin.module") == "builtin.module"
    assert passes.anchor_of("affine-parallelize", "", "builtin.module") == "func.func"
    assert passes.anchor_of("no-such-pass", "", "builtin.module") is None


@pytest.mark.parametrize("name", ["cse(cse)", "cse,cse", "", "cse{}", "a b"])
def test_only_a_name_names_a_pass(name: str) -> None:
    assert UpstreamPasses().anchor_of(name, "", "builtin.module") is None


def test_wrong_options_say_nothing_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="'x' value invalid"):
        UpstreamPasses().anchor_of("inline", "max-iterations=x", "builtin.module")
    assert capfd.readouterr().err == ""
    os.write(2, b"still open")
    assert capfd.readouterr().err == "still open"


def test_most_names_of_the_table_are_known() -> None:
    # A new wheel may drop a few; if it drops many, the table wants to be made anew.
    assert len(UpstreamPasses().names()) > 0.8 * len(PASS_NAMES)
    assert len(set(PASS_NAMES)) == len(PASS_NAMES)


SCAN = """
func.func private @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Scan"(%x) <{num_scan_inputs = 1 : si64}> ({
  ^bb0(%a: tensor<2xf32>):
    %1 = "other.op"(%a) <{inner}> ({
      "other.end"() : () -> ()
    }) : (tensor<2xf32>) -> tensor<2xf32>
    "onnx.Yield"(%1) : (tensor<2xf32>) -> ()
  }) {onnx_node_name = "scan"} : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @g(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = call @f(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
"""


@pytest.mark.parametrize("argument", sorted(SYMBOL_PASSES))
def test_symbol_passes_run_over_unknown_regions(argument: str) -> None:
    with make_context() as context, ir.Location.unknown():
        module = ir.Module.parse(SCAN)
        before = {
            name: module.operation.get_asm().count(name)
            for name in ("num_scan_inputs", "inner", "scan")
        }
        manager = passmanager.PassManager.parse(f"builtin.module({argument})", context)
        with visible_to_symbol_tables(argument, module.operation):
            manager.run(module.operation)
        after = str(module.operation.get_asm())
        assert {name: after.count(name) for name in before} == before
        assert "second_region" not in after


def test_regions_are_restored_when_the_pass_fails() -> None:
    with make_context(), ir.Location.unknown():
        module = ir.Module.parse(SCAN)
        with (
            pytest.raises(ValueError, match="no"),
            visible_to_symbol_tables("inline", module.operation),
        ):
            assert "second_region" in str(module)
            raise ValueError("no")
        assert "second_region" not in str(module)
