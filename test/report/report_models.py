# SPDX-License-Identifier: Apache-2.0
"""What the tests of reports share: models, and the data of a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Data = dict[str, Any]


def data_of(page: Path) -> Data:
    """What the script of a page reads."""
    text = page.read_text(encoding="utf-8")
    start = text.index('id="data">') + len('id="data">')
    found: Data = json.loads(text[start : text.index("</script>", start)])
    return found


def blocks(count: int, name: Callable[[str], str] = str) -> onnx.ModelProto:
    """Residual blocks of Conv, BatchNormalization, Relu, Conv and Add: five ops each, of which one can be folded away.

    name: what a node is called.
    """
    rng = np.random.default_rng(0)
    nodes: list[onnx.NodeProto] = []
    weights: list[onnx.TensorProto] = []

    def weight(called: str, *shape: int) -> str:
        array = rng.uniform(0.5, 1.5, shape).astype(np.float32)
        weights.append(numpy_helper.from_array(array, called))
        return called

    def node(op: str, inputs: list[str], called: str) -> str:
        nodes.append(helper.make_node(op, inputs, [called], name=name(called)))
        return called

    value = "x"
    for block in range(count):
        skip = value
        conv = node("Conv", [value, weight(f"w{block}", 2, 2, 1, 1)], f"conv{block}")
        parameters = [weight(f"{kind}{block}", 2) for kind in ("scale", "bias", "mean", "var")]
        value = node("BatchNormalization", [conv, *parameters], f"bn{block}")
        value = node("Relu", [value], f"relu{block}")
        value = node("Conv", [value, weight(f"v{block}", 2, 2, 1, 1)], f"last{block}")
        value = node("Add", [value, skip], f"add{block}")
    shape = [1, 2, 4, 4]
    graph = helper.make_graph(
        nodes,
        "blocks",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(value, TensorProto.FLOAT, shape)],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
