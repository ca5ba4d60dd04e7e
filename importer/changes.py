# SPDX-License-Identifier: Apache-2.0
"""A model as the caller asks for it: functions inlined, ops decomposed, types inferred anew, sizes of inputs named.

What onnx's inliner does not see to is done before and after it: defaults of a function's attributes, outputs of a
function that are its inputs, and the opsets that its nodes need.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import onnx
from onnx import inliner

from ..dialect.diagnostics import did_you_mean
from ..dialect.ops.schema import DOMAINS
from ..dialect.ops.versions import canonical_domain, default_attributes, ops_with_function
from .errors import ModelError
from .hidden_names import graphs_in, own_names
from .inference import infer, is_needed
from .ordering import ordered
from .read_nodes import read_nodes
from .records import initializer_names
from .requests import Requests
from .tensors import TensorReader
from .value_types import infos_of


def changed(model: onnx.ModelProto, requests: Requests, tensors: TensorReader) -> onnx.ModelProto:
    """The model as it is asked for.  Raises ModelError."""
    if requests.inline_functions and model.functions:
        model = _inlined(model)
    if requests.decomposed:
        model = _decomposed(model, requests.decomposed)
    return model if requests.model_types else _with_inferred_types(model, tensors)


def _copy(model: onnx.ModelProto) -> onnx.ModelProto:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy


def with_named_sizes(
    inputs: Sequence[onnx.ValueInfoProto], names: Iterable[tuple[int, int, str]]
) -> list[onnx.ValueInfoProto]:
    """What a graph says about its inputs, with other names of sizes.  Raises ModelError."""
    wanted: dict[int, dict[int, str]] = {}
    for index, axis, name in names:
        wanted.setdefault(index, {})[axis] = name
    if max(wanted) >= len(inputs):
        raise ModelError(f"there is no input {max(wanted)} whose sizes could have names")
    renamed: list[onnx.ValueInfoProto] = []
    for index, stated in enumerate(inputs):
        info = onnx.ValueInfoProto()
        info.CopyFrom(stated)
        if index in wanted or -1 in wanted:
            _name_sizes(info, wanted.get(index, wanted.get(-1, {})), strict=index in wanted)
        renamed.append(info)
    return renamed


def _name_sizes(info: onnx.ValueInfoProto, names: Mapping[int, str], *, strict: bool) -> None:
    """strict: what cannot have a name must not be given one."""
    sizes = info.type.tensor_type.shape.dim if info.type.HasField("tensor_type") else ()
    open_sizes = {axis for axis, size in enumerate(sizes) if not size.HasField("dim_value")}
    for axis, name in names.items():
        if strict and axis not in open_sizes:
            raise ModelError(
                f"'{name}' cannot name size {axis} of input '{info.name}': it has no such open size"
            )
    for axis in open_sizes:
        sizes[axis].ClearField("dim_param")
        if axis in names:
            sizes[axis].dim_param = names[axis]


def _inlined(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model without calls of its functions; a function that imports other opsets than the model stays."""
    return _inline(model, frozenset(), lambda prepared: inliner.inline_local_functions(prepared))


def _decomposed(model: onnx.ModelProto, names: frozenset[str]) -> onnx.ModelProto:
    """The model with the functions by which ONNX defines some ops in their place."""
    defined = {name: domain for domain in DOMAINS for name in ops_with_function(domain)}
    ids = [(f.domain, f.name) for f in model.functions if f.name in names]
    for name in sorted(names.difference(name for _, name in ids)):
        if name not in defined:
            raise ModelError(f"ONNX defines no op '{name}' by others{did_you_mean(name, defined)}")
        ids.append((defined[name], name))
    return _inline(
        model,
        names,
        lambda prepared: inliner.inline_selected_functions(
            prepared, ids, inline_schema_functions=True
        ),
    )


def _inline(
    model: onnx.ModelProto,
    ops: frozenset[str],
    run: Callable[[onnx.ModelProto], onnx.ModelProto],
) -> onnx.ModelProto:
    """What onnx's inliner makes of a model.  ops: those of ONNX's own that it is to inline."""
    model = _copy(model)
    for function in model.functions:
        _copy_passed_values(function)
    _give_defaults(model, ops)
    opsets = {canonical_domain(entry.domain) for entry in model.opset_import}
    for function in model.functions:
        for entry in function.opset_import:
            if canonical_domain(entry.domain) not in opsets:
                opsets.add(canonical_domain(entry.domain))
                model.opset_import.append(entry)
    try:
        inlined = run(model)
    except (RuntimeError, ValueError, onnx.checker.ValidationError) as error:
        raise ModelError(f"cannot inline its functions: {' '.join(str(error).split())}") from None
    _give_names_back(inlined.graph, frozenset(_all_names(model.graph)))
    return inlined


# How the inliner renames the values of a function's body.
_RENAMED = re.compile(r"(.+?)__\d+(_\d+)?")


def _give_names_back(graph: onnx.GraphProto, kept: frozenset[str]) -> None:
    """Let the first value of each name in a function have that name, unless another has.  kept: of the graph itself."""
    names = list(dict.fromkeys(_all_names(graph)))
    taken = set(names)
    own: dict[str, str] = {}
    for name in names:
        renamed = _RENAMED.fullmatch(name)
        if renamed and name not in kept and renamed[1] not in taken:
            own[name] = renamed[1]
            taken.add(renamed[1])
    if own:
        _rename(graph, own)


def _all_names(graph: onnx.GraphProto) -> Iterator[str]:
    """The names that a graph and those in it give to values."""
    yield from sorted(own_names(graph))
    for node in graph.node:
        for inner in graphs_in(node):
            yield from _all_names(inner)


def _rename(graph: onnx.GraphProto, names: Mapping[str, str]) -> None:
    for info in infos_of(graph):
        info.name = names.get(info.name, info.name)
    for tensor in graph.initializer:
        tensor.name = names.get(tensor.name, tensor.name)
    for sparse in graph.sparse_initializer:
        sparse.values.name = names.get(sparse.values.name, sparse.values.name)
    for node in graph.node:
        for values in (node.input, node.output):
            for index, name in enumerate(values):
                if name in names:
                    values[index] = names[name]
        for inner in graphs_in(node):
            _rename(inner, names)


def _copy_passed_values(function: onnx.FunctionProto) -> None:
    """Make each output of a function the result of a node: of one that is an input the inliner makes nothing."""
    for index, name in enumerate(function.output):
        if name in function.input:
            taken = {
                *function.input,
                *function.output,
                *(o for n in function.node for o in n.output),
            }
            copy = f"{name}_copy"
            while copy in taken:
                copy += "_"
            function.node.add(op_type="Identity", input=[name], output=[copy])
            function.output[index] = copy


def _give_defaults(model: onnx.ModelProto, ops: frozenset[str]) -> None:
    """Let calls say the attributes that they leave to their default, which the inliner does not know."""
    functions = {
        (canonical_domain(f.domain), f.name, f.overload): list(f.attribute_proto)
        for f in model.functions
    }
    for nodes, imports in (
        (model.graph.node, model.opset_import),
        *((f.node, f.opset_import) for f in model.functions),
    ):
        opsets = {canonical_domain(entry.domain): entry.version for entry in imports}
        for node in _all_nodes(nodes):
            domain = canonical_domain(node.domain)
            defaults = functions.get((domain, node.op_type, node.overload))
            if defaults is None and node.op_type in ops:
                defaults = default_attributes(node.op_type, domain, opsets.get(domain, 0))
            given = {attribute.name for attribute in node.attribute}
            node.attribute.extend(each for each in defaults or () if each.name not in given)


def _all_nodes(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.NodeProto]:
    for node in nodes:
        yield node
        for graph in graphs_in(node):
            yield from _all_nodes(graph.node)


def _with_inferred_types(model: onnx.ModelProto, tensors: TensorReader) -> onnx.ModelProto:
    """The model with the types that are inferred of its values, and those that it states only of the others."""
    bare = _copy(model)
    _forget_types(bare.graph)
    nodes = read_nodes(bare.graph.node)
    known = initializer_names(bare.graph) | {info.name for info in bare.graph.input}
    in_order = [nodes[position].proto for position in ordered(nodes, known)]
    inferred = infer(bare, in_order, tensors) if is_needed(bare.graph) else None
    types = {
        info.name: info.type
        for info in (infos_of(inferred) if inferred else ())
        if info.type.WhichOneof("value")
    }
    for info, stated in zip(bare.graph.output, model.graph.output, strict=True):
        info.type.CopyFrom(types.get(info.name, stated.type))
        _name_as(info.type, stated.type)
    bare.graph.value_info.extend(i for i in model.graph.value_info if i.name not in types)
    return bare


def _forget_types(graph: onnx.GraphProto) -> None:
    """Of all values but the inputs."""
    del graph.value_info[:]
    for info in graph.output:
        info.ClearField("type")
    for node in graph.node:
        for inner in graphs_in(node):
            _forget_types(inner)


def _name_as(type_: onnx.TypeProto, stated: onnx.TypeProto) -> None:
    """Give the sizes of a tensor the names that are stated, and no others."""
    names = [size.dim_param for size in stated.tensor_type.shape.dim]
    sizes = type_.tensor_type.shape.dim if type_.HasField("tensor_type") else ()
    for axis, size in enumerate(sizes):
        if not size.HasField("dim_value"):
            size.ClearField("dim_param")
            if len(names) == len(sizes) and names[axis]:
                size.dim_param = names[axis]
