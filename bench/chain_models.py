# SPDX-License-Identifier: Apache-2.0
"""Chains of Gemm or Conv + BatchNormalization blocks as ONNX models: write one, or check what a tool made of it.

    python -m bench.chain_models write MODEL --blocks 10 --features 64 [--op Conv] [--no-relu] [--external]
    python -m bench.chain_models check MODEL --blocks 10 --features 64 [--op Conv] [--no-relu]

`check` knows the parameters from their seed and computes the fold in float64: no tool is its oracle. It prints how many
batch normalizations are left and the largest error, in ulp; a model that is not the chain ends in exit 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .chains import Array, parameters

EPSILON = 1e-5  # BatchNormalization's default
# Folding in float32 rounds four times (var + epsilon, sqrt, /, *), the first halved by the root: 3.5 units of 2**-24,
# each at most one ulp. C' adds a difference, a product and a sum to that.
MAX_ULP = 6.0


class NotTheChainError(Exception):
    """The model does not compute what the chain computes."""


@dataclass(frozen=True)
class Linear:
    """The op before each batch normalization.

    window: what its weights have beside output and input features.  sizes: of a value, behind batch and features.
    attributes: those that are set.
    """

    op_type: str
    window: tuple[int, ...]
    sizes: tuple[int, ...]
    attributes: dict[str, Any]


LINEAR = {
    each.op_type: each
    for each in (
        Linear("Gemm", (), (), {"transB": 1}),
        Linear("Conv", (3, 3), (8, 8), {"pads": [1, 1, 1, 1]}),
    )
}


def write(
    path: Path, blocks: int, features: int, linear: Linear, *, relu: bool, external: bool
) -> None:
    """Write the chain x -> Gemm or Conv -> BatchNormalization [-> Relu] -> ...; all weights differ."""
    nodes: list[onnx.NodeProto] = []
    initializers: list[onnx.TensorProto] = []
    value = "x"
    for i, arrays in enumerate(parameters(blocks, features, window=linear.window)):
        names = [f"{name}{i}" for name in ("w", "c", "scale", "bias", "mean", "var")]
        initializers += [numpy_helper.from_array(a, n) for a, n in zip(arrays, names, strict=True)]
        inputs = [value, *names[:2]]
        nodes.append(
            helper.make_node(linear.op_type, inputs, [f"z{i}"], name=f"fc{i}", **linear.attributes)
        )
        value = f"y{i}"
        nodes.append(
            helper.make_node(
                "BatchNormalization", [f"z{i}", *names[2:]], [value], name=f"bn{i}", epsilon=EPSILON
            )
        )
        if relu:
            nodes.append(helper.make_node("Relu", [value], [f"r{i}"], name=f"relu{i}"))
            value = f"r{i}"
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", features, *linear.sizes])
        for name in ("x", value)
    ]
    graph = helper.make_graph(nodes, "chain", ends[:1], ends[1:], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    location = f"{path.name}.data" if external else None
    onnx.save_model(  # pyright: ignore[reportUnknownMemberType]
        model, path, save_as_external_data=external, location=location
    )


def ulps(array: Array, expected: NDArray[np.float64], magnitude: NDArray[np.float64]) -> float:
    """The largest |array - expected|, in float32 ulp of `magnitude`."""
    ulp = np.spacing(magnitude.astype(np.float32)).astype(np.float64)
    return float(np.max(np.abs(array - expected) / ulp))


class Chain:
    """A model's graph, followed from its input to its output."""

    def __init__(self, path: Path) -> None:
        onnx.checker.check_model(str(path))  # pyright: ignore[reportUnknownMemberType]
        self._folder = str(path.parent)
        graph = onnx.ModelProto.FromString(path.read_bytes()).graph
        self._tensors = {tensor.name: tensor for tensor in graph.initializer}
        self._readers: dict[str, onnx.NodeProto] = {}
        for node in graph.node:
            if self._readers.setdefault(node.input[0], node) is not node:
                raise NotTheChainError(f"{node.input[0]} has two readers")
        (source,), (target,) = graph.input, graph.output
        self.value, self._output, self._nodes = source.name, target.name, len(graph.node)
        self._followed = 0

    def follow(self, op_type: str) -> onnx.NodeProto | None:
        """The node that reads the value last reached, if it is of this type; go on to its output."""
        node = self._readers.get(self.value)
        if node is None or node.op_type != op_type:
            return None
        self.value = node.output[0]
        self._followed += 1
        return node

    def arrays(self, node: onnx.NodeProto) -> list[Array]:
        """The constants that a node reads."""
        try:
            tensors = [self._tensors[name] for name in node.input[1:]]
        except KeyError as error:
            raise NotTheChainError(f"{node.name} reads {error}, no initializer") from None
        return [numpy_helper.to_array(tensor, self._folder) for tensor in tensors]

    def finish(self) -> None:
        """The output is reached, and no node is left over."""
        if self.value != self._output or self._followed != self._nodes:
            raise NotTheChainError(f"the chain ends at {self.value}, not at {self._output}")


def attributes(node: onnx.NodeProto) -> dict[str, object]:
    """A node's attributes."""
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def check(
    path: Path, blocks: int, features: int, linear: Linear, *, relu: bool
) -> dict[str, float]:
    """How many batch normalizations a chain has left, and the largest error of a folded block, in ulp.

    A block is folded, W' = W * s and C' = (C - mean) * s + bias with s = scale / sqrt(var + epsilon), or as it was.
    Raises NotTheChainError.
    """
    chain = Chain(path)
    left, errors = 0, [0.0]
    for i, arrays in enumerate(parameters(blocks, features, window=linear.window)):
        op, bn = chain.follow(linear.op_type), chain.follow("BatchNormalization")
        if op is None:
            raise NotTheChainError(f"block {i} has no {linear.op_type}")
        found = {name: value for name, value in attributes(op).items() if value != 1.0}
        expected = {name: value for name, value in linear.attributes.items() if value != 1.0}
        if found != expected or attributes(op).get("transB") != linear.attributes.get("transB"):
            raise NotTheChainError(f"the attributes of block {i}'s {linear.op_type} are {found}")
        if relu and chain.follow("Relu") is None:
            raise NotTheChainError(f"block {i} has no Relu")
        if bn is not None:
            kept = chain.arrays(op) + chain.arrays(bn)
            if not all(map(np.array_equal, kept, arrays)):
                raise NotTheChainError(f"block {i} is not folded and has other parameters")
            left += 1
            continue
        w, c, scale, bias, mean, var = (array.astype(np.float64) for array in arrays)
        s = scale / np.sqrt(var + EPSILON)
        w *= s.reshape(-1, *[1] * (w.ndim - 1))
        c = (c - mean) * s
        folded_w, folded_c = chain.arrays(op)
        errors.append(ulps(folded_w, w, np.abs(w)))
        # The sum may cancel: its error is measured against its terms.
        errors.append(ulps(folded_c, c + bias, np.abs(c) + np.abs(bias)))
    chain.finish()
    error = float(np.max(errors))  # NaN if one is
    if not error <= MAX_ULP:
        raise NotTheChainError(
            f"a weight is {error:.3g} ulp off, {MAX_ULP} is what float32 explains"
        )
    return {"left": left, "ulp": error}


def main() -> int:
    """Write or check what the command line asks for."""
    parser = argparse.ArgumentParser(description="Write or check a chain as an ONNX model.")
    parser.add_argument("action", choices=("write", "check"))
    parser.add_argument("model", type=Path)
    parser.add_argument("--blocks", type=int, required=True)
    parser.add_argument("--features", type=int, required=True)
    parser.add_argument("--op", choices=LINEAR, default="Gemm", help="before each normalization")
    parser.add_argument("--no-relu", action="store_true", help="no Relu after the blocks")
    parser.add_argument("--external", action="store_true", help="weights in a file of their own")
    options = parser.parse_args()
    blocks, features, relu = options.blocks, options.features, not options.no_relu
    linear = LINEAR[options.op]
    if options.action == "write":
        write(options.model, blocks, features, linear, relu=relu, external=options.external)
        return 0
    try:
        print(json.dumps(check(options.model, blocks, features, linear, relu=relu)))
    except NotTheChainError as error:
        print(f"error: {options.model.name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
