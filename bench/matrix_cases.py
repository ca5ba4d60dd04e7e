# SPDX-License-Identifier: Apache-2.0
"""The named cases of a BatchNormalization after a Gemm, and for each whether it may be folded.

A case is the plain one, y = BN(Gemm(x, B, C)) of float32 in opset 17 with everything an initializer, and what it
changes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx

from bench.matrix_family_cases import family_cases
from bench.matrix_models import PARAMETERS, Case, Options, build

NEWEST = onnx.defs.onnx_opset_version()


def all_cases() -> list[Case]:
    """Every case, in the order of the table."""
    return [*(build(name, options) for name, options in _described()), *family_cases()]


def _described() -> Iterator[tuple[str, Options]]:
    yield "plain", Options()
    yield from _attributes()
    yield from _shapes()
    yield from _types()
    yield from _versions()
    yield from _placements()
    yield from _sharing()
    yield from _surroundings()
    yield from _extremes()


def _attributes() -> Iterator[tuple[str, Options]]:
    for beta in (0.0, 0.5, -2.0, 3.0):
        yield f"beta = {beta}", Options(gemm={"beta": beta})
    for alpha in (0.0, 0.5, -2.0):
        yield f"alpha = {alpha}", Options(gemm={"alpha": alpha})
    for a in (0, 1):
        for b in (0, 1):
            changed = {"transA": a, "transB": b}
            yield f"transA = {a}, transB = {b}", Options(gemm=changed)
            yield f"transA = {a}, transB = {b}, square", Options(gemm=changed, m=3, n=3, c=(3,))
            everything = {**changed, "alpha": 0.5, "beta": -1.5}
            yield f"transA = {a}, transB = {b}, alpha, beta", Options(gemm=everything)
            yield (
                f"transA = {a}, transB = {b}, alpha, beta, C (M, N)",
                Options(gemm=everything, c=(2, 4)),
            )
    for epsilon in (0.0, 1e-3, 0.5, 1e-12):
        yield f"epsilon = {epsilon}", Options(bn={"epsilon": epsilon})
    yield "momentum = 0.1", Options(bn={"momentum": 0.1})
    yield "training_mode = 0 given", Options(bn={"training_mode": 0})
    yield "training_mode = 1", Options(bn={"training_mode": 1}, results=3, fold=False)
    yield (
        "training_mode = 1, statistics named",
        Options(bn={"training_mode": 1}, results=3, fold=False, after="Relu"),
    )
    yield "opset 9, four more results", Options(opset=9, results=5, fold=False)
    yield "opset 6, is_test = 0", Options(opset=6, c=(2, 4), bn={"is_test": 0}, fold=False)
    yield "opset 6, is_test left out", Options(opset=6, c=(2, 4), bn={"is_test": None}, fold=False)


def _shapes() -> Iterator[tuple[str, Options]]:
    for shape in ((), (1,), (4,), (1, 4), (2, 1), (2, 4), (1, 1)):
        yield f"C {shape}", Options(c=shape)
        yield f"C {shape}, beta = 0.5", Options(c=shape, gemm={"beta": 0.5})
    for beta in (1.0, 0.5):
        yield f"C absent, beta = {beta}", Options(c=None, gemm={"beta": beta})
        yield f"C empty, beta = {beta}", Options(c="", gemm={"beta": beta})
    for m, k, n in (
        (1, 1, 1),
        (1, 3, 4),
        (2, 1, 4),
        (2, 3, 1),
        (3, 3, 3),
        (0, 3, 4),
        (2, 0, 4),
        (16, 64, 32),
    ):
        yield f"M, K, N = {m}, {k}, {n}", Options(m=m, k=k, n=n, c=(n,))
    yield "C (M, N), M = N", Options(m=4, c=(4, 4))
    yield "C (M, 1), M = N", Options(m=4, c=(4, 1), gemm={"beta": 0.5})
    yield "symbolic batch", Options(dims=("batch", 3))
    yield "unknown batch", Options(dims=(None, 3))
    yield "all dimensions unknown", Options(dims=(None, None))
    yield "symbolic batch, C (M, N)", Options(dims=("batch", 3), c=(2, 4))


def _types() -> Iterator[tuple[str, Options]]:
    for name in ("f16", "bf16", "f64"):
        yield name, Options(dtype=name)
        yield (
            f"{name}, alpha, beta, transB",
            Options(dtype=name, gemm={"alpha": 0.5, "beta": -1.5, "transB": 1}),
        )
        yield f"{name}, C absent", Options(dtype=name, c=None)
        yield f"{name}, C (M, N)", Options(dtype=name, c=(2, 4))
    for x, scale, mean in (
        ("f16", "f32", "f32"),
        ("bf16", "f32", "f32"),
        ("f16", "f16", "f32"),
        ("f16", "f32", "f16"),
        ("f32", "f16", "f16"),
        ("f32", "f64", "f64"),
        ("f64", "f32", "f32"),
        ("f32", "bf16", "f32"),
    ):
        yield (
            f"X {x}, scale {scale}, mean {mean}",
            Options(dtype=x, scale_type=scale, mean_type=mean),
        )
    yield "opset 14, X f16, mean f32", Options(opset=14, dtype="f16", mean_type="f32")


def _versions() -> Iterator[tuple[str, Options]]:
    for opset in range(6, NEWEST + 1):
        old = {"broadcast": 1} if opset < 7 else {}
        yield f"opset {opset}", Options(opset=opset, gemm=old)
    yield "opset 6, C (M, N), no broadcast", Options(opset=6, c=(2, 4))
    yield "opset 6, broadcast, beta = 0.5", Options(opset=6, gemm={"broadcast": 1, "beta": 0.5})
    yield "opset 6, C (M, N), broadcast = 0", Options(opset=6, c=(2, 4), gemm={"broadcast": 0})
    yield "opset 7, spatial = 1", Options(opset=7, bn={"spatial": 1})
    yield "opset 11, C absent", Options(opset=11, c=None)
    for ir_version in (4, 7, 10):
        yield f"IR version {ir_version}", Options(opset=8, ir_version=ir_version)


def _placements() -> Iterator[tuple[str, Options]]:
    everything = ("b", "c", *PARAMETERS)
    yield "all in Constant nodes", Options(placed=dict.fromkeys(everything, "node"))
    for name in everything:
        yield f"{name} in a Constant node", Options(placed={name: "node"})
    for name in ("c", *PARAMETERS):
        yield f"{name} in value_floats", Options(placed={name: "value_floats"})
    yield "C () in value_float", Options(c=(), placed={"c": "value_float"})
    for name in everything:
        yield f"{name} is an input", Options(placed={name: "input"}, fold=False)
        yield f"{name} may be overridden", Options(placed={name: "overridable"}, fold=False)
    yield (
        "all may be overridden",
        Options(placed=dict.fromkeys(everything, "overridable"), fold=False),
    )
    yield (
        "IR version 3: initializers listed",
        Options(opset=8, ir_version=3, placed=dict.fromkeys(everything, "listed")),
    )
    yield "c in float_data", Options(placed={"c": "float_data"})
    yield "b in float_data", Options(placed={"b": "float_data"})


def _sharing() -> Iterator[tuple[str, Options]]:
    yield (
        "one constant for all parameters",
        Options(same=dict.fromkeys(("bias", "mean", "var"), "scale")),
    )
    yield "C is the bias too", Options(same={"bias": "c"})
    yield "C is the mean too", Options(same={"mean": "c"})
    yield "B is C too", Options(m=3, n=3, c=(3, 3), same={"c": "b"})
    yield "B is A too", Options(m=3, n=3, c=(3,), same={"x": "b"})
    for name in ("b", "c", "scale", "var"):
        yield f"{name} is read by another node", Options(extra=f"reads {name}")
        yield f"{name} is a result of the graph", Options(extra=f"gives {name}")
    yield "b in two Gemms, both with a normalization", Options(extra="twin")
    yield "b in two Gemms, one without a normalization", Options(extra="lone twin")
    yield "b is read in a branch", Options(extra="branch reads b")
    yield "a name like the folded one is taken", Options(extra="names")


def _surroundings() -> Iterator[tuple[str, Options]]:
    for between in ("Relu", "Identity", "Transpose", "Reshape", "Add", "Cast twice", "Mul"):
        fold = between in ("Identity", "Reshape", "Add", "Mul")
        yield f"{between} between", Options(between=between, fold=fold, m=4)
    for after in ("Relu", "Transpose", "Reshape", "Identity", "BatchNormalization"):
        yield f"{after} after", Options(after=after)
    yield "three normalizations", Options(after="BatchNormalization twice")
    yield "the Gemm has another reader", Options(extra="reads z", fold=False)
    yield "the Gemm is a result of the graph", Options(extra="gives z", fold=False)
    yield "the Gemm is read in a branch", Options(extra="branch reads z", fold=False)
    yield "the normalization has two readers", Options(extra="reads y")
    yield "the normalization is read in a branch", Options(extra="branch reads y")
    yield "MatMul and Add instead of the Gemm", Options(between="MatMul")
    yield "no Gemm", Options(between="no Gemm")
    yield "both in a branch", Options(in_branch="both")
    yield "the normalization in a branch", Options(in_branch="bn")
    yield "nodes without names", Options(extra="nameless")
    yield "Relu before the Gemm", Options(extra="Relu before")


def _extremes() -> Iterator[tuple[str, Options]]:
    large, small = np.full(4, 6e4), np.full(4, 6e-8)
    yield (
        "f16: a weight overflows",
        Options(
            dtype="f16",
            gemm={"alpha": 1e-3},
            values={"scale": [2, 1, 1, 6e4], "b": 1.5, "c": 0.0, "mean": 0.0, "var": 1.0},
            fold=False,
        ),
    )
    yield (
        "f16: a bias overflows",
        Options(dtype="f16", values={"mean": -large, "bias": large}, fold=False),
    )
    yield (
        "f16: the largest weight",
        Options(
            dtype="f16",
            values={"scale": [65504, 1, 1, 1], "b": 1.0, "var": 1.0},
            bn={"epsilon": 0.0},
        ),
    )
    yield (
        "f16: weights underflow",
        Options(dtype="f16", values={"scale": small, "b": 0.01}, fold=False),
    )
    yield "f16: variance 0 and epsilon 1e-5", Options(dtype="f16", values={"var": 0.0})
    yield "f32: a weight overflows", Options(values={"scale": 1e38, "b": 1e3}, fold=False)
    yield "f32: a bias overflows", Options(values={"scale": 1e3, "mean": 1e38}, fold=False)
    yield "f32: weights underflow", Options(values={"scale": 1e-30, "b": 1e-12}, fold=False)
    yield "f32: exact only in float64", Options(values={"var": 3.0, "scale": 1 / 3}, k=64, n=4)
    yield "variance 0, epsilon 0", Options(values={"var": 0.0}, bn={"epsilon": 0.0}, fold=False)
    yield "variance below -epsilon", Options(values={"var": -1.0}, fold=False)
    yield "variance between -epsilon and 0", Options(values={"var": -1e-3}, bn={"epsilon": 0.5})
    yield "variance enormous", Options(values={"var": 3e38})
    yield "scale 0", Options(values={"scale": 0.0})
    yield "scale 0 in one column", Options(values={"scale": [0, 1, 2, 3]})
    yield "scale negative", Options(values={"scale": [-1, -2, 3, -4]}, after="Relu")
    yield "B 0", Options(values={"b": 0.0})
    yield "mean cancels C", Options(values={"mean": 1.5, "c": 1.5, "bias": 0.0})
    yield "mean large", Options(values={"mean": 1e6})
    yield "beta 0 hides a large C", Options(values={"c": 3e38}, gemm={"beta": 0.0})
