# SPDX-License-Identifier: Apache-2.0
"""What the bindings do that one would not expect, and that the code relies on or works around.

A new wheel that changes one of these turns its test red: then the place that the test names can be looked at again.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from onnx_opt.dialect import make_context
from onnx_opt.dialect.bindings import PROVIDER, ir, passmanager, rewrite


@pytest.fixture(autouse=True)
def context() -> Iterator[ir.Context]:
    with make_context() as context, ir.Location.unknown():
        yield context


def the_op(text: str) -> tuple[ir.Module, Any]:
    """The only op of a module, and the module, which must stay alive as long as the op is used."""
    module = ir.Module.parse(text)
    return module, module.body.operations[0]


# --- attributes (dialect/ops/attributes.py, dialect/assembly/reader.py) --------------------------------------------------------


def test_properties_of_unregistered_ops_are_found_but_not_listed() -> None:
    module, op = the_op('"x.y"() <{a = 1 : i32}> {b = 2 : i32} : () -> ()')
    assert list(op.attributes) == ["b"]
    assert len(op.attributes) == 1
    assert "a" in op.attributes
    assert str(op.attributes["a"]) == "1 : i32"
    del module


def test_setting_a_property_keeps_it_a_property() -> None:
    module, op = the_op('"x.y"() <{a = 1 : i32}> : () -> ()')
    op.attributes["a"] = ir.Attribute.parse("3 : i32")
    assert "<{a = 3 : i32}>" in str(module)


def test_dense_complex_attributes_cannot_be_had() -> None:
    module, op = the_op('"x.y"() {c = dense<(1.0, 2.0)> : tensor<1xcomplex<f32>>} : () -> ()')
    with pytest.raises(TypeError, match="Can't cast unknown element type"):
        _ = op.attributes["c"]
    del module


@pytest.mark.parametrize(
    "location",
    ["unknown", '"file":1:2', '"name"', 'callsite("a" at "b")', 'fused["file":1:2, "file":3:4]'],
)
def test_locations_among_attributes_need_another_cast(location: str) -> None:
    text = f'"x.y"() {{x = loc({location})}} : () -> ()'
    _module, op = the_op(text)
    assert str(op.attributes["x"]).startswith("loc(")
    plain = f"""
from {PROVIDER} import ir
context = ir.Context()
context.allow_unregistered_dialects = True
op = ir.Module.parse({text!r}, context).body.operations[0]
try:
    op.attributes["x"]
except TypeError as error:
    print("TypeError")
"""
    done = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, check=True)
    assert done.stdout == "TypeError\n"


@pytest.mark.parametrize(
    "text",
    ['dense<["a"]> : tensor<1x!onnx.String>', "dense_resource<w> : tensor<1xf32>", "sparse<0, 1.0> : tensor<3xf32>"],
)  # fmt: skip
def test_attributes_without_a_class(text: str) -> None:
    assert type(ir.Attribute.parse(text)) is ir.Attribute


def test_the_hash_of_an_attribute_is_its_identity() -> None:
    """`handle_of` remembers attributes by it (dialect/elements/resources.py); as keys they would keep their context alive."""
    texts = [f"dense_resource<w{index}> : tensor<2xf32>" for index in range(10_000)]
    module = ir.Module.create()
    with ir.InsertionPoint(module.body):
        ops = [
            ir.Operation.create("x.y", attributes={"a": ir.Attribute.parse(text)}) for text in texts
        ]
    hashes = [hash(op.attributes["a"]) for op in ops]
    assert len(set(hashes)) == len(texts)
    assert hashes == [hash(op.attributes["a"]) for op in ops]


def test_the_hash_of_an_op_changes_with_what_it_says() -> None:
    """Equal ops are one op, but a set does not find one again that has new operands; the hash of a value is its own."""
    text = 'func.func @f(%a: i1) { %0 = "x.y"(%a) : (i1) -> i1 %1 = "x.y"(%0) : (i1) -> i1 return }'
    module = ir.Module.parse(text)
    one, two, _ = module.body.operations[0].regions[0].blocks[0].operations
    of_op, of_value = hash(two.operation), hash(two.results[0])
    two.operation.operands[0] = one.operands[0]
    assert hash(two.operation) != of_op
    assert hash(two.results[0]) == of_value


# --- elements (dialect/constants.py) ------------------------------------------------------------------------------


def test_a_splat_is_one_element_with_strides_of_zero() -> None:
    array: Any = np.asarray(ir.Attribute.parse("dense<1.0> : tensor<2x3xf32>"))
    assert array.shape == (2, 3)
    assert array.strides == (0, 0)
    assert not array.flags.writeable


@pytest.mark.parametrize("asm", ["bf16", "f8E4M3FN", "i4", "ui2"])
def test_narrow_types_have_no_buffer(asm: str) -> None:
    with pytest.raises(TypeError, match="Unsupported"):
        np.asarray(
            ir.Attribute.parse(
                f"dense<[0, 1]> : tensor<2x{asm}>"
                if "i" in asm
                else f"dense<[0.0, 1.0]> : tensor<2x{asm}>"
            )
        )


def test_arrays_of_ml_dtypes_are_refused_and_their_bits_are_not() -> None:
    array = np.array([1, 2], ml_dtypes.bfloat16)
    with pytest.raises((ValueError, TypeError)):
        ir.DenseElementsAttr.get(array)
    attribute = ir.DenseElementsAttr.get(
        array.view(np.uint16), type=ir.Type.parse("tensor<2xbf16>")
    )
    assert str(attribute) == "dense<[1.000000e+00, 2.000000e+00]> : tensor<2xbf16>"


def test_byte_order_is_ignored() -> None:
    attribute = ir.DenseElementsAttr.get(np.array([1], ">i4"), type=ir.Type.parse("tensor<1xi32>"))
    assert str(attribute) == "dense<16777216> : tensor<1xi32>"


def test_resources_cannot_be_read_back_and_get_a_suffix() -> None:
    type_ = ir.Type.parse("tensor<2xf32>")
    data = np.zeros(2, np.float32)
    first = ir.DenseResourceElementsAttr.get_from_buffer(data, "w", type_)
    second = ir.DenseResourceElementsAttr.get_from_buffer(data, "w", type_)
    assert [str(first), str(second)] == [
        "dense_resource<w> : tensor<2xf32>",
        "dense_resource<w_1> : tensor<2xf32>",
    ]
    assert np.asarray(first).dtype == object


def test_an_op_alone_prints_only_the_handle() -> None:
    attribute = ir.DenseResourceElementsAttr.get_from_buffer(
        np.zeros(2, np.float32), "w", ir.Type.parse("tensor<2xf32>")
    )
    module = ir.Module.create()
    with ir.InsertionPoint(module.body):
        op = ir.Operation.create("x.y", attributes={"v": attribute})
    assert "dialect_resources" not in str(op)
    assert "dialect_resources" in str(module)


# --- errors (dialect/diagnostics.py, dialect/assembly/reader.py) -----------------------------------------------------------


def test_a_string_is_a_file_called_minus() -> None:
    module, op = the_op('\n  "x.y"() : () -> ()')
    location = op.location
    assert isinstance(location, ir.FileLineColLoc)
    assert (location.filename, location.start_line, location.start_col) == ("-", 2, 3)
    del module


def test_errors_carry_diagnostics_with_notes() -> None:
    with pytest.raises(ir.MLIRError) as error:
        ir.Module.parse('%0 = "x.y"() : () -> i32 %0 = "x.y"() : () -> i32')
    (diagnostic,) = error.value.error_diagnostics
    assert diagnostic.severity.name == "ERROR"
    assert len(diagnostic.notes) == 1


def test_a_message_may_end_in_nul() -> None:
    """C string literals come with their terminator in some messages: we strip it, and would not notice its absence."""
    messages = []
    for text in (
        "func.func @f(%a: i32, i32)",
        '"x.y"() <{a}',
        "module {",
        'func.func @f() { "x.y"() }',
    ):
        with pytest.raises(ir.MLIRError) as error:
            ir.Module.parse(text)
        messages += [diagnostic.message for diagnostic in error.value.error_diagnostics]
    assert all("\0" not in message.rstrip("\0") for message in messages)


def test_an_exception_in_a_walk_becomes_a_runtime_error() -> None:
    module, _ = the_op('"x.y"() : () -> ()')

    def visit(_: ir.Operation) -> ir.WalkResult:
        raise KeyError("inside")

    with pytest.raises(RuntimeError, match="Exception raised in callback"):
        module.operation.walk(visit)


def test_an_unknown_pass_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="does not refer to a registered pass"):
        passmanager.PassManager.parse("builtin.module(no-such-pass)")


# --- locations and dead code ----------------------------------------------------------------------------------------


def test_locations_of_block_arguments() -> None:
    module, function = the_op("func.func @f(%a: f32) { return }")
    argument = function.regions[0].blocks[0].arguments[0]
    assert argument.location.start_col == 14
    argument.set_location(ir.Location.name("x"))
    assert 'loc("x")' in str(argument.location)
    del module


def test_ops_that_mlir_does_not_know_are_never_dead() -> None:
    """Hence the elimination of dead code in passes/rewriting/effects.py."""
    module, _ = the_op('"onnx.Relu"() : () -> ()')
    passmanager.PassManager.parse("builtin.module(canonicalize,cse,symbol-dce)").run(
        module.operation
    )
    assert "onnx.Relu" in str(module)


# --- patterns (passes/rewriting.py) -------------------------------------------------------------------------------


def apply(pattern: Callable[..., object]) -> None:
    module = ir.Module.parse('"x.y"() : () -> ()')
    patterns = rewrite.RewritePatternSet(module.context)
    patterns.add("x.y", pattern)
    rewrite.apply_patterns_and_fold_greedily(module, patterns.freeze())


def test_something_truthy_is_no_match() -> None:
    calls: list[Any] = []

    def pattern(op: Any, _: Any) -> bool:
        calls.append(op)
        return True

    apply(pattern)
    assert len(calls) == 1


@pytest.mark.parametrize("answer", [None, False])
def test_something_falsy_is_a_match_and_without_a_change_there_is_no_end(answer: object) -> None:
    with pytest.raises(RuntimeError, match="failed to converge"):
        apply(lambda *_: answer)


def test_an_exception_in_a_pattern_arrives_as_it_is() -> None:
    def pattern(*_: object) -> None:
        raise KeyError("inside")

    with pytest.raises(KeyError, match="inside"):
        apply(pattern)


def test_an_exception_in_a_pass_arrives_as_it_is() -> None:
    def run(*_: object) -> None:
        raise KeyError("inside")

    manager: Any = passmanager.PassManager()
    manager.add(run, "name", "argument", "description")
    with pytest.raises(KeyError, match="inside"):
        manager.run(ir.Module.parse("").operation)


# --- what ends the process ----------------------------------------------------------------------------------------


def exit_code(*lines: str) -> int:
    """How a process ends that runs these lines, with `module` and `op` at hand."""
    program = "\n".join(
        [
            "from onnx_opt.dialect import make_context",
            "from onnx_opt.dialect.bindings import ir",
            "with make_context(), ir.Location.unknown():",
            *(f"    {line}" for line in lines),
        ]
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    return done.returncode


def test_deleting_a_property_kills_the_process() -> None:
    """Hence the reader moves `<{...}>` into `{...}`, where deleting is safe."""
    for dictionary, crashes in (("<{a = 1 : i32}>", True), ("{a = 1 : i32}", False)):
        code = exit_code(
            f"module = ir.Module.parse('\"x.y\"() {dictionary} : () -> ()')",
            "del module.body.operations[0].attributes['a']",
            "str(module)",
        )
        assert (code < 0) == crashes
