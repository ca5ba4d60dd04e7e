# SPDX-License-Identifier: Apache-2.0
"""What must hold of a rewrite, whatever the rule and the model.

1. the model is valid before (else it is no test) and after, and so is the module between;
2. its inputs, outputs, opsets and IR version are what they were;
3. an instance that has to be rewritten is, and one that must not be is not;
4. constants that one rule made are the nearest of their types to the exact ones;
5. both models give the same numbers, up to the rounding of the new constants;
6. a model in which nothing was rewritten is the model that came in.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import ml_dtypes
import numpy as np
import onnx
from arrays import FLOATS
from exact import AT_THE_END, Exact, check_constants
from instances import Instance
from onnx import ModelProto, numpy_helper
from rule_models import Example

from bench.float64_reference import ROUNDOFF, evaluate
from bench.model_protos import constant_array, graphs_of
from onnx_opt.dialect import make_context, verify
from onnx_opt.dialect.diagnostics import Diagnostic
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model
from onnx_opt.passes.rewriting import RewritePass
from onnx_opt.passes.rewriting.terms import Arithmetic, Attribute, OpTerm, walk

Array = np.ndarray[Any, Any]
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

    def rewrite(self, example: Example) -> tuple[ModelProto, list[str]]:
        """The model after import, pass, verifier and export; and the remarks."""
        self._uses += 1
        if self._uses % _EXAMPLES_PER_CONTEXT == 0:
            self._context = make_context()
        remarks: list[Diagnostic] = []
        module = import_model(example.model, context=self._context)
        example.run.run(module.operation, remark=remarks.append)
        found = verify(module.operation)
        if found:
            raise Finding(f"the verifier refuses the rewritten module: {found[0]}")
        return export_model(module), [remark.message for remark in remarks]

    def check(self, example: Example) -> None:
        """Raise Finding; NoTestError for an example that is none."""
        model = example.model
        try:
            onnx.checker.check_model(model, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise NoTestError(str(error)) from None
        rewritten, remarks = self.rewrite(example)
        try:
            onnx.checker.check_model(rewritten, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            raise Finding(f"the rewritten model is not valid: {error}") from None
        if _interface(model) != _interface(rewritten):
            raise Finding("the inputs or outputs of the graph changed")
        applied = _applied(remarks, example.run.verb)
        alone = len(example.run.rules) == 1
        answers = [_answer(instance) for instance in example.instances]
        for instance, answer in zip(example.instances, answers, strict=True):
            self._check_which(example, instance, answer, rewritten, remarks, alone=alone)
        if any(why == AT_THE_END for _, why in answers):
            # There float64 overflows, or loses digits, at other places before and after.
            self.counts["examples without numbers"] += 1
        else:
            self._compare(example, rewritten, len(applied), remarks)
        if alone:
            self._check_constants(example, answers, applied, rewritten)
        if not applied and _in_order(model) != _in_order(rewritten):
            # Before opset 7 an Add of sizes that are open comes out with `broadcast`, which it need not have had.
            plain = export_model(import_model(model, context=self._context))
            if _in_order(plain) != _in_order(rewritten):
                raise Finding("nothing was rewritten, and the model changed")
        self.counts["examples"] += 1
        self.counts["rewritten"] += len(applied)

    def _compare(
        self, example: Example, rewritten: ModelProto, count: int, remarks: list[str]
    ) -> None:
        try:
            self._check_results(example, rewritten, count)
        except Finding as error:
            raise Finding(f"{error}\nremarks: {remarks}") from None
        except ValueError as error:
            # What numpy says where shapes do not fit.
            raise Finding(f"the model cannot be run: {error}\nremarks: {remarks}") from error

    def _check_which(
        self,
        example: Example,
        instance: Instance,
        expected: tuple[str, str],
        rewritten: ModelProto,
        remarks: list[str],
        *,
        alone: bool,
    ) -> None:
        applied = _applied(remarks, example.run.verb)
        touched = any(node in instance.nodes for node in applied)
        answer, why = expected
        name = instance.rule.name or example.run.argument
        # What another rule has changed first need not match any more.
        if answer == "must" and not touched and _is_left(instance, example.model, rewritten):
            if not alone:
                remarks = self._alone(example, instance)
            raise Finding(f"{name} does not match what it should ({why}): {remarks}")
        # Numbers that do not fit may be others by then, if more than this was rewritten.
        sure = bool(instance.broken) or len(applied) == 1
        if answer == "must not" and touched and alone and sure:
            raise Finding(f"{name} matches what it should not ({why}): {remarks}")
        self.counts[f"{answer}: {why if answer == 'must' else re.sub('of .*', '', why)}"] += 1
        self.counts[f"instances rewritten: {answer}"] += touched
        self.counts[f"{name}: rewritten"] += touched

    def _alone(self, example: Example, instance: Instance) -> list[str]:
        """What the rule says by itself."""
        rule = instance.rule
        run = RewritePass(argument=rule.name or "rule", summary="", rules=(rule,))
        return self.rewrite(replace(example, run=run))[1]

    def _check_constants(
        self,
        example: Example,
        answers: list[tuple[str, str]],
        applied: list[str],
        rewritten: ModelProto,
    ) -> None:
        """Where a rule was applied to what was drawn, and the numbers are ones that exact arithmetic has."""
        for instance, (answer, _) in zip(example.instances, answers, strict=True):
            if (
                sum(node in instance.nodes for node in applied) == 1
                and answer == "must"
                and instance.type in FLOATS
                and instance.output
                in {name for node in rewritten.graph.node for name in node.output}
            ):
                if why := check_constants(instance, rewritten, constants_of(rewritten)):
                    raise Finding(f"{instance.rule.name}: {why}")
                self.counts["exact constants"] += 1

    def _check_results(self, example: Example, rewritten: ModelProto, count: int) -> None:
        # A new constant may be the old one: what is subtracted is too small, and so it is rounded away.
        made = {
            name: array
            for name, array in constants_of(rewritten).items()
            if count and array.dtype.kind in "fV"
        }
        unit = max((2.0 ** -(int(_finfo(array).nmant) + 1) for array in made.values()), default=0.0)
        roundoff = ROUNDOFF + count * unit
        errors = {
            name: np.full(array.shape, float(_finfo(array).smallest_subnormal))
            for name, array in made.items()
        }
        before = evaluate(example.model, example.inputs, {}, roundoff)
        after = evaluate(rewritten, example.inputs, errors, roundoff)
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
            blind = blind | (np.isfinite(new.number) & ~np.isfinite(new.error))
            self.counts["elements"] += old.number.size
            self.counts["elements not compared"] += int((blind & ~same).sum())
            if not (near | same | blind).all():
                at = tuple(int(i) for i in np.argwhere(~(near | same | blind))[0])
                allowed = np.broadcast_to(allowed, old.number.shape)
                raise Finding(
                    f"output {info.name}{list(at)} is {new.number[at]}, was {old.number[at]}, "
                    f"allowed {allowed[at]}"
                )


def _answer(instance: Instance) -> tuple[str, str]:
    """Whether the rule has to be applied, and why."""
    if instance.broken:
        return "must not", instance.broken[0]
    if instance.unsure:
        return "may", instance.unsure[0]
    if instance.type not in FLOATS:
        return ("must" if _is_whole(instance) else "may"), "integers"
    return Exact(instance).answer()


def _is_whole(instance: Instance) -> bool:
    """Whether the right side has no arithmetic but such as integers can do."""
    letters = {
        given: term.family.spec.attributes[name].kind
        for term in walk(instance.rule.before)
        if isinstance(term, OpTerm)
        for name, given in term.attributes.items()
    }
    return not any(
        (isinstance(term, Arithmetic) and term.operator in ("/", "sqrt"))
        or (isinstance(term, Attribute) and letters[term].name == "float")
        for constant, _, _ in Exact(instance).constants()
        for term in walk(constant)
    )


def _is_left(instance: Instance, before: ModelProto, after: ModelProto) -> bool:
    """Whether every node of an instance is there, with the operands that it had."""
    old, new = _nodes_of(before), _nodes_of(after)
    return all(new.get(name) == old[name] for name in instance.nodes)


def _nodes_of(model: ModelProto) -> dict[str, Any]:
    """What each node is and takes, by its name; of constants what they hold."""
    constants = constants_of(model)
    return {
        node.name: [
            node.op_type,
            *(constants[name].tobytes() if name in constants else name for name in node.input),
        ]
        for graph in graphs_of(model.graph)
        for node in graph.node
    }


def _applied(remarks: list[str], verb: str) -> list[str]:
    """The nodes at which something was rewritten."""
    found = [re.match(rf"node '(.*?)': {verb}", remark) for remark in remarks]
    return [match.group(1) for match in found if match]


def constants_of(model: ModelProto) -> dict[str, Array]:
    """Every constant of a model, the outer of two of one name; what a caller may override is none."""
    found: dict[str, Array] = {}
    for graph in graphs_of(model.graph):
        inputs = {info.name for info in graph.input} if model.ir_version >= 4 else set()
        for tensor in graph.initializer:
            if tensor.name not in inputs:
                found.setdefault(tensor.name, numpy_helper.to_array(tensor))
        for node in graph.node:
            if node.op_type == "Constant":
                array = constant_array(node)
                assert array is not None
                found.setdefault(node.output[0], array)
    return found


def _finfo(array: Array) -> Any:
    return ml_dtypes.finfo(array.dtype)


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
