# SPDX-License-Identifier: Apache-2.0
"""Move Relu behind MaxPool, where it has less to do: MaxPool(Relu(x)) = Relu(MaxPool(x)).

Relu never turns an order around, so it keeps the largest of a window the largest, and padding never is.
"""

from onnx_opt.passes.rewriting import RewritePass, others, value
from onnx_opt.passes.rewriting.ops import MaxPoolSingleOut, Relu

x, window = value("x"), others()  # kernel_shape, pads, strides, ...

PASS = RewritePass(
    argument="relu-behind-max-pool",
    summary="Move Relu behind MaxPool",
    verb="moved",
    before=MaxPoolSingleOut(Relu(x), window),
    after=Relu(MaxPoolSingleOut(x, window)),
)
