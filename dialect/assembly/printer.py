# SPDX-License-Identifier: Apache-2.0
"""IR to text.

MLIR prints the module; the lines of onnx ops are then put into onnx-mlir's form: the four pretty forms, inherent
attributes in `<{...}>`, sorted and with defaults filled in, discardable ones in `{...}` behind, without provenance.  A
printed op starts on a line of its own, and line breaks inside strings are escaped, so this works line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import numpy as np

from ..bindings import ir
from ..context import make_context
from ..dataclass import dataclass
from ..elements.resources import Blob, Resource, ResourceTable
from ..ops.attributes import get_attribute
from ..ops.schema import op_spec
from ..text_scanner import read_dictionary, skip_brackets, skip_type
from ..types import Array
from .dense_literals import ELIDED, LiteralWriter
from .mlir_print import printed
from .number_lists import FEW_ELEMENTS
from .provenance import located_by_value_names, provenance_of, without_provenance
from .resource_text import resource_section
from .result_names import name_results, result_names

_OP = re.compile(r'(?P<head>\s*(?:%[^"=]*= )?)"onnx\.(?P<name>\w+)"(?P<operands>\([^()]*\))')
_PLAIN_CONSTANT = '"onnx.Constant"() {value = dense'
_INDENT = re.compile(r" *")


def to_text(
    module: ir.Module | ir.Operation | ir.OpView,
    *,
    debuginfo: bool = False,
    value_names: bool = False,
    generic: bool = False,
    elide_larger_than: int | None = None,
    use_resources: bool = False,
) -> str:
    """The text of a module or op, ending in a line break.

    debuginfo: with locations, and with provenance: what a model says beside what it computes.  value_names: values are
    called as in the model that they come from, else as their locations say.  generic: every op in MLIR's generic form.
    elide_larger_than: elements attributes with more elements are printed as `__elided__`; such text cannot be read back
    whole.  use_resources: constants that are resources in memory are printed as such, `dense_resource<...>`, with their
    data in a section at the end.
    """
    return "".join(
        text_pieces(
            module,
            debuginfo=debuginfo,
            value_names=value_names,
            generic=generic,
            elide_larger_than=elide_larger_than,
            use_resources=use_resources,
        )
    )


def text_pieces(
    module: ir.Module | ir.Operation | ir.OpView,
    *,
    debuginfo: bool = False,
    value_names: bool = False,
    generic: bool = False,
    elide_larger_than: int | None = None,
    use_resources: bool = False,
) -> Iterator[str]:
    """`to_text` in pieces, so that large resources are written without being in memory as a whole."""
    operation = module.operation
    with ExitStack() as stack:
        if not debuginfo:
            stack.enter_context(without_provenance(operation))
        if value_names:
            stack.enter_context(located_by_value_names(operation))
        asm, resources, left_out = _asm_and_data(
            operation,
            elide_larger_than,
            enable_debug_info=debuginfo,
            print_generic_op_form=generic,
            use_name_loc_as_prefix=value_names,
            assume_verified=True,
        )
    lines = asm.rstrip("\n").split("\n")
    open_regions: list[_Op] = []
    has_names = False
    for index, line in enumerate(lines):
        if not generic and (constant := _plain_constant(line)):
            lines[index] = constant
        elif '"onnx.' in line and (match := _OP.match(line)):
            has_names = has_names or (":" in match["head"] and bool(result_names(match["name"])))
            op = _Op.of_line(index, line, match, provenance=debuginfo)
            if op.tail == " ({":
                open_regions.append(op)
            else:
                lines[index] = op.generic() if generic else op.pretty()
        elif open_regions and line.startswith(open_regions[-1].indent + "})"):
            op = open_regions.pop()
            lines[index] = op.close_regions(line)
            lines[op.index] = op.generic()
    if has_names and not generic:
        name_results(lines)
    writer = LiteralWriter(
        resources, iter(left_out), operation.context, elide_larger_than, not use_resources
    )
    yield from writer.text(lines)
    yield from resource_section(writer.kept, resources, elide_larger_than)


def _asm_and_data(
    operation: ir.Operation, limit: int | None, **flags: Any
) -> tuple[str, dict[str, Blob | Resource], list[Array | str | None]]:
    """What MLIR prints, and the data that is then for us to write: of resources, and of what it left out.

    MLIR leaves out the elements of constants too if no other op has any: its way to write numbers is slow.
    """
    if limit is None or limit > FEW_ELEMENTS:
        asm, resources = _asm_and_resources(operation, large_elements_limit=FEW_ELEMENTS, **flags)
        left_out = _elements_of_constants(operation, limit) if ELIDED in asm else []
        if len(left_out) == asm.count(ELIDED):
            return asm, resources, left_out
    return *_asm_and_resources(operation, large_elements_limit=limit, **flags), []


def _elements_of_constants(root: ir.Operation, limit: int | None) -> list[Array | str | None]:
    """The array or the literal of each constant that MLIR left out; None for those with more than `limit` elements."""
    found: list[Array | str | None] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        if op.name != "onnx.Constant":
            return ir.WalkResult.ADVANCE
        value = get_attribute(op, "value")
        if not isinstance(value, ir.DenseFPElementsAttr | ir.DenseIntElementsAttr):
            return ir.WalkResult.ADVANCE
        size = len(value)
        if size <= FEW_ELEMENTS or value.is_splat:
            return ir.WalkResult.ADVANCE
        if limit is not None and size > limit:
            found.append(None)
        else:
            try:
                found.append(np.asarray(memoryview(value)))
            except BufferError:  # of a type that Python's buffers do not know
                found.append(str(value).rpartition(" : ")[0])
        return ir.WalkResult.ADVANCE

    root.walk(visit, ir.WalkOrder.PRE_ORDER)
    return found


def _asm_and_resources(
    operation: ir.Operation, **flags: Any
) -> tuple[str, dict[str, Blob | Resource]]:
    """What MLIR prints, without the data of resources, and those whose data are then for us to write."""
    table = ResourceTable.of(operation.context)
    if not table.mlir_backed:
        return printed(operation, **flags), table.resources
    asm = printed(operation, large_resource_limit=0, **flags)
    body, _, section = asm.rpartition("\n{-#\n")
    if not section.strip().removesuffix("#-}"):
        return body, table.resources
    # MLIR has more to say at the end than builtin resources.
    ours = {
        name: resource
        for name, resource in table.resources.items()
        if name not in table.mlir_backed
    }
    return printed(operation, **flags), ours


@dataclass
class _Op:
    """The line of one onnx op, taken apart.

    tail: what follows the dictionaries: ` : (...) -> ... loc(...)`, or ` ({` where regions begin.  provenance: whether
    it is kept.
    """

    index: int
    head: str
    name: str
    operands: str
    inherent: dict[str, str]
    discardable: dict[str, str]
    tail: str
    provenance: bool

    @classmethod
    def of_line(cls, index: int, line: str, match: re.Match[str], *, provenance: bool) -> _Op:
        op = cls(index, match["head"], match["name"], match["operands"], {}, {}, "", provenance)
        op.tail = op._take_dictionaries(line, match.end())
        op._sort()
        return op

    @property
    def indent(self) -> str:
        return _INDENT.match(self.head)[0]  # type: ignore[index]

    def _take_dictionaries(self, line: str, position: int) -> str:
        """Read ` <{...}>` and ` {...}` at `position`, give the rest of the line."""
        if line.startswith(" <{", position):
            entries, position = read_dictionary(line, position + 2)
            self.inherent |= entries
            position += len(">")
        if line.startswith(" {", position):
            entries, position = read_dictionary(line, position + 1)
            self.discardable |= entries
        return line[position:]

    def _sort(self) -> None:
        """Every attribute to its dictionary, by the schema; defaults for what is not there."""
        if not self.provenance:
            for name in provenance_of(self.name).intersection(self.discardable):
                del self.discardable[name]
        spec = op_spec(self.name)
        if spec is None:
            return
        both = self.discardable | self.inherent
        defaults = {} if self.name == "Constant" else _default_texts(self.name)
        inherent = defaults | {
            name: value for name, value in both.items() if name in spec.attributes
        }
        self.inherent = dict(sorted(inherent.items()))
        self.discardable = {
            name: value for name, value in both.items() if name not in spec.attributes
        }

    def close_regions(self, line: str) -> str:
        """Take over the dictionary behind the regions, which end on `line`; give that line anew."""
        position = len(self.indent) + len("})")
        tail = self._take_dictionaries(line, position)
        self._sort()
        closed = line[:position] + _dictionary(self.discardable) + tail
        self.discardable = {}
        return closed

    def generic(self) -> str:
        """`"onnx.Name"(operands) <{inherent}> {discardable} : type`."""
        properties = f" <{_dictionary(self.inherent)[1:]}>" if self.inherent else ""
        return f'{self.head}"onnx.{self.name}"{self.operands}{properties}{_dictionary(self.discardable)}{self.tail}'

    def pretty(self) -> str:
        """The op in the form that onnx-mlir prints."""
        if self.name == "Constant":
            return self._pretty_constant()
        if self.name == "ConstantOfShape":
            attributes = _dictionary(self.inherent | self.discardable)
            return f"{self.head}onnx.ConstantOfShape{self.operands}{attributes}{self.tail}"
        spec = op_spec(self.name)
        if spec and spec.terminator:
            return self._pretty_terminator()
        return self.generic()

    def _pretty_constant(self) -> str:
        type_ = self.tail.removeprefix(" : () -> ")
        attributes = self.inherent | self.discardable
        elements = attributes.get("value") or attributes.get("sparse_value")
        # As onnx-mlir, this form drops what users noted beside the elements; what a model says of them is kept.
        if elements and len(self.inherent) == 1 and not any(map(_is_record, self.discardable)):
            result_type = type_[: skip_type(type_, 0)]
            if elements.endswith(f" : {result_type}"):
                return f"{self.head}onnx.Constant {elements}{type_[len(result_type) :]}"
        return f"{self.head}onnx.Constant{_dictionary(dict(sorted(attributes.items())))} : {type_}"

    def _pretty_terminator(self) -> str:
        types_end = skip_brackets(self.tail, len(" : "))
        location = self.tail[types_end + len(" -> ()") :]
        prefix = f"{self.head}onnx.{self.name}{_dictionary(self.inherent | self.discardable)}"
        if self.operands == "()":
            return prefix + location
        return (
            f"{prefix} {self.operands[1:-1]} : {self.tail[len(' : (') : types_end - 1]}{location}"
        )


def _plain_constant(line: str) -> str | None:
    """The pretty form of a constant that has its elements and nothing else; None for any other line.

    Which most constants are; so the elements are passed over in one step.
    """
    head, found, rest = line.partition(_PLAIN_CONSTANT)
    if not found:
        return None
    body, _, types = rest.partition("> : ")
    type_, _, result = types.partition("} : () -> ")
    if '"' in body.removeprefix('<"0x').removesuffix('"') or not result.startswith(type_):
        return None
    after = result[len(type_) :]
    return f"{head}onnx.Constant dense{body}> : {result}" if after[:5] in ("", " loc(") else None


def _is_record(attribute: str) -> bool:
    """Whether an attribute says something of a model's node: `onnx_node_name`, `onnx.outputs`, ..."""
    return attribute.startswith(("onnx.", "onnx_"))


def _dictionary(entries: dict[str, str]) -> str:
    if not entries:
        return ""
    return (
        " {"
        + ", ".join([f"{name} = {value}" if value else name for name, value in entries.items()])
        + "}"
    )


@cache
def _default_texts(name: str) -> dict[str, str]:
    """The attributes of `onnx.<name>` that have a default, as text."""
    spec = op_spec(name)
    # With all of MLIR's dialects a context takes 4 ms, and each kind of op comes here.
    with make_context(load_all=False):
        defaults = spec.default_attributes() if spec else {}
        return {attribute: str(default) for attribute, default in defaults.items()}
