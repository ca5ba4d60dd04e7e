# SPDX-License-Identifier: Apache-2.0
"""Models for the tests of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator


def gemm_bn(features: int = 64, blocks: int = 2) -> onnx.ModelProto:
    """Blocks of Gemm and BatchNormalization; at 64 features the weights of a Gemm take 16 KiB, vectors 256 bytes."""
    random = np.random.default_rng(0)
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []

    def weight(name: str, low: float, high: float, *shape: int) -> str:
        array = random.uniform(low, high, shape).astype(np.float32)
        weights.append(numpy_helper.from_array(array, name))
        return name

    value = "x"
    for n in range(blocks):
        b, c = weight(f"B{n}", -1, 1, features, features), weight(f"C{n}", -1, 1, features)
        nodes.append(helper.make_node("Gemm", [value, b, c], [f"z{n}"]))
        names = [
            weight(f"{name}{n}", 0.5, 2, features) for name in ("scale", "bias", "mean", "var")
        ]
        value = f"y{n}"
        nodes.append(helper.make_node("BatchNormalization", [f"z{n}", *names], [value]))
    x, y = (helper.make_tensor_value_info(n, 1, ["batch", features]) for n in ("x", value))
    graph = helper.make_graph(nodes, "gemm_bn", [x], [y], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def save_external(model: onnx.ModelProto, path: Path, location: str, threshold: int = 1024) -> None:
    """Save `model` with its weights in the file `location` beside it, as onnx does it."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    onnx.save_model(
        copy, path, save_as_external_data=True, location=location, size_threshold=threshold
    )


def computed(model: onnx.ModelProto, **inputs: Any) -> Any:
    """The first output of `model`."""
    outputs: Any = ReferenceEvaluator(model).run(None, inputs)
    return outputs[0]


def locations(path: Path) -> dict[str, str]:
    """Where the weights lie that are not inside the model."""
    model = onnx.load(path, load_external_data=False)
    return {
        tensor.name: next(e.value for e in tensor.external_data if e.key == "location")
        for tensor in model.graph.initializer
        if tensor.data_location == onnx.TensorProto.EXTERNAL
    }


def weights(path: Path) -> dict[str, bytes]:
    """The bytes of all weights, wherever they lie."""
    return {
        tensor.name: numpy_helper.to_array(tensor).tobytes()
        for tensor in onnx.load(path).graph.initializer
    }
