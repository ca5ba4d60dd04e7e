# SPDX-License-Identifier: Apache-2.0
"""Provenance in text: what a model says beside what it computes, which is printed where locations are.

The records of ops are left out line by line, when the printer takes a line apart.  Those of a module and of its
functions, which are few, are taken off for the time of printing, in whatever form MLIR prints them.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager

from ..bindings import ir
from ..model_records import (
    ARGUMENTS,
    FUNCTION,
    MEANT_BY_CUSTOM,
    NAME,
    OPSET_IMPORT,
    OUTPUTS,
    PROVENANCE_OF_FUNCTION,
    PROVENANCE_OF_MODULE,
    PROVENANCE_OF_OP,
    PROVENANCE_OF_VALUE,
    RESULTS,
)
from ..model_texts import RecordError
from ..ops.schema import DOMAINS
from ..ops.versions import canonical_domain

_OF_CUSTOM = PROVENANCE_OF_OP - MEANT_BY_CUSTOM


def provenance_of(name: str) -> frozenset[str]:
    """The names of the attributes of `onnx.<name>` that are provenance."""
    return _OF_CUSTOM if name == "Custom" else PROVENANCE_OF_OP


@contextmanager
def without_provenance(root: ir.Operation) -> Generator[None]:
    """Take provenance off a module and the functions in it, or off a function; put it back at the end."""
    with ExitStack() as stack:
        if root.name == "builtin.module":
            tops = [view.operation for view in root.regions[0].blocks[0].operations]
            names = PROVENANCE_OF_MODULE
            if _needs_opsets(root, tops):
                names = names - {OPSET_IMPORT.name}
            _take_off(root, names, stack)
        else:
            tops = [root]
        for op in tops:
            if op.name == "func.func":
                _take_off(op, PROVENANCE_OF_FUNCTION, stack)
                for record in (ARGUMENTS, RESULTS):
                    _take_off_values(op, record.name, stack)
        yield


def _needs_opsets(module: ir.Operation, tops: Sequence[ir.Operation]) -> bool:
    """Whether the opsets of a model say what nothing else says.

    1. It has model-local functions: opsets of their own must suit the model's.
    2. It imports another version than the first of a domain that ONNX does not know, which onnx.Custom does not say.
    """
    if any(FUNCTION.name in op.attributes for op in tops):
        return True
    try:
        opsets = OPSET_IMPORT.get(module.attributes, {})
    except RecordError:
        return False
    return any(
        version != 1 and canonical_domain(domain) not in DOMAINS
        for domain, version in opsets.items()
    )


def _take_off(op: ir.Operation, names: frozenset[str], stack: ExitStack) -> None:
    attributes = op.attributes
    for name in names.intersection(attributes):
        stack.callback(attributes.__setitem__, name, attributes[name])
        del attributes[name]


def _take_off_values(function: ir.Operation, name: str, stack: ExitStack) -> None:
    """Take provenance off the arguments or the results of a function."""
    attributes = function.attributes
    before = attributes.get(name)
    if not isinstance(before, ir.ArrayAttr):
        return
    entries = list(before)
    changed = False
    for index, entry in enumerate(entries):
        if not isinstance(entry, ir.DictAttr):
            continue
        kept = [each.name for each in entry if each.name not in PROVENANCE_OF_VALUE]
        if len(kept) < len(entry):
            entries[index] = ir.DictAttr.get({each: entry[each] for each in kept}, entry.context)
            changed = True
    if changed:
        stack.callback(attributes.__setitem__, name, before)
        attributes[name] = ir.ArrayAttr.get(entries, before.context)


@contextmanager
def located_by_value_names(root: ir.Operation) -> Generator[None]:
    """Put the name that a model gives the first result of each op before the op's location, until the end."""
    located: list[tuple[ir.Operation, ir.Location]] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        name = _value_name(op)
        before = op.location
        if name and not (isinstance(before, ir.NameLoc) and before.name_str == name):
            located.append((op, before))
            op.location = ir.Location.name(name, before, before.context)
        return ir.WalkResult.ADVANCE

    try:
        root.walk(visit)
        yield
    finally:
        for op, before in located:
            op.location = before


def _value_name(op: ir.Operation) -> str:
    try:
        names = OUTPUTS.get(op.attributes) or [NAME.get(op.attributes, "")]
    except RecordError:
        return ""
    return next((name for name in names if name), "")
