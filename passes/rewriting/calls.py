# SPDX-License-Identifier: Apache-2.0
"""Model-local functions that are called once, and what their only call says about their arguments.

Such a function is generic in name only: its arguments have the types of that call, and those that are constants there
are constants.  For as long as a pass runs, the function holds copies of them; then they are arguments again.  What the
pass has made of such a constant stands in the function; an argument that nobody reads any more is dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from ...dialect.bindings import ir
from ...dialect.model_records import (
    ARGUMENTS,
    DOMAIN_NAME,
    FUNCTION,
    FUNCTION_FIELDS,
    FUNCTION_NAME,
    INPUTS,
    NAME,
    NODE_FIELDS,
    OTHER_VALUE_INFO,
)
from ...dialect.model_texts import parse_message
from ...dialect.onnx import OnnxOp
from ...dialect.ops.attributes import AnyAttribute, get_attribute
from ...dialect.ops.schema import spec_of
from ...dialect.types import is_none, is_static, is_unknown, refines
from .effects import erase_with_dead_operands, is_used
from .functions import ops_in, results_of, sign

T = TypeVar("T")

_ARGUMENT = "onnx_opt.argument"
"""On the copy of a constant: the number of the argument that it stands for."""

_CALLS = "onnx_opt.calls"
"""On a function, while a pass runs: how many ops call it."""

_DEEPEST = 100
"""So many calls deep functions are followed."""

_Key = tuple[str, str, str]
"""Domain, name and overload of a model-local function."""


@contextmanager
def known_arguments(
    module: ir.Operation, roots: Iterable[type[OnnxOp]]
) -> Generator[None, None, None]:
    """Around a pass: what the only call of a function says is known in the function.

    roots: the ops without which the pass has nothing to do there.
    """
    functions = _functions(module)
    names = {root.OPERATION_NAME for root in roots}
    if not any(op.name in names for function in functions.values() for op in ops_in(function)):
        yield
        return
    arguments = _Arguments(module, functions)
    try:
        yield
    finally:
        calls = _calls(module)
        # From the inside out: what a function hands on is an argument that it reads.
        for key, given in reversed(arguments.given.items()):
            _put_back(functions[key], given)
            sign(functions[key])
            _drop_unread(functions[key], calls.get(key, ()), given)
        for function in functions.values():
            del function.attributes[_CALLS]


def about_calls(value: ir.Value) -> str:
    """Why so little is known of a value of a model-local function, for the end of a reason; empty for any other."""
    owner = value.owner
    op: ir.Operation | None = (owner.owner if isinstance(owner, ir.Block) else owner).operation
    while op is not None and op.name != "func.func":
        op = op.parent.operation if op.parent else None
    count: Any = get_attribute(op, _CALLS) if op else None
    if count is None or count.value == 1:
        return ""
    return f" in a function that is called {count.value} times"


class _Arguments:
    """Tells functions that are called once what their call knows, from the outside in.

    given: for each of them, what the arguments that are constants hold.
    """

    def __init__(self, module: ir.Operation, functions: Mapping[_Key, ir.Operation]) -> None:
        self.given: dict[_Key, dict[int, AnyAttribute]] = {}
        self._functions = functions
        calls = _calls(module)
        self._once = {key for key in functions if len(calls.get(key, ())) == 1}
        for key, function in functions.items():
            function.attributes[_CALLS] = _integer(len(calls.get(key, ())), module.context)
        for op in _tops(module):
            if op.name == "func.func" and _function_key(op) not in self._once:
                self._follow(op, 0)

    def _follow(self, caller: ir.Operation, depth: int) -> None:
        """Tell what `caller` calls; where that is generic, its own types follow from its arguments."""
        for op in ops_in(caller):
            key = _call_key(op)
            if key in self._once and depth < _DEEPEST:
                function = self._functions[key]
                self._tell(key, function, op)
                self._follow(function, depth + 1)
                _refine(op.results, _results(function))
            elif depth:
                _infer(op)

    def _tell(self, key: _Key, function: ir.Operation, call: ir.Operation) -> None:
        given = self.given.setdefault(key, {})
        block = function.regions[0].blocks[0]
        _refine(block.arguments, [operand.type for operand in call.operands])
        for number, (argument, operand) in enumerate(
            zip(block.arguments, call.operands, strict=False)
        ):
            owner = operand.owner
            if isinstance(owner, ir.Block) or owner.name != "onnx.Constant":
                continue
            value = get_attribute(owner, "value")
            if value is not None and is_used(argument):
                given[number] = value
                copy = owner.operation.clone(ip=ir.InsertionPoint.at_block_begin(block))
                copy.attributes[_ARGUMENT] = _integer(number, function.context)
                argument.replace_all_uses_with(copy.results[0])


def _infer(op: ir.Operation) -> None:
    """Give the results of an op the types that follow from its operands, as far as ONNX can tell."""
    spec = spec_of(op)
    if spec is None or not spec.onnx_name or spec.regions or all(map(_is_known, op.results)):
        return
    from ...dialect.ops.inference import bound_type, infer_result_types

    attributes = {
        name: attribute
        for name in spec.attributes
        if isinstance(attribute := get_attribute(op, name), ir.Attribute)
    }
    operands = list(op.operands)
    with op.context:
        try:
            types = infer_result_types(spec, operands, attributes)
        except TypeError:
            types = [bound_type(spec, formal, operands) for formal in spec.results]
    _refine(op.results, types)


def _is_known(value: ir.Value) -> bool:
    return is_static(value.type) and not is_unknown(value.type)


def _refine(values: Iterable[ir.Value], types: Iterable[ir.Type]) -> None:
    for value, type_ in zip(values, types, strict=False):
        if not is_none(type_) and refines(type_, value.type):
            value.set_type(type_)


def _put_back(function: ir.Operation, given: Mapping[int, AnyAttribute]) -> None:
    """Let arguments stand where copies of constants do."""
    block = function.regions[0].blocks[0]
    for view in list(block.operations):
        op = view.operation
        mark: Any = get_attribute(op, _ARGUMENT)
        if mark is None:
            continue
        number: int = mark.value
        if get_attribute(op, "value") == given[number]:
            op.results[0].replace_all_uses_with(block.arguments[number])
            op.erase()
        else:
            del op.attributes[_ARGUMENT]  # a pass has made something else of it


def _drop_unread(
    function: ir.Operation, calls: Sequence[ir.Operation], numbers: Iterable[int]
) -> None:
    """Drop those of the arguments that nobody reads, and what the only call has for them."""
    block = function.regions[0].blocks[0]
    unread = {number for number in numbers if not is_used(block.arguments[number])}
    if not unread or len(calls) != 1:
        return
    (call,) = calls
    try:
        attributes = dict(call.attributes.items())
    except TypeError:
        return  # there is one that the bindings cannot hand out
    for number in sorted(unread, reverse=True):
        block.erase_argument(number)
    with function.context, call.location:
        sign(function)
        _forget(function, unread)
        count = INPUTS.get(attributes)
        if count is not None:
            INPUTS.put(attributes, count - len(unread))
        new = ir.Operation.create(
            call.name,
            [result.type for result in call.results],
            _without(call.operands, unread),
            attributes,
            ip=ir.InsertionPoint(call),
        )
    dropped = [call.operands[number] for number in unread]
    for old, result in zip(call.results, new.results, strict=True):
        old.replace_all_uses_with(result)
    call.erase()
    erase_with_dead_operands(dropped, ir.Operation.erase)


def _forget(function: ir.Operation, numbers: Collection[int]) -> None:
    """Drop the records about arguments."""
    arguments = ARGUMENTS.get(function.attributes)
    if arguments is None:
        return
    function.attributes[ARGUMENTS.name] = ARGUMENTS.form.write(_without(arguments, numbers))
    record = dict(FUNCTION.get(function.attributes, {}))
    infos = OTHER_VALUE_INFO.get(record)
    if infos is None:
        return
    import onnx

    names = {NAME.get(arguments[number]) for number in numbers}
    messages = [parse_message(info, onnx.ValueInfoProto()) for info in infos]
    OTHER_VALUE_INFO.put(record, [info for info in messages if info.name not in names])
    function.attributes[FUNCTION.name] = FUNCTION.form.write(record)


def _without(items: Iterable[T], numbers: Collection[int]) -> list[T]:
    return [item for number, item in enumerate(items) if number not in numbers]


def _integer(number: int, context: ir.Context) -> ir.Attribute:
    return ir.IntegerAttr.get(ir.IntegerType.get_signless(64, context), number)


def _results(function: ir.Operation) -> list[ir.Type]:
    """The types of what a function gives."""
    return [result.type for result in results_of(function)]


def _tops(module: ir.Operation) -> Iterator[ir.Operation]:
    if module.name == "builtin.module":
        for view in module.regions[0].blocks[0].operations:
            yield view.operation


def _functions(module: ir.Operation) -> dict[_Key, ir.Operation]:
    """The model-local functions of a module."""
    return {key: op for op in _tops(module) if (key := _function_key(op)) is not None}


def _calls(module: ir.Operation) -> dict[_Key, list[ir.Operation]]:
    """Every op that may be a call, by what it calls."""
    found: dict[_Key, list[ir.Operation]] = {}
    for op in ops_in(module):
        if (key := _call_key(op)) is not None:
            found.setdefault(key, []).append(op)
    return found


def _function_key(op: ir.Operation) -> _Key | None:
    record = FUNCTION.get(op.attributes)
    if record is None or op.name != "func.func" or len(op.regions[0].blocks) != 1:
        return None
    domain, name, overload = (
        FUNCTION_FIELDS[field].get(record, "") for field in ("domain", "name", "overload")
    )
    return _key(domain, name, overload)


def _call_key(op: ir.Operation) -> _Key | None:
    if op.name != "onnx.Custom":
        return None
    attributes = op.attributes
    domain = DOMAIN_NAME.get(attributes, "")
    overload = NODE_FIELDS["overload"].get(attributes, "")
    return _key(domain, FUNCTION_NAME.get(attributes, ""), overload)


def _key(domain: str, name: str, overload: str) -> _Key:
    from ...dialect.ops.versions import canonical_domain

    return canonical_domain(domain), name, overload
