# SPDX-License-Identifier: Apache-2.0
"""What the table refuses, and what shapes results have: as ONNX's strict shape inference says.

The cases that ship with ONNX, with a shape, a number or an attribute changed at random.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import onnx
import pytest
from backend_cases import ONNX_OPS, WITHOUT_CASES, NodeCase, array, cases_by_op
from floats import FLOATS
from onnx import AttributeProto, helper, numpy_helper
from runtime import INFERENCE, RunError, Runtime

from onnx_opt.proving.tensors import Invalid, Undefined

TRIES = 40
"""How many changed cases of each op are looked at."""

NOT_INFERRED = {"DynamicQuantizeLinear", "MeanVarianceNormalization", "Dropout"}
"""Ops left out: float64 has no value but NaN, inference fails on a function of its own, random numbers."""

STRICTER = {
    "a condition on what is not there": "Compress: condition may be shorter than the axis, says the specification",
    "an axis that is named twice": "numpy refuses it",
    "bounds are scalars": "Clip: min and max have an empty shape",
    "ceil_mode is 0 or 1": "engines take other numbers for one of them, and not for the same",
    "each has one scale and one zero point": "QLinearMatMul: scales of rows and columns are beyond what rules ask for",
    "p is positive": "LpPool: a norm",
    "keepdims is 0 or 1": "engines take other numbers for one of them, and not for the same",
    "scale and B have one element a channel": "engines broadcast them",
    "slope does not broadcast to X": "PRelu: unidirectional broadcasting",
    "shapes and axes are vectors": "some engines take scalars",
    "start, limit and delta are scalars": "Range: engines take vectors of one element",
    "the axes are 0 and 1": "ReverseSequence: negative ones are no option",
    "the batches differ": "GatherND: the first batch_dims sizes are equal",
    "the condition is a vector": "Compress: a tensor of rank 1",
}
"""Why the table refuses what both inference and onnxruntime take: the specification decides."""

_KEPT = {"to", "dtype", "stash_type", "output_dtype"}


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    found = Runtime()
    yield found
    found.close()


def _changed(given: Any, random: Random) -> Any:
    """An array with another number, or another shape."""
    shape = list(given.shape)
    if given.dtype.kind in "iu" and given.size and random.random() < 0.5:
        found = given.copy()
        least = 0 if given.dtype.kind == "u" else -4
        found.reshape(-1)[random.randrange(given.size)] = random.randint(least, 4)
        return found
    how = random.random()
    if how < 0.6 and shape:
        at = random.randrange(len(shape))
        shape[at] = random.choice((0, 1, 2, 3, shape[at] + 1))
    elif how < 0.8 and shape:
        del shape[random.randrange(len(shape))]
    else:
        shape.insert(random.randint(0, len(shape)), random.choice((1, 2)))
    return np.resize(given, shape) if given.size else np.zeros(shape, given.dtype)


def _change(node: onnx.NodeProto, random: Random) -> None:
    """Change an attribute that is an integer, or some."""
    attribute = random.choice(node.attribute)
    if attribute.type == AttributeProto.INT and attribute.name not in _KEPT:
        attribute.i += random.choice((-2, -1, 1, 2, 5))
    elif attribute.ints and random.random() < 0.7:
        attribute.ints[random.randrange(len(attribute.ints))] += random.choice((-1, 1, 2))
    elif attribute.ints:
        attribute.ints.append(1)


def _neighbour(case: NodeCase, random: Random) -> NodeCase:
    """The case with something changed."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    inputs = [array(each) for each in case.inputs]
    for _ in range(random.randint(1, 2)):
        if inputs and (random.random() < 0.6 or not model.graph.node[0].attribute):
            at = random.randrange(len(inputs))
            inputs[at] = _changed(inputs[at], random)
        elif model.graph.node[0].attribute:
            _change(model.graph.node[0], random)
    return NodeCase(case.name, case.op, model, inputs, case.outputs)


def _retyped(case: NodeCase) -> onnx.ModelProto:
    """The model with the types of its inputs, and results of any type."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    graph = model.graph
    names = [info.name for info in graph.input]
    outputs = [helper.make_empty_tensor_value_info(info.name) for info in graph.output]
    del graph.input[:], graph.output[:], graph.value_info[:]
    graph.output.extend(outputs)
    for name, given in zip(names, case.inputs, strict=True):
        type_ = helper.np_dtype_to_tensor_dtype(given.dtype)
        graph.input.append(helper.make_tensor_value_info(name, type_, given.shape))
    return model


def _inferred(case: NodeCase, runtime: Runtime) -> list[Any]:
    """The shapes that inference gives, which sees the numbers of small inputs.  Raises RunError."""
    model = _retyped(case)
    graph = model.graph
    for info, given in zip(graph.input, case.inputs, strict=True):
        if given.dtype.kind in "iub" and given.size < 64:
            graph.initializer.append(numpy_helper.from_array(given, info.name))
    return runtime.run(INFERENCE, model.SerializeToString(), [])


def _accepted(case: NodeCase, runtime: Runtime) -> bool:
    """Whether neither inference finds something wrong nor onnxruntime."""
    try:
        _inferred(case, runtime)
        model = _retyped(case)
        runtime.run("onnxruntime", model.SerializeToString(), case.inputs)
    except RunError:
        return False
    return True


def _agrees(found: dict[str, tuple[int, ...]], inferred: dict[str, Any]) -> bool:
    return all(
        sizes is None
        or (
            len(sizes) == len(found[name])
            and all(a in (None, b) for a, b in zip(sizes, found[name], strict=True))
        )
        for name, sizes in inferred.items()
    )


@pytest.mark.parametrize("op", [op for op in ONNX_OPS if op not in WITHOUT_CASES | NOT_INFERRED])
def test_inference_agrees(op: str, runtime: Runtime) -> None:
    """What inference refuses is refused; results have the shapes that it infers."""
    random, agreed = Random(0), 0
    cases = [case for case in cases_by_op()[op] if "string" not in case.name]
    cases = [case for case in cases if sum(np.size(each) for each in case.inputs) < 20000]
    for _ in range(TRIES):
        case = _neighbour(random.choice(cases), random)
        try:
            with np.errstate(all="ignore"):
                results = case.results(FLOATS)
        except Undefined:
            continue
        except Invalid as error:
            # Where there are no elements, engines look at nothing.
            empty = any(each.size == 0 for each in case.inputs)
            refused = empty or str(error) in STRICTER or not _accepted(case, runtime)
            assert refused, (
                f"{case.name}, {case.attributes}, {[each.shape for each in case.inputs]}: {error}"
            )
            continue
        try:
            shapes = _inferred(case, runtime)
        except RunError as error:
            assert "crashed" in str(error), f"{case.name}, {case.attributes}: {error}"
            continue
        found = {name: result.shape for name, result in results.items()}
        inferred = dict(zip(case.outputs, shapes, strict=True))
        assert _agrees(found, inferred), f"{case.name}, {case.attributes}: {found}, {inferred}"
        agreed += 1
    assert agreed, "nothing was compared"
