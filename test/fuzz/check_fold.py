# SPDX-License-Identifier: Apache-2.0
"""What must hold of a fold, whatever the model.

1. the model is valid before (else it is no test) and after;
2. its inputs, outputs, opsets and IR version are what they were;
3. a BatchNormalization that must go is gone, one that must stay is there;
4. folded weights are the nearest of their type to the exact ones;
5. both models give the same numbers, up to the rounding of the weights;
6. a model that nothing was folded in is the model that came in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from fold_oracle import AT_THE_END, Plan, check_numbers, constants_of, plan
from gemm_models import Example
from onnx import ModelProto

from bench.float64_reference import evaluate, graphs_of
from onnx_opt.dialect import make_context, verify
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes import ALL_PASSES

Array = np.ndarray[Any, Any]
FOLD = next(pass_ for pass_ in ALL_PASSES if pass_.argument == "fold-bn-into-gemm")
_EXAMPLES_PER_CONTEXT = 500
_UNDERFLOW = 1e-300
"""Below this float64 has no relative precision to speak of."""


class NoTestError(Exception):
    """The generator made a model that ONNX does not accept."""


class Finding(AssertionError):  # noqa: N818 - what fuzzers call it
    """A promise was broken."""


class Checker:
    """A check of example after example; a context holds what it has seen for as long as it lives, so it changes at times."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._uses = 0
        self._context = make_context()

    def fold(self, model: ModelProto) -> ModelProto:
        """The model after import, fold, verifier and export."""
        self._uses += 1
        if self._uses % _EXAMPLES_PER_CONTEXT == 0:
            self._context = make_context()
        module = import_model(model, context=self._context)
        FOLD.run(module.operation)
        found = verify(module.operation)
        if found:
            raise Finding(f"the verifier refuses the folded module: {found[0]}")
        return export_model(module)

    def check(self, example: Example) -> None:
        """Raise Finding; NoTestError for an example that is none."""
        model = example.model
        try:
            onnx.checker.check_model(model, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise NoTestError(str(error)) from None
        folded = self.fold(model)
        try:
            onnx.checker.check_model(folded, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise Finding(f"the folded model is not valid: {error}") from None
        if _interface(model) != _interface(folded):
            raise Finding("the inputs or outputs of the graph changed")
        expected = plan(model)
        self._check_which(expected, folded)
        if AT_THE_END in expected.reasons.values():
            # There float64 overflows, or loses digits, at other places before and after.
            self.counts["examples without numbers"] += 1
        else:
            errors = self._check_weights(expected, folded)
            self._check_results(example, folded, errors)
        left = remaining(folded)
        if left == list(expected.answers) and _in_order(model) != _in_order(folded):
            raise Finding("nothing was folded, and the model changed")
        self.counts["examples"] += 1
        self.counts["folded"] += len(expected.answers) - len(left)
        self.counts.update(
            f"{answer}: {expected.reasons[y]}" for y, answer in expected.answers.items()
        )

    def _check_which(self, expected: Plan, folded: ModelProto) -> None:
        left = set(remaining(folded))
        for y, answer in expected.answers.items():
            if answer == "must" and y in left:
                raise Finding(f"the BatchNormalization that makes {y} is left")
            if answer == "must not" and y not in left:
                raise Finding(
                    f"the BatchNormalization that makes {y} is gone: {expected.reasons[y]}"
                )

    def _check_weights(self, expected: Plan, folded: ModelProto) -> dict[str, Array]:
        """Give bounds for the errors of all folded weights, by name."""
        errors: dict[str, Array] = {}
        constants = constants_of(folded)
        for graph in graphs_of(folded.graph):
            for node in graph.node:
                numbers = expected.folded.get(node.output[0])
                if node.op_type != "Gemm" or numbers is None:
                    continue
                b, c = (constants.get(name) for name in node.input[1:3])
                if b is None or c is None:
                    raise Finding(f"the Gemm that makes {node.output[0]} has no constant weights")
                trans_b = any(item.name == "transB" and item.i for item in node.attribute)
                if wrong := check_numbers(numbers, b.T if trans_b else b, c):
                    raise Finding(f"the Gemm that makes {node.output[0]}: {wrong}")
                b_error, c_error = (
                    numbers.b_error.astype(np.float64),
                    numbers.c_error.astype(np.float64),
                )
                errors[node.input[1]] = b_error.T if trans_b else b_error
                errors[node.input[2]] = np.broadcast_to(c_error, c.shape)
        return errors

    def _check_results(
        self, example: Example, folded: ModelProto, errors: Mapping[str, Array]
    ) -> None:
        before = evaluate(example.model, example.inputs, {})
        after = evaluate(folded, example.inputs, errors)
        for info, old, new in zip(example.model.graph.output, before, after, strict=True):
            if old.number.shape != new.number.shape:
                raise Finding(
                    f"output {info.name} has shape {new.number.shape}, not {old.number.shape}"
                )
            with np.errstate(all="ignore"):
                allowed = old.error + new.error + _UNDERFLOW
                near = np.abs(old.number - new.number) <= allowed
            same = (old.number == new.number) | (np.isnan(old.number) & np.isnan(new.number))
            # Near the end of float64 the reference itself overflows: nothing can be said there.
            blind = ~np.isfinite(old.error) | ~np.isfinite(old.number)
            # Nor where the statistics of a batch are those of next to nothing, which has no bound.
            blind |= np.isfinite(new.number) & ~np.isfinite(new.error)
            self.counts["elements"] += old.number.size
            self.counts["elements not compared"] += int((blind & ~same).sum())
            if not (near | same | blind).all():
                at = tuple(int(i) for i in np.argwhere(~(near | same | blind))[0])
                raise Finding(
                    f"output {info.name}{list(at)} is {new.number[at]}, was {old.number[at]}, "
                    f"allowed {allowed[at]}"
                )


def remaining(model: ModelProto) -> list[str]:
    """The Y of every BatchNormalization in a model."""
    return [
        node.output[0]
        for graph in graphs_of(model.graph)
        for node in graph.node
        if node.op_type == "BatchNormalization"
    ]


def _interface(model: ModelProto) -> list[Any]:
    """What a caller sees; up to IR version 3 constants are listed among the inputs, which makes them none."""
    constants = (
        {tensor.name for tensor in model.graph.initializer} if model.ir_version < 4 else set()
    )
    return [
        [info for info in model.graph.input if info.name not in constants],
        list(model.graph.output),
        list(model.opset_import),
        model.ir_version,
    ]


def _in_order(model: ModelProto) -> bytes:
    """A model with the initializers by name: their order means nothing."""
    copy = ModelProto()
    copy.CopyFrom(model)
    copy.graph.initializer.sort(key=lambda tensor: tensor.name)
    return copy.SerializeToString(deterministic=True)
