# SPDX-License-Identifier: Apache-2.0
"""Makes docs/images/report.png anew: `python test/report/picture.py`, where test_browser.py is not skipped.

The model is shaped and named as an exported ResNet-18, with random weights.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from onnx_opt.cli import main as onnx_opt_command

IMAGE = Path(__file__).resolve().parents[2] / "docs" / "images" / "report.png"


class ResNet18:
    """Its layers, one call each, of which every one gives the name of its result."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(18)
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def _weight(self, name: str, *shape: int, low: float = -1, high: float = 1) -> str:
        scale = float(np.sqrt(3 / np.prod(shape[1:]))) if len(shape) > 1 else 1.0
        array = (scale * self._rng.uniform(low, high, shape)).astype(np.float32)
        self._weights.append(numpy_helper.from_array(array, name))
        return name

    def _node(self, op: str, inputs: list[str], name: str, **attributes: Any) -> str:
        result = f"{name}_output_0"
        self._nodes.append(helper.make_node(op, inputs, [result], name=name, **attributes))
        return result

    def _conv_bn(self, x: str, where: str, conv: str, bn: str, sizes: tuple[int, ...]) -> str:
        into, of, kernel, stride = sizes
        weight = self._weight(f"{where}{conv}.weight", into, of, kernel, kernel)
        value = self._node(
            "Conv",
            [x, weight],
            f"/{where.replace('.', '/')}{conv}/Conv",
            kernel_shape=[kernel] * 2,
            pads=[kernel // 2] * 4,
            strides=[stride] * 2,
        )
        ranges = {"weight": (0.5, 1.5), "bias": (-1, 1), "running_mean": (-1, 1)}
        ranges["running_var"] = (0.2, 2)
        parameters = [
            self._weight(f"{where}{bn}.{name}", into, low=low, high=high)
            for name, (low, high) in ranges.items()
        ]
        name = f"/{where.replace('.', '/')}{bn}/BatchNormalization"
        return self._node("BatchNormalization", [value, *parameters], name)

    def _block(self, x: str, where: str, into: int, of: int) -> str:
        stride = 1 if into == of else 2
        value = self._conv_bn(x, where, "conv1", "bn1", (into, of, 3, stride))
        value = self._node("Relu", [value], f"/{where.replace('.', '/')}relu/Relu")
        value = self._conv_bn(value, where, "conv2", "bn2", (into, into, 3, 1))
        if into != of:
            x = self._conv_bn(x, where, "downsample.0", "downsample.1", (into, of, 1, stride))
        value = self._node("Add", [value, x], f"/{where.replace('.', '/')}Add")
        return self._node("Relu", [value], f"/{where.replace('.', '/')}relu_1/Relu")

    def model(self) -> onnx.ModelProto:
        """All of it."""
        value = self._conv_bn("image", "", "conv1", "bn1", (64, 3, 7, 2))
        value = self._node("Relu", [value], "/relu/Relu")
        window = {"kernel_shape": [3, 3], "pads": [1] * 4, "strides": [2, 2]}
        value = self._node("MaxPool", [value], "/maxpool/MaxPool", **window)
        of = 64
        for layer, into in enumerate((64, 128, 256, 512), 1):
            value = self._block(value, f"layer{layer}.0.", into, of)
            value = self._block(value, f"layer{layer}.1.", into, into)
            of = into
        value = self._node("GlobalAveragePool", [value], "/avgpool/GlobalAveragePool")
        value = self._node("Flatten", [value], "/Flatten")
        weights = [self._weight("fc.weight", 1000, 512), self._weight("fc.bias", 1000)]
        value = self._node("Gemm", [value, *weights], "/fc/Gemm", transB=1)
        self._nodes[-1].output[0] = "logits"
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 224, 224])
        logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 1000])
        graph = helper.make_graph(self._nodes, "resnet18", [image], [logits], self._weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def main() -> int:
    """Fold it, and take the picture."""
    from test_browser import Browser

    with TemporaryDirectory() as folder:
        path, page = Path(folder) / "resnet18.onnx", Path(folder) / "report.html"
        onnx.save(ResNet18().model(), path)
        arguments = [str(path), "--fold-bn", "--verify-numerics=1", f"--report={page}"]
        code = onnx_opt_command(arguments)
        browser = Browser()
        browser.open(page)
        name = "/layer2/0/conv1/Conv"
        browser.js("visit(data.nodes.findIndex((node) => node.name === arguments[0]))", name)
        IMAGE.parent.mkdir(exist_ok=True)
        browser.driver.save_screenshot(str(IMAGE))
        browser.driver.quit()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
