# SPDX-License-Identifier: Apache-2.0
"""Networks of the size of real ones, with random weights, as ONNX models.

python -m bench.networks resnet-152 MODEL     # as exported from torchvision: 155 Conv, each with a BatchNormalization
python -m bench.networks bert-base MODEL      # 12 layers of 768 features and 12 heads, GELU by Erf
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 17, 8


class Network:
    """A graph as it grows.  Weights are drawn from one seed, in the order in which they are asked for."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._random = np.random.default_rng(0)

    def node(self, op: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output; the output's name."""
        name = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [f"{name}_out"], name=name, **attributes))
        return f"{name}_out"

    def weight(self, *shape: int, scale: float = 1.0, around: float = 0.0) -> str:
        """An initializer of float32, normally distributed."""
        array = self._random.standard_normal(shape, np.float32) * np.float32(scale)
        return self.constant(array + np.float32(around))

    def positive(self, *shape: int) -> str:
        """An initializer of float32 between 0.5 and 1.5."""
        return self.constant(self._random.random(shape, np.float32) + np.float32(0.5))

    def constant(self, array: Any) -> str:
        """An initializer that holds an array."""
        name = f"weight_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def model(
        self, inputs: list[onnx.ValueInfoProto], output: str, shape: Sequence[str | int]
    ) -> onnx.ModelProto:
        """The model; shape: that of the output."""
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
        graph = helper.make_graph(self.nodes, "network", inputs, outputs, self.weights)
        opsets = [helper.make_opsetid("", OPSET)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)


def resnet(depths: tuple[int, ...] = (3, 8, 36, 3), width: int = 64) -> onnx.ModelProto:
    """A residual network of bottlenecks (He et al., CVPR 2016); by default ResNet-152, 60 million parameters."""
    net = Network()

    def conv(x: str, of: int, to: int, size: int, stride: int = 1) -> str:
        w = net.weight(to, of, size, size, scale=(2.0 / (of * size * size)) ** 0.5)
        pad = size // 2
        z = net.node(
            *("Conv", x, w),
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[pad, pad, pad, pad],
        )
        statistics = net.positive(to), net.weight(to, scale=0.1), net.weight(to, scale=0.1)
        return net.node("BatchNormalization", z, *statistics, net.positive(to), epsilon=1e-5)

    x = net.node("Relu", conv("x", 3, width, 7, 2))
    x = net.node("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = width
    for stage, depth in enumerate(depths):
        inner, outer = width << stage, width * 4 << stage
        for block in range(depth):
            stride = 2 if stage and not block else 1
            y = net.node("Relu", conv(x, channels, inner, 1))
            y = net.node("Relu", conv(y, inner, inner, 3, stride))
            y = conv(y, inner, outer, 1)
            if not block:
                x = conv(x, channels, outer, 1, stride)
            # Smaller branches keep the sum of 50 of them in range.
            y = net.node("Mul", y, net.constant(np.float32(0.2)))
            x = net.node("Relu", net.node("Add", y, x))
            channels = outer
    x = net.node("Flatten", net.node("GlobalAveragePool", x))
    x = net.node("Gemm", x, net.weight(1000, channels, scale=0.02), net.weight(1000), transB=1)
    shape: list[str | int | None] = ["N", 3, 224, 224]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    return net.model(inputs, x, ["N", 1000])


def bert(
    layers: int = 12, features: int = 768, heads: int = 12, words: int = 30522
) -> onnx.ModelProto:
    """An encoder (Devlin et al., NAACL 2019); by default BERT base, 109 million parameters."""
    net = Network()

    def linear(x: str, of: int, to: int) -> str:
        product = net.node("MatMul", x, net.weight(of, to, scale=of**-0.5))
        return net.node("Add", product, net.weight(to, scale=0.02))

    def norm(x: str) -> str:
        scale, bias = net.positive(features), net.weight(features, scale=0.02)
        return net.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-12)

    split = net.constant(np.array([0, 0, heads, features // heads], np.int64))
    join = net.constant(np.array([0, 0, features], np.int64))
    half, one, two = (net.constant(np.float32(number)) for number in (0.5, 1.0, 2.0**0.5))
    root = net.constant(np.float32((features / heads) ** 0.5))

    def by_head(x: str, perm: list[int]) -> str:
        heads_apart = net.node("Reshape", linear(x, features, features), split)
        return net.node("Transpose", heads_apart, perm=perm)

    words_ = net.node("Gather", net.weight(words, features, scale=0.02), "input_ids")
    x = norm(net.node("Add", words_, net.node("Gather", net.weight(512, features), "positions")))
    for _ in range(layers):
        query, value = by_head(x, [0, 2, 1, 3]), by_head(x, [0, 2, 1, 3])
        scores = net.node("Div", net.node("MatMul", query, by_head(x, [0, 2, 3, 1])), root)
        mixed = net.node("MatMul", net.node("Softmax", scores, axis=-1), value)
        mixed = net.node("Reshape", net.node("Transpose", mixed, perm=[0, 2, 1, 3]), join)
        x = norm(net.node("Add", linear(mixed, features, features), x))
        inner = linear(x, features, 4 * features)
        erf = net.node("Add", net.node("Erf", net.node("Div", inner, two)), one)
        gelu = net.node("Mul", net.node("Mul", inner, erf), half)
        x = norm(net.node("Add", linear(gelu, 4 * features, features), x))
    inputs = [
        helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["N", "length"]),
        helper.make_tensor_value_info("positions", TensorProto.INT64, ["N", "length"]),
    ]
    return net.model(inputs, x, ["N", "length", features])


NETWORKS: dict[str, Callable[[], onnx.ModelProto]] = {"resnet-152": resnet, "bert-base": bert}


def main() -> int:
    """Write one of them."""
    parser = argparse.ArgumentParser(description="Write a network with random weights.")
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("model", type=Path)
    options = parser.parse_args()
    onnx.save(NETWORKS[options.network](), options.model)  # pyright: ignore[reportUnknownMemberType]
    return 0


if __name__ == "__main__":
    sys.exit(main())
