# SPDX-License-Identifier: Apache-2.0
"""The suite's own idea of "the same model" notices what matters, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from equality import difference
from onnx import helper, numpy_helper


def model() -> onnx.ModelProto:
    """Two nodes, two initializers, one value info."""
    return onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["": 13]> g (float[N, 2] x) => (float[N, 2] z)
        <float[2] a = {1, 2}, float[2] b = {3, 4}, float[N, 2] y> { y = Add(x, a)  z = LeakyRelu<alpha = 0.5>(y) }"""
    )


def negate_zero(changed: onnx.ModelProto) -> None:
    tensor = changed.graph.initializer[0]
    tensor.CopyFrom(
        numpy_helper.from_array(
            np.array([1.0, np.nextafter(np.float32(2), np.float32(3))], np.float32), "a"
        )
    )


@pytest.mark.parametrize(
    "change",
    [
        negate_zero,
        lambda m: setattr(m.graph.node[0], "name", "n"),
        lambda m: setattr(m.graph.node[1].attribute[0], "f", 0.25),
        lambda m: setattr(m.graph.node[0], "doc_string", "d"),
        lambda m: m.graph.value_info.pop(),
        lambda m: m.graph.initializer.pop(),
        lambda m: m.graph.node.reverse(),
        lambda m: setattr(m.graph.input[0].type.tensor_type.shape.dim[0], "dim_param", "M"),
        lambda m: m.metadata_props.add(key="k", value="v"),
        lambda m: setattr(m.opset_import[0], "version", 14),
        lambda m: setattr(m, "ir_version", 9),
        lambda m: m.graph.node[1].attribute[0].ClearField("f"),
    ],
)
def test_notices(change: Callable[[onnx.ModelProto], object]) -> None:
    """Every one of these is another model."""
    changed = model()
    change(changed)
    assert difference(model(), changed)


def typed(changed: onnx.ModelProto) -> None:
    changed.graph.initializer[0].CopyFrom(helper.make_tensor("a", 1, [2], [1.0, 2.0]))
    assert changed.graph.initializer[0].float_data


@pytest.mark.parametrize(
    "change",
    [
        typed,
        lambda m: m.graph.initializer.reverse(),
        lambda m: setattr(m.graph.node[0], "doc_string", ""),
        lambda m: setattr(m, "producer_name", ""),
    ],
)
def test_disregards(change: Callable[[onnx.ModelProto], object]) -> None:
    """None of these makes another model."""
    changed = model()
    change(changed)
    assert difference(model(), changed) == ""
