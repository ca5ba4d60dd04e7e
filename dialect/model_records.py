# SPDX-License-Identifier: Apache-2.0
"""Records: what a model says and the IR has no place for, in discardable attributes from which a model is written back.

A record has a name, that of its attribute, and a form: how a value is written as an attribute, how it is read from one,
and how it goes back into a message of ONNX.  The importer puts records, and the exporter gets them.

A record holds as long as it agrees with the IR: where a pass has changed the IR, the IR is right.

Most records are provenance: without them a model is another one in its words, but computes the same.  Text has them
where it has locations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from .bindings import ir
from .dataclass import dataclass
from .model_texts import message_text, parse_message, string, text

if TYPE_CHECKING:
    import onnx
    from google.protobuf.message import Message

    M = TypeVar("M", bound=Message)

T = TypeVar("T")
W = TypeVar("W", contravariant=True)
V = TypeVar("V")


class Records(Protocol):
    """The attributes of an op, or a dictionary of attributes."""

    def get(self, key: str, /) -> object:
        """The attribute of a name; None if there is none."""


@dataclass(frozen=True)
class Form(Generic[W, V]):
    """How values of one type are recorded.

    write: the attribute of a value.  read: the value of an attribute.  fill: put a value into a field of a message.
    """

    write: Callable[[W], ir.Attribute]
    read: Callable[[object], V]
    fill: Callable[[Message, str, V], None] = setattr


@dataclass(frozen=True)
class Record(Generic[W, V]):
    """A name, and the form of what stands there."""

    name: str
    form: Form[W, V]

    def put(self, records: MutableMapping[str, ir.Attribute], value: W) -> None:
        """Record a value."""
        records[self.name] = self.form.write(value)

    @overload
    def get(self, records: Records) -> V | None: ...
    @overload
    def get(self, records: Records, default: V) -> V: ...
    def get(self, records: Records, default: V | None = None) -> V | None:
        """The recorded value, or `default`.  Raises RecordError."""
        attribute = records.get(self.name)
        return default if attribute is None else self.form.read(attribute)

    def fill(self, message: Message, field: str, records: Records) -> None:
        """Put the recorded value, if there is one, into a field of `message`.  Raises RecordError and ValueError."""
        attribute = records.get(self.name)
        if attribute is not None:
            self.form.fill(message, field, self.form.read(attribute))


Fields = Mapping[str, Record[Any, Any]]
"""The records of fields of a message, which are kept as they are."""


DictionariesRecord = Record[Iterable[dict[str, ir.Attribute]], list[dict[str, ir.Attribute]]]


def put_fields(
    records: MutableMapping[str, ir.Attribute], message: Message, fields: Fields
) -> None:
    """Record those fields of a message that are set."""
    for field, record in fields.items():
        value = getattr(message, field)
        if value:
            records[record.name] = record.form.write(value)


def fill_fields(message: Message, fields: Fields, records: Records) -> None:
    """Set those fields of a message that are recorded.  Raises RecordError and ValueError."""
    for field, record in fields.items():
        attribute = records.get(record.name)
        if attribute is not None:
            record.form.fill(message, field, record.form.read(attribute))


def _integer(value: int) -> ir.Attribute:
    return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), value)


def _integer_of(attribute: object) -> int | None:
    return attribute.value if isinstance(attribute, ir.IntegerAttr) else None


def _fill_integer(message: Message, field: str, value: int | None) -> None:
    setattr(message, field, value or 0)


def _items(attribute: object) -> Iterable[ir.Attribute]:
    """The items of an array attribute; none for anything else."""
    return attribute if isinstance(attribute, ir.ArrayAttr) else ()


def _array(write: Callable[[T], ir.Attribute]) -> Callable[[Iterable[T]], ir.Attribute]:
    return lambda values: ir.ArrayAttr.get(list(map(write, values)))


def _strings(attribute: object) -> list[str]:
    return [string(item) for item in _items(attribute) if isinstance(item, ir.StringAttr)]


def _fill_strings(message: Message, field: str, values: list[str]) -> None:
    getattr(message, field).extend(values)


def _info(info: str | None) -> ir.Attribute:
    return ir.UnitAttr.get() if info is None else text(info)


def _infos_of(attribute: object) -> list[str | None]:
    return [string(item) if isinstance(item, ir.StringAttr) else None for item in _items(attribute)]


def _pair(entry: onnx.StringStringEntryProto) -> ir.Attribute:
    return ir.ArrayAttr.get([text(entry.key), text(entry.value)])


def _pairs_of(attribute: object) -> list[list[str]]:
    return [pair for pair in map(_strings, _items(attribute)) if len(pair) == 2]


def _fill_pairs(message: Message, field: str, values: list[list[str]]) -> None:
    for key, value in values:
        getattr(message, field).add(key=key, value=value)


def _opset(opset: onnx.OperatorSetIdProto) -> ir.Attribute:
    return ir.ArrayAttr.get([text(opset.domain), _integer(opset.version)])


def _opsets_of(attribute: object) -> dict[str, int]:
    pairs = [list(_items(item)) for item in _items(attribute)]
    return {
        string(pair[0]): pair[1].value
        for pair in pairs
        if len(pair) == 2 and isinstance(pair[1], ir.IntegerAttr)
    }


def _fill_opsets(message: Message, field: str, values: dict[str, int]) -> None:
    for domain, version in values.items():
        getattr(message, field).add(domain=domain, version=version)


def write_message(message: Message) -> ir.Attribute:
    """An entry of EXACT or TENSORS.  Raises NotTextError."""
    return text(message_text(message))


def _fill_messages(message: Message, field: str, values: list[str]) -> None:
    for value in values:
        parse_message(value, getattr(message, field).add())


def _dictionary(attribute: object) -> dict[str, ir.Attribute]:
    items = attribute if isinstance(attribute, ir.DictAttr) else ()
    return {entry.name: entry.attr for entry in items}


def _dictionaries_of(attribute: object) -> list[dict[str, ir.Attribute]]:
    return [_dictionary(item) for item in _items(attribute)]


def _same(attribute: Any) -> Any:
    return attribute


# The forms, and how they look in the IR.
TEXT = Form(text, string)  # "a"
INTEGER = Form(_integer, _integer_of, _fill_integer)  # 1
TEXTS = Form(_array(text), _strings, _fill_strings)  # ["a", "b"]
INFOS = Form(_array(_info), _infos_of)  # ["0:batch", unit]
PAIRS = Form(_array(_pair), _pairs_of, _fill_pairs)  # [["key", "value"]]
OPSETS = Form(_array(_opset), _opsets_of, _fill_opsets)  # [["", 13], ["ai.onnx.ml", 2]]
MESSAGES = Form(_array(write_message), _strings, _fill_messages)  # ["key: \22a\22 value: \22b\22"]
DICTIONARY = Form(ir.DictAttr.get, _dictionary)  # {name = "a"}
DICTIONARIES = Form(_array(ir.DictAttr.get), _dictionaries_of)  # [{name = "a"}, {}]
ATTRIBUTE: Form[ir.Attribute, ir.Attribute] = Form(_same, _same)  # dense<1.0> : tensor<f32>


def _fields(prefix: str, **forms: Form[Any, Any]) -> dict[str, Record[Any, Any]]:
    """Records of fields under their own names."""
    return {field: Record(prefix + field, form) for field, form in forms.items()}


# On builtin.module: fields of the ModelProto.
IR_VERSION = Record("onnx.ir_version", INTEGER)
OPSET_IMPORT = Record("onnx.opset_import", OPSETS)
MODEL_FIELDS: Fields = _fields(
    "onnx.",
    producer_name=TEXT,
    producer_version=TEXT,
    domain=TEXT,
    doc_string=TEXT,
    model_version=INTEGER,
    metadata_props=PAIRS,
    training_info=MESSAGES,
    configuration=MESSAGES,
)

# On a func.func: about the model's graph, or about a model-local function, which is no entry point; both below.
GRAPH = Record("onnx.graph", DICTIONARY)
FUNCTION = Record("onnx.function", DICTIONARY)
ARGUMENTS = Record("arg_attrs", DICTIONARIES)
RESULTS = Record("res_attrs", DICTIONARIES)

# On its arguments and results.  An info is what type and name do not say: symbolic dimensions, `NO_TYPE`, or the whole
# ValueInfoProto.
NAME = Record("onnx.name", TEXT)  # as in onnx-mlir; also on an initializer's onnx.Constant
DIM_PARAMS = Record("onnx.dim_params", TEXT)  # as in onnx-mlir: "0:batch,1:seq"
INFO = Record("onnx.value_info", TEXT)  # where type and dim_params are not all of it
DEFAULT_VALUE = Record("onnx.default_value", ATTRIBUTE)  # an initializer that callers may override

# On an op that stands for a node.  An onnx.Constant without OUTPUTS stands for an initializer.
NODE_NAME = Record("onnx_node_name", TEXT)  # as in onnx-mlir
OUTPUTS = Record("onnx.outputs", TEXTS)  # names of results: ["y", ""] where the last is left out
HIDES = Record("onnx.hides", TEXTS)  # those of its names that hide values of enclosing graphs
INPUTS = Record("onnx.inputs", INTEGER)  # how many, where the last of them are empty names
# Those that are set, in order; without this record those that differ from their default, sorted.
ATTRIBUTES = Record("onnx.attributes", TEXTS)
EXTRA = Record("onnx.extra", DICTIONARY)  # attributes that cannot stand beside the op's own
EXACT = Record("onnx.exact", DICTIONARY)  # AttributeProtos of which the IR cannot say everything
TENSORS = Record("onnx.tensors", DICTIONARY)  # TensorProtos without their arrays, of attributes
VALUE_INFO = Record("onnx.value_info", INFOS)  # of each result of which the graph has a value_info
GRAPHS = Record("onnx.graphs", DICTIONARIES)  # about the graph of each region; below
# About the graph of the one region, or of the last of them that has such; as in onnx-mlir.
INPUT_NAMES = Record("input_names", TEXTS)
OUTPUT_NAMES = Record("output_names", TEXTS)
INPUT_DIM_PARAMS = Record("input_dim_params", TEXTS)
OUTPUT_DIM_PARAMS = Record("output_dim_params", TEXTS)
DOMAIN = Record("onnx.domain", TEXT)  # where the node spells it otherwise than the dialect
NODE_FIELDS: Fields = {
    "name": NODE_NAME,
    **_fields(
        "onnx.",
        doc_string=TEXT,
        overload=TEXT,
        metadata_props=PAIRS,
        device_configurations=MESSAGES,
    ),
}

# Inherent attributes of onnx.Custom, as in onnx-mlir: op type and domain of the node.
FUNCTION_NAME = Record("function_name", TEXT)
DOMAIN_NAME = Record("domain_name", TEXT)

# In the dictionary about a graph.
ANNOTATIONS = Record("quantization_annotation", MESSAGES)
GRAPH_FIELDS: Fields = {
    **_fields("", name=TEXT, doc_string=TEXT, metadata_props=PAIRS),
    ANNOTATIONS.name: ANNOTATIONS,
}
OTHER_VALUE_INFO = Record("value_info", MESSAGES)  # of values that no op of the graph makes
LISTED = Record("listed", TEXTS)  # all inputs in order, where constants are among them
LISTED_INFO = Record("listed_info", TEXTS)

# In that about the graph of a region also:
ATTRIBUTE_NAME = Record("attribute", TEXT)  # the attribute of the node that holds it
GRAPH_INPUTS = Record("inputs", TEXTS)
INPUT_INFO = Record("input_info", TEXTS)
GRAPH_OUTPUTS = Record("outputs", TEXTS)
OUTPUT_INFO = Record("output_info", TEXTS)

# In the dictionary about a model-local function, beside OTHER_VALUE_INFO.
FUNCTION_FIELDS: Fields = {
    **_fields("", name=TEXT, domain=TEXT, overload=TEXT, doc_string=TEXT, opset_import=OPSETS),
    "attribute": Record("attributes", TEXTS),
    "attribute_proto": Record("attribute_protos", MESSAGES),
    **_fields("", metadata_props=PAIRS),
}


def _names(*records: Record[Any, Any]) -> frozenset[str]:
    return frozenset(record.name for record in records)


OF_INITIALIZER = _names(NAME, HIDES, TENSORS, EXACT, VALUE_INFO, NODE_NAME)
"""The names of records on an onnx.Constant that stands for an initializer."""

OF_REGIONS = _names(INPUT_NAMES, OUTPUT_NAMES, INPUT_DIM_PARAMS, OUTPUT_DIM_PARAMS)
"""The names of onnx-mlir's records on an op with regions, which hold no record but these."""

OF_NODE = OF_INITIALIZER | _names(
    OUTPUTS, INPUTS, ATTRIBUTES, EXTRA, GRAPHS, DOMAIN, *NODE_FIELDS.values()
)
"""The names of records on an op."""

OF_ONE_NODE = _names(NAME, HIDES, OUTPUTS, INPUTS, VALUE_INFO, *NODE_FIELDS.values())
"""Those that say nothing about other nodes, even if they are alike in all else."""

MEANT_BY_CUSTOM = _names(EXTRA, EXACT, GRAPHS, NODE_FIELDS["overload"])
"""Those that decide what an onnx.Custom computes: its attributes, references among them, graphs and function."""

PROVENANCE_OF_OP = OF_NODE - _names(NODE_NAME)
"""Those that are provenance, but for MEANT_BY_CUSTOM on an onnx.Custom."""

PROVENANCE_OF_MODULE = _names(IR_VERSION, OPSET_IMPORT, *MODEL_FIELDS.values())
PROVENANCE_OF_FUNCTION = _names(GRAPH)
PROVENANCE_OF_VALUE = _names(INFO, TENSORS, EXACT)
"""On arguments and results; DEFAULT_VALUE is none: without it callers would have to give the input."""

BESIDE_THE_GRAPH = _names(
    *(NAME, HIDES, TENSORS, VALUE_INFO, OUTPUTS, INPUTS, ATTRIBUTES, DOMAIN, NODE_NAME),
    *(NODE_FIELDS["doc_string"], NODE_FIELDS["metadata_props"]),
)
"""The names of records on an op that say nothing about what it computes, nor where."""

OF_RESULTS = (OUTPUTS.name, VALUE_INFO.name)
"""Those that say something about the op's results: arrays with an entry for each."""

NO_TYPE = "?"
"""The info of a value without a type."""


def read_message(attribute: object, message: M) -> M:
    """Read what `write_message` wrote into `message`.  Raises RecordError and ValueError."""
    return parse_message(string(attribute), message)
