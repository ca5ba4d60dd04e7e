# SPDX-License-Identifier: Apache-2.0
"""What the tests of passes share: IR from text, and a second opinion on what IR computes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from onnx_opt.dialect import make_context, parse, verify
from onnx_opt.dialect.bindings import ir

Array = np.ndarray[Any, np.dtype[Any]]
DTYPES: Mapping[str, np.dtype[Any]] = {
    "f16": np.dtype(np.float16),
    "bf16": np.dtype(ml_dtypes.bfloat16),
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
}


def parse_valid(text: str) -> ir.Module:
    """The module in `text`, which must be valid."""
    module = parse(text, context=make_context(), filename="test.mlir")
    assert [str(error) for error in verify(module)] == []
    return module


def read_constant(op: Any) -> Array:
    """The array of an onnx.Constant, read from MLIR's own print and not by the code under test."""
    text = str(op.attributes["value"])
    shape_and_type = text[text.rindex("tensor<") + len("tensor<") : -1]
    *sizes, name = shape_and_type.split("x")
    shape, dtype = tuple(map(int, sizes)), DTYPES[name]
    body = text[text.index("<") + 1 : text.rindex("> :")]
    if body.startswith('"0x'):
        return np.frombuffer(bytes.fromhex(body[3:-1]), dtype).reshape(shape)
    numbers = [float(token) for token in re.findall(r"[-+.\deE]+", body)]
    return np.broadcast_to(
        np.array(numbers, dtype).reshape(shape if len(numbers) > 1 else ()), shape
    )


class Evaluator:
    """Computes IR in float64, after the definitions in ONNX's Operators.md; knows the ops that the tests use."""

    def __init__(self) -> None:
        self.values: dict[ir.Value, Array | None] = {}

    def call(self, block: ir.Block, arguments: Sequence[Array]) -> list[Array]:
        """The operands of the block's terminator."""
        self.values |= zip(block.arguments, arguments, strict=True)
        for op in block.operations:
            operands = [self.values[operand] for operand in op.operands]
            kind = op.operation.name.removeprefix("onnx.")
            if kind in ("Return", "Yield"):
                return [operand for operand in operands if operand is not None]
            results = getattr(self, kind)(op, *operands)
            self.values |= zip(op.results, results, strict=False)
        raise AssertionError("the block has no terminator")

    @staticmethod
    def attribute(op: Any, name: str, default: float) -> float:
        return float(op.attributes[name].value) if name in op.attributes else default

    def Constant(self, op: Any) -> list[Array]:  # noqa: N802
        return [read_constant(op).astype(np.float64)]

    def NoValue(self, _: Any) -> list[None]:  # noqa: N802
        return [None]

    def Gemm(self, op: Any, a: Array, b: Array, c: Array | None) -> list[Array]:  # noqa: N802
        a = a.T if self.attribute(op, "transA", 0) else a
        b = b.T if self.attribute(op, "transB", 0) else b
        product = self.attribute(op, "alpha", 1.0) * (a @ b)
        return [product if c is None else product + self.attribute(op, "beta", 1.0) * c]

    def BatchNormalizationInferenceMode(  # noqa: N802
        self, op: Any, x: Array, scale: Array, bias: Array, mean: Array, var: Array
    ) -> list[Array]:
        epsilon = self.attribute(op, "epsilon", float(np.float32(1e-5)))
        return [(x - mean) / np.sqrt(var + epsilon) * scale + bias]

    BatchNormalization = BatchNormalizationInferenceMode

    def Add(self, _: Any, a: Array, b: Array) -> list[Array]:  # noqa: N802
        return [a + b]

    def MatMul(self, _: Any, a: Array, b: Array) -> list[Array]:  # noqa: N802
        return [a @ b]

    def If(self, op: Any, condition: Array) -> list[Array]:  # noqa: N802
        return self.call(op.regions[0 if condition else 1].blocks[0], [])

    def Loop(self, op: Any, count: Array, condition: Array, *carried: Array) -> list[Array]:  # noqa: N802
        for index in range(int(count)):
            condition, *carried = self.call(  # type: ignore[assignment]
                op.regions[0].blocks[0], [np.array(index), condition, *carried]
            )
        return list(carried)


def run_function(module: ir.Module, name: str, arguments: Sequence[Array]) -> list[Array]:
    """What the function `name` computes for these arguments."""
    for op in module.body.operations:
        if ir.StringAttr(op.attributes["sym_name"]).value == name:
            return Evaluator().call(op.regions[0].blocks[0], arguments)
    raise KeyError(name)


@pytest.fixture(scope="session")
def valid_module() -> Callable[[str], ir.Module]:
    return parse_valid


@pytest.fixture(scope="session")
def constant_array() -> Callable[[Any], Array]:
    return read_constant


@pytest.fixture(scope="session")
def evaluate() -> Callable[[ir.Module, str, Sequence[Array]], list[Array]]:
    return run_function
