# SPDX-License-Identifier: Apache-2.0
"""A module as nodes, in plain data that outlives its ops: constants are parts of the nodes that read them.

Ops in regions are nodes like others; what a region yields goes to the op that has the region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from ..dialect.assembly.provenance import provenance_of
from ..dialect.bindings import ir
from ..dialect.diagnostics import node_name, source_position
from ..dialect.model_records import NAME, NODE_NAME, OUTPUTS
from ..dialect.model_texts import RecordError
from ..dialect.onnx import OnnxOp
from ..dialect.ops.constant import held_attribute
from ..dialect.types import DYNAMIC, element_type, is_none, shape_of

INPUT, OUTPUT = "input", "output"
_LONGEST = 120
"""Characters of an attribute or a name that are shown."""


@dataclass(frozen=True)
class Operand:
    """What a node reads.

    source: the key of the node that gives it; "" for a constant, and for what a region is given.  constant: what an
    onnx.Constant holds; None if it is no constant, or of a form that is not looked into.
    """

    name: str
    type: str
    source: str = ""
    constant: ir.Attribute | None = None


@dataclass(frozen=True)
class Node:
    """An op, an input or an output of a function.

    key: its number, or where it is in its function.  number: 0 for inputs and outputs.  name: what the model calls it,
    or the place in the file.  results: name and type of each.
    """

    key: str
    op: str
    name: str
    function: str
    number: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    operands: tuple[Operand, ...] = ()
    results: tuple[tuple[str, str], ...] = ()

    @property
    def sources(self) -> list[str]:
        """The keys of the nodes that it reads, each once."""
        return list(dict.fromkeys(each.source for each in self.operands if each.source))


class Snapshot:
    """The nodes of a module in their order, by their keys.

    ops: by their numbers.  weights: bytes of all constants.
    """

    def __init__(self, module: ir.Operation, ops: Mapping[int, ir.Operation]) -> None:
        self.nodes: dict[str, Node] = {}
        self.weights = 0
        self._numbers = {op: number for number, op in ops.items()}
        self._sources: dict[ir.Value, str] = {}
        for view in module.regions[0].blocks[0]:
            op = view.operation
            if op.name == "func.func":
                self._function(op)
            elif "sym_name" not in op.attributes and op.name != "onnx.EntryPoint":
                self._op(op, "")

    def _function(self, op: ir.Operation) -> None:
        name = ir.StringAttr(op.attributes["sym_name"]).value
        if not op.regions[0].blocks:
            return
        block = op.regions[0].blocks[0]
        inputs, outputs = (_names_of(op, attribute) for attribute in ("arg_attrs", "res_attrs"))
        for index, argument in enumerate(block.arguments):
            key = f"@{name} {INPUT} {index}"
            called = inputs.get(index, f"{INPUT} {index}")
            self._sources[argument] = key
            result = ((called, short_type(argument.type)),)
            self.nodes[key] = Node(key, INPUT, called, name, results=result)
        body = [view.operation for view in block]
        for inner in body[:-1]:
            self._op(inner, name)
        for index, value in enumerate(body[-1].operands if body else ()):
            key = f"@{name} {OUTPUT} {index}"
            called = outputs.get(index, f"{OUTPUT} {index}")
            self.nodes[key] = Node(
                key, OUTPUT, called, name, operands=(self._operand(called, value),)
            )

    def _op(self, op: ir.Operation, function: str) -> None:
        if op.name in ("onnx.Constant", "onnx.NoValue"):
            self.weights += sum(_bytes(result.type) for result in op.results)
            return
        number = self._numbers[op]
        key = str(number)
        for result in op.results:
            self._sources[result] = key
        operands = self._operands(op)
        for region in op.regions:
            for block in region:
                inside = [view.operation for view in block]
                for inner in inside[:-1]:
                    self._op(inner, function)
                yielded = inside[-1].operands if inside else ()
                operands += [self._operand("yields", value) for value in yielded]
        attributes = op.attributes
        names = _result_names(op)
        self.nodes[key] = Node(
            key,
            _op_name(op),
            _name_of(op),
            function,
            number,
            {name: shortened(str(attributes[name])) for name in _told(op)},
            tuple(operands),
            tuple(
                (names[index] if index < len(names) else "", short_type(result.type))
                for index, result in enumerate(op.results)
            ),
        )

    def _operands(self, op: ir.Operation) -> list[Operand]:
        view = op.opview
        formals = view.SPEC.operands if isinstance(view, OnnxOp) else ()
        return [
            self._operand(formals[min(index, len(formals) - 1)].name if formals else "", value)
            for index, value in enumerate(op.operands)
            if not is_none(value.type)
        ]

    def _operand(self, name: str, value: ir.Value) -> Operand:
        type_ = short_type(value.type)
        if source := self._sources.get(value):
            return Operand(name, type_, source)
        owner = value.owner
        if isinstance(owner, ir.Block) or owner.name != "onnx.Constant":
            return Operand(name, type_)
        return Operand(name, type_, constant=held_attribute(owner.operation))


def shortened(text: str) -> str:
    """A text as far as it is shown."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def short_type(type_: ir.Type) -> str:
    """`1x64x?f32` for a tensor's type, as one reads it."""
    return shortened(str(type_).removeprefix("tensor<").removesuffix(">"))


def _bytes(type_: ir.Type) -> int:
    row, shape = element_type(type_), shape_of(type_)
    if row is None or shape is None or DYNAMIC in shape:
        return 0
    return -(-prod(shape) * row.bits // 8)


def _told(op: ir.Operation) -> list[str]:
    """The names of the attributes that say what an op does."""
    view = op.opview
    attributes = op.attributes
    declared = view.SPEC.attributes if isinstance(view, OnnxOp) else ()
    hidden = provenance_of(op.name.removeprefix("onnx.")) | {NODE_NAME.name}
    names = dict.fromkeys([*declared, *(str(name) for name in attributes)])
    return [name for name in names if name not in hidden and name in attributes]


def _op_name(op: ir.Operation) -> str:
    """What ONNX calls an op of its own."""
    view = op.opview
    return view.SPEC.onnx_name if isinstance(view, OnnxOp) else op.name.removeprefix("onnx.")


def _name_of(op: ir.Operation) -> str:
    """What a user calls an op: its node's name, else the name of its result, else its line."""
    attributes, location = op.attributes, op.location
    try:
        found = NODE_NAME.get(attributes, "") or next(filter(None, _result_names(op)), "")
    except RecordError:
        found = ""
    line = source_position(location)[1]
    return shortened(found or node_name(location) or (f"line {line}" if line else ""))


def _result_names(op: ir.Operation) -> list[str]:
    try:
        return [shortened(name) for name in OUTPUTS.get(op.attributes, [])]
    except RecordError:
        return []


def _names_of(function: ir.Operation, attribute: str) -> dict[int, str]:
    """What a model calls the arguments or results of a function, by their places."""
    found: dict[int, str] = {}
    entries = function.attributes.get(attribute)
    for index, entry in enumerate(entries if isinstance(entries, ir.ArrayAttr) else ()):
        if isinstance(entry, ir.DictAttr) and NAME.name in entry:
            try:
                found[index] = shortened(NAME.get({NAME.name: entry[NAME.name]}, ""))
            except RecordError:
                continue
    return found
