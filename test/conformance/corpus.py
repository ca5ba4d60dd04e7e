# SPDX-License-Identifier: Apache-2.0
"""The models that ship inside the onnx package, with their inputs and outputs."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

DATA = Path(onnx.__file__).parent / "backend" / "test" / "data"
FOLDERS = ("simple", "pytorch-converted", "pytorch-operator", "light")

Value = Any
Sample = tuple[Sequence[Value], Sequence[Value]]


@dataclass(frozen=True)
class Case:
    """One model.

    family: where it comes from.  model: loads it.  samples: loads (inputs, outputs) to run it with.
    tolerances: (relative, absolute), as the case itself says.
    """

    name: str
    family: str
    model: Callable[[], onnx.ModelProto]
    samples: Callable[[], list[Sample]]
    tolerances: tuple[float, float] = (1e-3, 1e-7)


@cache
def node_cases() -> tuple[Case, ...]:
    """The test cases of single nodes, about 1,880; some seconds."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        found = collect_testcases(None)
    return tuple(_node_case(case) for case in found if case.model is not None)


def _node_case(case: Any) -> Case:
    model, data = case.model, case.data_sets or []
    return Case(case.name, "node", lambda: model, lambda: list(data), (case.rtol, case.atol))


@cache
def folder_cases() -> tuple[Case, ...]:
    """The models in the package's data folders."""
    return tuple(_folder_cases())


def _folder_cases() -> Iterator[Case]:
    for family in FOLDERS:
        for path in sorted((DATA / family).glob("*/model.onnx")):
            yield _folder_case(path.parent.name, family, path)
        for path in sorted((DATA / family).glob("*.onnx")):
            yield Case(path.stem, family, _loader(path), _light_samples(path))


def _folder_case(name: str, family: str, path: Path) -> Case:
    def samples() -> list[Sample]:
        model = onnx.load(path)
        return [_sample(folder, model) for folder in sorted(path.parent.glob("test_data_set_*"))]

    return Case(name, family, _loader(path), samples)


def _loader(path: Path) -> Callable[[], onnx.ModelProto]:
    return lambda: onnx.load(path)


def _sample(folder: Path, model: onnx.ModelProto) -> Sample:
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [info for info in model.graph.input if info.name not in constants]
    return (
        [_value(folder / f"input_{index}.pb", info) for index, info in enumerate(inputs)],
        [
            _value(folder / f"output_{index}.pb", info)
            for index, info in enumerate(model.graph.output)
        ],
    )


def _value(path: Path, info: onnx.ValueInfoProto) -> Value:
    data = path.read_bytes()
    if info.type.HasField("sequence_type"):
        return numpy_helper.to_list(onnx.SequenceProto.FromString(data))
    if info.type.HasField("optional_type"):
        return numpy_helper.to_optional(onnx.OptionalProto.FromString(data))
    return numpy_helper.to_array(onnx.TensorProto.FromString(data))


def _light_samples(path: Path) -> Callable[[], list[Sample]]:
    """The light models' outputs are stored; their inputs are what onnx's own runner makes: numbers that count up."""

    def samples() -> list[Sample]:
        model = onnx.load(path)
        constants = {tensor.name for tensor in model.graph.initializer}
        inputs = [_counting(info) for info in model.graph.input if info.name not in constants]
        output = onnx.TensorProto.FromString(
            path.with_name(f"{path.stem}_output_0.pb").read_bytes()
        )
        return [(inputs, [numpy_helper.to_array(output)])]

    return samples


def _counting(info: onnx.ValueInfoProto) -> np.ndarray[Any, Any]:
    shape = tuple(dim.dim_value for dim in info.type.tensor_type.shape.dim)
    size = int(np.prod(shape))
    return (np.arange(size).reshape(shape) / size).astype(np.float32)
