# SPDX-License-Identifier: Apache-2.0
"""The least that folding a chain of blocks costs in Python: protobuf, numpy and nothing else.

It checks nothing and is right for the chains of bench/chain_models.py only. Weights inside the model are folded as
arrays; those in a file of their own are streamed in blocks of 4 MB. Both compute in float64 and round once.

    python bench/floor.py MODEL RESULT
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper

BLOCK_BYTES = 4 << 20
Vector = NDArray[np.float64]
ReadVector = Callable[[str], Vector]


def fold_nodes(graph: onnx.GraphProto, read: ReadVector) -> tuple[dict[str, Vector], set[str]]:
    """Drop the batch normalizations, whose output becomes their Gemm's or Conv's.

    Returns s by the name of W and C' by the name of C, and the names of the parameters that nothing reads any more.
    """
    makers = {node.output[0]: node for node in graph.node}
    vectors: dict[str, Vector] = {}
    dead: set[str] = set()
    kept: list[onnx.NodeProto] = []
    for bn in graph.node:
        if bn.op_type != "BatchNormalization":
            kept.append(bn)
            continue
        linear = makers[bn.input[0]]
        _, w, c = linear.input
        scale, bias, mean, var = map(read, bn.input[1:])
        (epsilon,) = (a.f for a in bn.attribute)
        vectors[w] = s = scale / np.sqrt(var + epsilon)
        vectors[c] = (read(c) - mean) * s + bias
        linear.output[0] = bn.output[0]
        dead.update(bn.input[1:])
    del graph.node[:]
    graph.node.extend(kept)
    return vectors, dead


def replace_initializers(graph: onnx.GraphProto, kept: list[onnx.TensorProto]) -> None:
    """Leave only the initializers `kept`."""
    del graph.initializer[:]
    graph.initializer.extend(kept)


def fold_inside(model: onnx.ModelProto, result: Path) -> None:
    """Fold a model that holds its weights."""
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    vectors, dead = fold_nodes(
        graph, lambda name: numpy_helper.to_array(tensors[name]).astype(np.float64)
    )
    for name, vector in vectors.items():
        tensor = tensors[name]
        if len(tensor.dims) > 1:
            weights = numpy_helper.to_array(tensor)
            vector = weights * vector.reshape(-1, *[1] * (weights.ndim - 1))
        tensor.raw_data = vector.astype(np.float32).tobytes()
    replace_initializers(graph, [tensor for name, tensor in tensors.items() if name not in dead])
    result.write_bytes(model.SerializeToString())


def fold_external(model: onnx.ModelProto, source: Path, result: Path) -> None:
    """Fold a model whose weights lie in one file, block by block."""
    graph = model.graph
    places = {
        tensor.name: {entry.key: entry.value for entry in tensor.external_data}
        for tensor in graph.initializer
    }
    target = result.with_name(f"{result.name}.data")
    data = source.with_name(next(iter(places.values()))["location"])
    with data.open("rb") as file, target.open("wb") as out:

        def read(name: str) -> Vector:
            file.seek(int(places[name]["offset"]))
            count = int(places[name]["length"]) // 4
            return np.fromfile(file, np.float32, count).astype(np.float64)

        vectors, dead = fold_nodes(graph, read)
        kept = [tensor for tensor in graph.initializer if tensor.name not in dead]
        for tensor in kept:
            vector = vectors[tensor.name]
            offset = out.tell()
            if len(tensor.dims) == 1:
                vector.astype(np.float32).tofile(out)
            else:
                rows, columns = tensor.dims
                step = max(1, BLOCK_BYTES // (4 * columns))
                file.seek(int(places[tensor.name]["offset"]))
                for row in range(0, rows, step):
                    block = np.fromfile(file, np.float32, min(step, rows - row) * columns)
                    s = vector[row : row + step, None]
                    (block.reshape(-1, columns) * s).astype(np.float32).tofile(out)
            del tensor.external_data[:]
            for key, value in [
                ("location", target.name),
                ("offset", offset),
                ("length", out.tell() - offset),
            ]:
                tensor.external_data.add(key=key, value=str(value))
        replace_initializers(graph, kept)
    result.write_bytes(model.SerializeToString())


def main() -> int:
    """Fold the model that the command line names."""
    source, result = map(Path, sys.argv[1:])
    model = onnx.ModelProto.FromString(source.read_bytes())
    if model.graph.initializer[0].data_location == TensorProto.EXTERNAL:
        fold_external(model, source, result)
    else:
        fold_inside(model, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
