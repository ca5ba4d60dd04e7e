# SPDX-License-Identifier: Apache-2.0
"""Fewer ops and results of a function, in place.

The results of an op that goes become inputs of the function where others read them; what only it has read becomes an
output.  So the rest computes what it did, and shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from ..dialect.bindings import ir
from ..dialect.constants import constant
from ..dialect.ops.schema import spec_of
from ..passes.rewriting.effects import erase_dead_ops, is_used
from ..passes.rewriting.functions import body_of, functions_in, results_of, sign

ARGUMENTS, RESULTS = "arg_attrs", "res_attrs"
_NAME = "onnx.name"

Values = Mapping[tuple[int, int], Any]
"""What values are when the model runs: by the number of the op in `ops_of`, and of the result."""


def functions_of(module: ir.Module) -> list[ir.Operation]:
    """The functions that have a body."""
    return [each for each in functions_in(module.operation) if body_of(each) is not None]


def block_of(function: ir.Operation) -> ir.Block:
    """The body of a function."""
    return function.regions[0].blocks[0]


def ops_of(function: ir.Operation) -> list[ir.Operation]:
    """What a function computes, from above: no constants, and nothing without results."""
    return [op.operation for op in block_of(function).operations if _computes(op.operation)]


def inner_ops(function: ir.Operation) -> list[ir.Operation]:
    """The same of the regions in it, from the outside in."""
    return [
        inner.operation
        for op in ops_of(function)
        for block in _blocks_in(op)
        for inner in block.operations
        if _computes(inner.operation)
    ]


def count_ops(module: ir.Module) -> int:
    """How many ops a module has, without constants and what ends blocks."""
    return sum(len(ops_of(each)) + len(inner_ops(each)) for each in functions_of(module))


def cut(function: ir.Operation, ops: Sequence[ir.Operation], values: Values | None = None) -> bool:
    """Take ops out of a function; False where nothing would be left to see.

    ops: as `ops_of` or `inner_ops` gives them.  values: what is known of results; they become constants, not inputs.
    """
    # The hash of an op is that of what it says, which changes; that of a value is its own.
    going: set[ir.Value] = {result for op in ops for result in op.results}
    outputs = [each for each in results_of(function) if _stays(each, going)]
    for op in ops:
        if op.parent is not None and op.parent.operation == function:
            read = [value for value in _read_by(op) if _stays(value, going)]
            outputs += [value for value in read if not _is_constant(value.owner)]
    outputs = list(dict.fromkeys(outputs))
    if not outputs:
        return False
    places = number_results(function) if values else {}
    _return(function, outputs)
    for op in reversed(ops):
        for result in op.results:
            if is_used(result):
                known = values.get(places[result]) if values and result in places else None
                new = _input(function, result) if known is None else _constant(function, known)
                result.replace_all_uses_with(new)
        op.erase()
    tidy(function)
    return True


def number_results(function: ir.Operation) -> dict[ir.Value, tuple[int, int]]:
    """The number of the op in `ops_of`, and that of the result, of each result."""
    return {
        result: (number, index)
        for number, op in enumerate(ops_of(function))
        for index, result in enumerate(op.results)
    }


def show(function: ir.Operation, outputs: Sequence[ir.Value]) -> None:
    """Let a function give these values only."""
    _return(function, outputs)
    tidy(function)


def tidy(function: ir.Operation) -> None:
    """Erase what nobody reads, arguments too, and let the signature be what the body says."""
    erase_dead_ops(function)
    block = block_of(function)
    unread = [n for n, argument in enumerate(block.arguments) if not is_used(argument)]
    dictionaries = _dictionaries(function, ARGUMENTS, len(block.arguments))
    for number in reversed(unread):
        block.erase_argument(number)
        del dictionaries[number]
    _put_dictionaries(function, ARGUMENTS, dictionaries)
    sign(function)


def _end(function: ir.Operation) -> ir.Operation:
    *_, end = block_of(function).operations
    return end.operation


def _return(function: ir.Operation, outputs: Sequence[ir.Value]) -> None:
    """Let the function give these values, those that it gave under the names that they had."""
    end = _end(function)
    before = list(end.operands)
    dictionaries = _dictionaries(function, RESULTS, len(before))
    with function.context, end.location, ir.InsertionPoint(end):
        empty = ir.DictAttr.get({})
        kept = [dictionaries[before.index(each)] if each in before else empty for each in outputs]
        ir.Operation.create(end.name, operands=list(outputs))
    end.erase()
    _put_dictionaries(function, RESULTS, kept)


def _input(function: ir.Operation, value: ir.Value) -> ir.Value:
    """A new argument that stands for a value."""
    block = block_of(function)
    dictionaries = _dictionaries(function, ARGUMENTS, len(block.arguments))
    with function.context:
        taken = {str(each[_NAME]) for each in dictionaries if _NAME in each}
        name = next(name for name in map("cut{}".format, count()) if f'"{name}"' not in taken)
        new = block.add_argument(value.type, ir.Location.unknown())
        dictionaries.append(ir.DictAttr.get({_NAME: ir.StringAttr.get(name)}))
    _put_dictionaries(function, ARGUMENTS, dictionaries)
    return new


def _constant(function: ir.Operation, array: Any) -> ir.Value:
    with function.context, ir.Location.unknown():
        at = ir.InsertionPoint.at_block_begin(block_of(function))
        return constant(array, ip=at).results[0]


def _dictionaries(function: ir.Operation, name: str, count: int) -> list[ir.DictAttr]:
    """The attributes of each argument or result."""
    attributes = function.attributes
    if name in attributes:
        return [ir.DictAttr(each) for each in ir.ArrayAttr(attributes[name])]
    return [ir.DictAttr.get({}, function.context)] * count


def _put_dictionaries(
    function: ir.Operation, name: str, dictionaries: Sequence[ir.DictAttr]
) -> None:
    if any(map(len, dictionaries)):
        function.attributes[name] = ir.ArrayAttr.get(list(dictionaries), function.context)
    elif name in function.attributes:
        del function.attributes[name]


def _is_constant(op: Any) -> bool:
    if isinstance(op, ir.Block):
        return False
    spec = spec_of(op.operation)
    return spec is not None and spec.constant_like


def _computes(op: ir.Operation) -> bool:
    return len(op.results) > 0 and not _is_constant(op)


def _stays(value: ir.Value, going: set[ir.Value]) -> bool:
    """Whether a value is the result of an op that stays."""
    return not isinstance(value.owner, ir.Block) and value not in going


def _read_by(op: ir.Operation) -> Iterator[ir.Value]:
    """What an op reads from outside, its regions too."""
    parent = op.parent
    yield from op.operands
    for block in _blocks_in(op):
        for inner in block.operations:
            for value in inner.operands:
                owner = value.owner
                if not isinstance(owner, ir.Block) and owner.operation.parent == parent:
                    yield value


def _blocks_in(op: ir.Operation) -> Iterator[ir.Block]:
    for region in op.regions:
        for block in region.blocks:
            yield block
            for inner in block.operations:
                yield from _blocks_in(inner.operation)
