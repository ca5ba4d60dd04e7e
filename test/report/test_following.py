# SPDX-License-Identifier: Apache-2.0
"""Which op is which, before passes and after them."""

from __future__ import annotations

from onnx_opt.dialect import make_context, parse, to_text, verify
from onnx_opt.dialect.bindings import ir
from onnx_opt.passes import BY_ARGUMENT
from onnx_opt.report.comparison import Comparison, Pair
from onnx_opt.report.recording import Record, Recording
from onnx_opt.report.showing import gathered

TWO_GEMMS = """\
func.func @f(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = "onnx.Gemm"(%x, %b, %c) {onnx_node_name = "fc"} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %1 = "onnx.BatchNormalizationInferenceMode"(%0, %c, %c, %c, %c) {onnx_node_name = "bn"}
      : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = "onnx.Relu"(%1) {onnx_node_name = "relu"} : (tensor<1x2xf32>) -> tensor<1x2xf32>
  onnx.Return %2 : tensor<1x2xf32>
}
"""

TWINS = """\
func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Relu"(%x) {onnx_node_name = "a"} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Sum"(%0, %0, %0) {onnx_node_name = "b"} : (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %1 : tensor<2xf32>
}
"""


def parsed(text: str) -> ir.Module:
    module = parse(text, context=make_context(), filename="test.mlir")
    assert [str(error) for error in verify(module)] == []
    return module


def followed(module: ir.Module, *passes: str) -> Record:
    recording = Recording(module)
    for argument in passes:
        BY_ARGUMENT[argument].run(module.operation, None, recording.remark)
        recording.passed(argument)
    return recording.end()


def told(comparison: Comparison) -> dict[str, str]:
    """What became of each op, by its name."""
    return {
        pair.node.name or pair.node.op: pair.state.value
        for pair in comparison.pairs.values()
        if pair.node.number
    }


def named(record: Record, name: str) -> Pair:
    return next(p for p in record.comparison.pairs.values() if p.node.name == name)


def test_a_fold_changes_the_op_that_it_goes_into() -> None:
    record = followed(parsed(TWO_GEMMS), "fold-bn-into-gemm")
    assert told(record.comparison) == {"fc": "changed", "bn": "removed", "relu": "kept"}
    assert named(record, "bn").into == (named(record, "fc").key,)
    (ran,) = record.passes
    assert (ran.argument, ran.before, ran.after, ran.rewrites) == ("fold-bn-into-gemm", 3, 2, 1)
    assert (record.counts[0].total(), record.counts[1].total()) == (3, 2)
    # 2 x 2 and 2 numbers before, and as many after: the constant that all letters share is not counted twice.
    assert record.weights == (24, 24)


def test_a_chain_of_passes_is_followed() -> None:
    """The Gemm is a copy after the first pass, and the next ones are told of it as of the same."""
    record = followed(parsed(TWO_GEMMS), "fold-bn-into-gemm", "canonicalize", "cse")
    assert told(record.comparison)["fc"] == "changed"
    assert record.by[named(record, "fc").after.number] == "fold-bn-into-gemm"  # type: ignore[union-attr]


def test_what_is_written_by_other_ops_is_removed_and_made() -> None:
    record = followed(parsed(TWINS), "decompose-onnx")
    states = [(pair.node.op, pair.state.value) for pair in record.comparison.pairs.values()]
    assert states.count(("Sum", "removed")) == 1
    assert states.count(("Add", "made")) == 2
    assert told(record.comparison)["a"] == "kept"
    assert len(named(record, "b").into) == 2
    made = [
        pair.after.number
        for pair in record.comparison.pairs.values()
        if pair.before is None and pair.after
    ]
    assert [record.by[number] for number in made] == ["decompose-onnx"] * 2


def test_nothing_is_told_where_nothing_happened() -> None:
    record = followed(parsed(TWINS), "fold-bn")
    assert {*told(record.comparison).values()} == {"kept"}
    assert all(edge == (True, True) for edge in record.comparison.edges.values())


def test_following_leaves_no_trace() -> None:
    plain, watched = parsed(TWO_GEMMS), parsed(TWO_GEMMS)
    BY_ARGUMENT["fold-bn"].run(plain.operation)
    followed(watched, "fold-bn")
    assert to_text(watched, debuginfo=True) == to_text(plain, debuginfo=True)
    recording = Recording(watched)
    assert "onnx-opt.number" in to_text(watched, debuginfo=True)
    recording.withdraw()
    assert to_text(watched, debuginfo=True) == to_text(plain, debuginfo=True)


def test_remarks_know_their_ops() -> None:
    record = followed(parsed(TWO_GEMMS), "fold-bn-into-gemm")
    fold = next(each for each in record.told if each.changed)
    assert [record.numbers[n] for n in fold.numbers] == [named(record, "bn").key]


def test_values_of_regions_are_read_by_the_op_around() -> None:
    text = """\
func.func @f(%x: tensor<2xf32>, %c: tensor<i1>) -> tensor<2xf32> {
  %0 = "onnx.If"(%c) ({
    %1 = "onnx.Relu"(%x) {onnx_node_name = "then"} : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  }, {
    onnx.Yield %x : tensor<2xf32>
  }) {onnx_node_name = "if"} : (tensor<i1>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
"""
    record = followed(parsed(text))
    assert (named(record, "then").key, named(record, "if").key) in record.comparison.edges


def test_a_large_graph_is_gathered_around_what_changed() -> None:
    relus = "".join(
        f'  %r{i + 1} = "onnx.Relu"(%r{i}) : (tensor<1x2xf32>) -> tensor<1x2xf32>\n'
        for i in range(200)
    )
    text = TWO_GEMMS.replace(
        "  onnx.Return %2", "  %r0 = onnx.Identity_ %2\n" + relus + "  onnx.Return %r200"
    )
    text = text.replace(
        "%r0 = onnx.Identity_ %2", '%r0 = "onnx.Relu"(%2) : (tensor<1x2xf32>) -> tensor<1x2xf32>'
    )
    comparison = followed(parsed(text), "fold-bn-into-gemm").comparison
    assert gathered(comparison, 1000) == {}
    groups = gathered(comparison, 20)
    shown = comparison.pairs.keys() - groups.keys()
    assert len(shown) == 20
    assert {key for key, pair in comparison.pairs.items() if pair.state.value != "kept"} <= shown
    assert len({*groups.values()}) == 1
