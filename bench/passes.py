# SPDX-License-Identifier: Apache-2.0
"""How the cost of single passes grows with the model.

Each pass runs on functions of 1,000 to 30,000 ops that give it work to do everywhere: CPU time of the pass alone, in
this process, each size in a fresh context. What it leaves is counted.

    python -m bench.passes [--check] [--write] [--sizes 1000,3000,10000,30000]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from onnx_opt.dialect.assembly.reader import parse
from onnx_opt.dialect.bindings import ir
from onnx_opt.dialect.context import make_context
from onnx_opt.passes import BY_ARGUMENT

from .report import Bound, arguments, exponent, finish, table

MAX_EXPONENT = 1.1
ROUNDS = 3
T, W = "tensor<2x4xf32>", "tensor<4xf32>"


@dataclass(frozen=True)
class Work:
    """What a pass is given: blocks that each read the value of the block before.

    block: the lines of block i, which reads %y{i} and makes %y{i + 1}.  ops: in a block.  left: how many of them the
    pass leaves.
    """

    flag: str
    block: Callable[[int], Iterator[str]]
    ops: int
    left: int

    def text(self, blocks: int) -> str:
        """A function of so many blocks."""
        lines = [f"func.func @main_graph(%y0: {T}) -> {T} {{"]
        for i in range(blocks):
            lines += self.block(i)
        return "\n".join([*lines, f"onnx.Return %y{blocks} : {T}", "}"])


def fold_bn(i: int) -> Iterator[str]:
    """A Gemm and a BatchNormalization."""
    yield f"%b{i} = onnx.Constant dense<{i}.0> : tensor<4x4xf32>"
    for name in ("c", "s", "o", "m", "v"):
        yield f"%{name}{i} = onnx.Constant dense<{i + 1}.0> : {W}"
    yield f'%z{i} = "onnx.Gemm"(%y{i}, %b{i}, %c{i}) : ({T}, tensor<4x4xf32>, {W}) -> {T}'
    yield (
        f'%y{i + 1} = "onnx.BatchNormalizationInferenceMode"(%z{i}, %s{i}, %o{i}, %m{i}, %v{i})'
        f" : ({T}, {W}, {W}, {W}, {W}) -> {T}"
    )


def canonicalize(i: int) -> Iterator[str]:
    """Two transposes that undo each other, and an Identity."""
    yield f'%a{i} = "onnx.Transpose"(%y{i}) {{perm = [1, 0]}} : ({T}) -> tensor<4x2xf32>'
    yield f'%b{i} = "onnx.Transpose"(%a{i}) {{perm = [1, 0]}} : (tensor<4x2xf32>) -> {T}'
    yield f'%c{i} = "onnx.Identity"(%b{i}) : ({T}) -> {T}'
    yield f'%y{i + 1} = "onnx.Relu"(%c{i}) : ({T}) -> {T}'


def cse(i: int) -> Iterator[str]:
    """Two equal ops, and their sum."""
    yield f'%a{i} = "onnx.Relu"(%y{i}) : ({T}) -> {T}'
    yield f'%b{i} = "onnx.Relu"(%y{i}) : ({T}) -> {T}'
    yield f'%y{i + 1} = "onnx.Add"(%a{i}, %b{i}) : ({T}, {T}) -> {T}'


def constprop(i: int) -> Iterator[str]:
    """A sum and a product of constants."""
    yield f"%a{i} = onnx.Constant dense<{i}.0> : {W}"
    yield f"%b{i} = onnx.Constant dense<[0.0, 1.0, 2.0, {i}.5]> : {W}"
    yield f'%c{i} = "onnx.Add"(%a{i}, %b{i}) : ({W}, {W}) -> {W}'
    yield f'%d{i} = "onnx.Mul"(%c{i}, %b{i}) : ({W}, {W}) -> {W}'
    yield f'%e{i} = "onnx.Relu"(%y{i}) : ({T}) -> {T}'
    yield f'%y{i + 1} = "onnx.PRelu"(%e{i}, %d{i}) : ({T}, {W}) -> {T}'


def shape_inference(i: int) -> Iterator[str]:
    """Ops of which no result has a shape."""
    yield f'%a{i} = "onnx.Relu"(%y{i}) : ({T if not i else "tensor<*xf32>"}) -> tensor<*xf32>'
    yield f'%b{i} = "onnx.Sigmoid"(%a{i}) : (tensor<*xf32>) -> tensor<*xf32>'
    yield f'%y{i + 1} = "onnx.Add"(%a{i}, %b{i}) : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>'


WORK = (
    Work("fold-bn", fold_bn, ops=8, left=3),
    Work("canonicalize", canonicalize, ops=4, left=1),
    Work("cse", cse, ops=3, left=2),
    Work("constprop-onnx", constprop, ops=6, left=3),
    Work("shape-inference", shape_inference, ops=3, left=3),
)


def measure(work: Work, ops: int) -> float:
    """CPU seconds of the pass on about `ops` ops, the best of some rounds."""
    blocks = ops // work.ops
    text = work.text(blocks)
    if work.flag == "shape-inference":
        text = text.replace(
            f"onnx.Return %y{blocks} : {T}", f"onnx.Return %y{blocks} : tensor<*xf32>"
        )
    pass_ = BY_ARGUMENT[work.flag]
    options = {option.name: option.default for option in pass_.options}
    best = float("inf")
    for _ in range(ROUNDS):
        module = parse(text, context=make_context())
        start = time.process_time()
        pass_.run(module.operation, options, None)
        best = min(best, time.process_time() - start)
        if (left := count(module)) != blocks * work.left:
            raise AssertionError(f"--{work.flag} leaves {left} ops of {blocks} blocks")
    return best


def count(module: ir.Module) -> int:
    """The ops of the module's one function, but for its end."""
    return len(module.body.operations[0].regions[0].blocks[0].operations) - 1


def main() -> int:
    """Measure, and judge the promises."""
    parser = arguments("Measure how the cost of passes grows.")
    parser.add_argument("--sizes", default="1000,3000,10000,30000", help="ops of each function")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]

    rows: list[list[str]] = []
    bounds: list[Bound] = []
    for work in WORK:
        measure(work, min(sizes))  # warms up
        costs = [measure(work, size) for size in sizes]
        grows = exponent(sizes, costs)
        each = [f"{1e6 * cost / size:.0f}" for cost, size in zip(costs, sizes, strict=True)]
        rows.append([f"`--{work.flag}`", *each, f"{grows:.2f}"])
        bounds.append(Bound(f"growth exponent of --{work.flag}", grows, MAX_EXPONENT))
    header = ["us an op, of so many ops", *(f"{size:,}" for size in sizes), "exponent"]
    return finish("passes", table(header, rows), bounds, options)


if __name__ == "__main__":
    raise SystemExit(main())
