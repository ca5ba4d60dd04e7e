# SPDX-License-Identifier: Apache-2.0
"""Remove multiplications by one: x * 1 -> x."""

from onnx_opt.passes.rewriting import RewritePass, const, equal, value
from onnx_opt.passes.rewriting.ops import Mul

x, one = value("x"), const("one")

PASS = RewritePass(
    argument="drop-mul-by-one",
    summary="Remove multiplications by one",
    verb="dropped",
    before=Mul(x, one),
    after=x,
    conditions=(equal(one, 1),),
)
