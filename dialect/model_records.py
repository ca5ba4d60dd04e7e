# SPDX-License-Identifier: Apache-2.0
"""What a model says and the IR has no place for: it is carried in discardable attributes, and written back from there.

On builtin.module
    onnx.ir_version, onnx.producer_name, ...   fields of the ModelProto, under their names
    onnx.opset_import                          [["", 13], ["ai.onnx.ml", 2]]
On a func.func
    onnx.graph        a dictionary about the graph (below)
    onnx.function     the same for a model-local function, with its domain and attributes: it is no entry point
On its arguments and results
    onnx.name, onnx.dim_params                 as onnx-mlir has them: "0:batch,1:seq"
    onnx.value_info                            the ValueInfoProto, where type and dim_params do not say all of it
    onnx.default_value                         the initializer that a caller of the model may override
On an op that stands for a node
    onnx_node_name                             as onnx-mlir has it
    onnx.outputs      names of its results, ["y", ""] where the last is left out
    onnx.inputs       how many inputs it has, where trailing ones are left out by an empty name
    onnx.attributes   attributes that it sets, in order; needed unless these are those that differ from their default
    onnx.extra        attributes that cannot stand beside the op's own
    onnx.exact        {name = "AttributeProto"}: an attribute of which the IR cannot say everything
    onnx.tensors      {name = "TensorProto"}: name, doc string and so on of tensors in attributes
    onnx.value_info   per result, what the graph's value_info says
    onnx.graphs       a dictionary about the graph of each region
    onnx.domain, onnx.overload, onnx.doc_string, onnx.metadata_props, onnx.device_configurations
On an onnx.Constant without `onnx.outputs`, which stands for an initializer
    onnx.name         its name

A dictionary about a graph has `name`, `doc_string`, `metadata_props`, `quantization_annotation` and `value_info` (of
values that no op of it makes); about a region's graph also `inputs`, `input_info`, `outputs`, `output_info`; and where
constants are listed among the inputs `listed` and `listed_info`, in the order of the graph.  An info says what type and
name do not: symbolic dimensions, `?` for no type at all, or the whole ValueInfoProto.  Messages are in protobuf's text.
A record holds as long as it agrees with the IR: where a pass has changed the IR, the IR is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from .bindings import ir

if TYPE_CHECKING:
    from google.protobuf.message import Message

    M = TypeVar("M", bound=Message)

NODE_NAME = "onnx_node_name"
NAME = "onnx.name"
OUTPUTS = "onnx.outputs"
INPUTS = "onnx.inputs"
ATTRIBUTES = "onnx.attributes"
EXTRA = "onnx.extra"
EXACT = "onnx.exact"
TENSORS = "onnx.tensors"
VALUE_INFO = "onnx.value_info"
GRAPH = "onnx.graph"
GRAPHS = "onnx.graphs"
FUNCTION = "onnx.function"
DOMAIN = "onnx.domain"
OVERLOAD = "onnx.overload"
DOC_STRING = "onnx.doc_string"
METADATA = "onnx.metadata_props"
DEVICES = "onnx.device_configurations"
DIM_PARAMS = "onnx.dim_params"
DEFAULT_VALUE = "onnx.default_value"
IR_VERSION = "onnx.ir_version"
OPSET_IMPORT = "onnx.opset_import"

OF_NODE = frozenset(
    (NODE_NAME, NAME, OUTPUTS, INPUTS, ATTRIBUTES, EXTRA, EXACT, TENSORS, VALUE_INFO, GRAPHS, DOMAIN, OVERLOAD,
     DOC_STRING, METADATA, DEVICES)
)  # fmt: skip
"""The discardable attributes of an op that the exporter knows."""

OF_RESULTS = (OUTPUTS, VALUE_INFO)
"""Those that say something about the op's results: arrays with an entry for each."""

NO_TYPE = "?"
"""Stands for a value info without a type."""

FUNCTION_NAME = "function_name"
DOMAIN_NAME = "domain_name"
"""Attributes of onnx.Custom, as in onnx-mlir: op type and domain of the node."""

_DIM = re.compile(r"(\d+):(.*?)(?=,\d+:|$)", re.DOTALL)


def text(value: str) -> ir.StringAttr:
    """A string attribute.  Raises NotTextError for what protobuf gives where bytes are no UTF-8."""
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NotTextError(value)
    if value.isascii():
        return ir.StringAttr.get(value)
    return ir.StringAttr.get(value.encode("utf-8", "surrogateescape"))


def named_location(name: str) -> ir.Location:
    """The location of what has no position but a name; unknown if that is empty.  Raises NotTextError."""
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NotTextError(name)
    return ir.Location.name(name) if name else ir.Location.unknown()


def data(value: bytes) -> ir.StringAttr:
    """A string attribute of any bytes."""
    return ir.StringAttr.get(value)


class NotTextError(ValueError):
    """A name or another text is not UTF-8."""

    def __init__(self, value: bytes) -> None:
        super().__init__(f"a text in it is not UTF-8: {value!r:.80}")


class RecordError(ValueError):
    """An attribute in which an importer keeps something of a model holds something else."""


def string(attribute: object) -> str:
    """The string of a string attribute; what is not UTF-8 in it becomes surrogates.  Raises RecordError."""
    if not isinstance(attribute, ir.StringAttr):
        raise RecordError(f"expected a string, got {attribute}")
    return attribute.value_bytes.decode("utf-8", "surrogateescape")


def texts(values: Iterable[str]) -> ir.ArrayAttr:
    """An array of string attributes."""
    return ir.ArrayAttr.get([text(value) for value in values])


def strings(attribute: object) -> list[str]:
    """The strings of an array attribute; an empty list for anything else."""
    if not isinstance(attribute, ir.ArrayAttr):
        return []
    return [string(item) for item in attribute if isinstance(item, ir.StringAttr)]


def pairs(entries: Iterable[tuple[str, str]]) -> ir.ArrayAttr:
    """`[["key", "value"], ...]`."""
    return ir.ArrayAttr.get([texts(entry) for entry in entries])


def entries(attribute: object) -> list[tuple[str, str]]:
    """What `pairs` wrote."""
    if not isinstance(attribute, ir.ArrayAttr):
        return []
    found = [strings(entry) for entry in attribute]
    return [(entry[0], entry[1]) for entry in found if len(entry) == 2]


def integer(value: int) -> ir.IntegerAttr:
    """A signless 64-bit integer attribute."""
    return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), value)


def dictionary(attribute: object) -> dict[str, ir.Attribute]:
    """The entries of a dictionary attribute; none for anything else."""
    if not isinstance(attribute, ir.DictAttr):
        return {}
    return {entry.name: entry.attr for entry in attribute}


def message_text(message: Message) -> str:
    """A protobuf message in one line of protobuf's text format.  Raises NotTextError."""
    from google.protobuf import text_format

    _check_texts(message)
    return text_format.MessageToString(message, as_one_line=True)


def _check_texts(message: Message) -> None:
    for field_, value in message.ListFields():
        values = value if field_.is_repeated else (value,)
        if field_.type == field_.TYPE_MESSAGE:
            for item in values:
                _check_texts(item)
        elif field_.type == field_.TYPE_STRING:
            for item in values:
                text(item)


def read_message(text_: str, message: M) -> M:
    """Read what `message_text` wrote into `message`.  Raises ValueError."""
    from google.protobuf import text_format

    try:
        text_format.Parse(text_, message)
    except text_format.ParseError as error:
        raise ValueError(
            f"not a {message.DESCRIPTOR.name} in protobuf's text format: {error}"
        ) from None
    return message


def dim_params_text(names: Mapping[int, str]) -> str:
    """`0:batch,1:seq`."""
    return ",".join(f"{axis}:{name}" for axis, name in sorted(names.items()))


def dim_params(text_: str) -> dict[int, str]:
    """What `dim_params_text` wrote; onnx-mlir's own are of the same form."""
    return {int(axis): name for axis, name in _DIM.findall(text_)}
