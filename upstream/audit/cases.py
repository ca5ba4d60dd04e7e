# SPDX-License-Identifier: Apache-2.0
"""Both sides of a declarative rule, exactly, on one case.

The left side is drawn and evaluated in one walk: what an op's operands are decides which further ones fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, cast

from ...dialect.ops.schema import op_spec
from ...dialect.ops.spec import OpSpec
from ...proving.semantics import evaluate, meaning
from ...proving.tensors import Invalid, Tensor
from .constraints import predicate
from .drawing import Drawer
from .native_calls import Declared, native
from .tablegen import Dag, DrrRule

_ANY = "_"


class NotExpressibleError(Exception):
    """A rule that these semantics do not cover; the text says what is missing."""


class Applied(NamedTuple):
    """One op of a side, as it was evaluated; without results if ONNX refuses it.

    declared: element type and shape of the first result, where a rule states them and they are others.
    """

    spec: OpSpec
    operands: tuple[Tensor | None, ...]
    attributes: dict[str, Any]
    results: tuple[Tensor | None, ...]
    declared: tuple[str, tuple[int, ...]] | None = None


@dataclass
class Case:
    """What the letters of a rule stand for.

    letters: by name, in the order in which they were met; an absent operand or attribute is None.  ops: the operands
    and attributes of the ops that have a name.
    """

    type: str
    letters: dict[str, Any] = field(default_factory=dict[str, Any])
    ops: dict[str, dict[str, Any]] = field(default_factory=dict[str, "dict[str, Any]"])
    left: list[Applied] = field(default_factory=list[Applied])
    right: list[Applied] = field(default_factory=list[Applied])

    def weight(self) -> int:
        """How much a reader has to look at."""
        total = 0
        for value in self.letters.values():
            for each in values_in(value):
                if isinstance(each, Tensor):
                    total += 3 if each.data.size else 50
                    total += sum(
                        2 + min(abs(int(x)), 9) + 3 * (x != int(x)) for x in each.data.ravel()
                    )
                elif each is not None:
                    total += 1
        return total


def values_in(letter: Any) -> Sequence[Any]:
    """What a letter stands for: several values for a variadic operand, else one."""
    return cast("Sequence[Any]", letter) if isinstance(letter, list) else (letter,)


@cache
def spec_of(name: str) -> OpSpec:
    """The spec of an op of onnx-mlir.  Raise NotExpressibleError for one that has no meaning here."""
    spec = op_spec(name)
    if spec is None or (meaning(name) is None and name != "Constant"):
        raise NotExpressibleError(f"the op {name}")
    return spec


def check(rule: DrrRule) -> None:
    """Raise NotExpressibleError for what no case can be made of."""
    if rule.supplements:
        raise NotExpressibleError("supplemental patterns")
    for constraint in rule.constraints:
        if predicate(constraint.name, constraint.text) is None:
            raise NotExpressibleError(f"the constraint {constraint.name}")
    for root in (rule.source, *rule.results):
        _check(root)


def _check(node: Dag) -> None:
    if node.kind == "op":
        spec_of(node.text)
    if node.kind == "native" and native(node.text) is None and not _of_an_op(node):
        raise NotExpressibleError(f"the native call {node.text}")
    for given, _ in node.arguments:
        if isinstance(given, Dag):
            _check(given)


def _of_an_op(node: Dag) -> bool:
    return "createDenseElementsAttrFromShapeOp" in node.text


def draw(rule: DrrRule, drawer: Drawer) -> tuple[Case, tuple[Tensor | None, ...]] | None:
    """A case and what the left side makes of it; None where it breaks a constraint.

    Raise Invalid where ONNX has no such left side, Undefined where it has no value.
    """
    case = Case(drawer.type)
    found = _left(rule.source, case, drawer)
    for constraint in rule.constraints:
        holds = predicate(constraint.name, constraint.text)
        assert holds is not None
        bound = [(constraint, constraint.binding)] if constraint.binding else []
        given = [_argument_of(each, case) for each in constraint.arguments or bound]
        if not _holds(holds, given):
            return None
    return case, found


def _argument_of(argument: tuple[Any, str], case: Case) -> Any:
    """What a constraint is about: a letter, or a number that stands there."""
    given, name = argument
    return case.letters[name] if name else given


def _holds(predicate: Any, values: list[Any]) -> bool:
    try:
        return bool(predicate(*values))
    except (AttributeError, TypeError):
        return False  # A constraint on what is absent.


def _flat(node: Dag) -> list[tuple[Any, str]]:
    """The arguments of an op; `either` stands for those inside it."""
    found: list[tuple[Any, str]] = []
    for given, bound in node.arguments:
        if isinstance(given, Dag) and given.name == "either":
            found += given.arguments
        else:
            found.append((given, bound))
    return found


def _left(node: Dag, case: Case, drawer: Drawer) -> tuple[Tensor | None, ...]:
    spec = spec_of(node.text)
    if node.text == "Constant":
        raise AssertionError("a constant is drawn by what reads it")
    arguments = dict(zip(node.formals, _flat(node), strict=False))
    given: dict[str, Any] = {}
    # What is made comes first: it decides what can stand beside it.
    for formal, (inner, _) in arguments.items():
        if isinstance(inner, Dag) and inner.text != "Constant":
            given[formal] = _left(inner, case, drawer)[0]
    operands = [operand.name for operand in spec.operands]
    for formal, (inner, bound) in arguments.items():
        if formal in given:
            continue
        if isinstance(inner, Dag):
            bound = inner.binding
            for _, name in inner.arguments:
                if name != _ANY:
                    case.letters[name] = "given"
        elif inner is not None:
            raise NotExpressibleError(f"the literal {inner} on the left side")
        if bound and bound != _ANY and bound in case.letters:
            given[formal] = case.letters[bound]
            continue
        index = operands.index(formal) if formal in operands else None
        if index is None:
            given[formal] = drawer.attribute(spec, formal, given)
        else:
            given[formal] = drawer.operand(spec, index, given)
        if bound and bound != _ANY:
            case.letters[bound] = given[formal]
    results = _apply(spec, node.formals, given, case.left)
    if node.binding:
        case.letters[node.binding] = results[0]
        case.ops[node.binding] = given
    return results


def _apply(
    spec: OpSpec, formals: tuple[str, ...], given: dict[str, Any], applied: list[Applied]
) -> tuple[Tensor | None, ...]:
    operands: list[Tensor | None] = []
    attributes: dict[str, Any] = {}
    for formal in formals:
        value = given.get(formal)
        if formal in spec.attributes:
            attributes[formal] = value
        elif isinstance(value, list):
            operands += value
        else:
            operands.append(value)
    while operands and operands[-1] is None:
        operands.pop()
    if spec.name == "Constant":
        return (next(value for value in attributes.values() if value is not None),)
    set_ = {name: value for name, value in attributes.items() if value is not None}
    for name, attribute in spec.attributes.items():
        if attribute.required and name not in set_:
            applied.append(Applied(spec, tuple(operands), set_, ()))
            raise Invalid(f"{name} of the {spec.name} is a null attribute")
    try:
        results = evaluate(spec.name, operands, set_)
    except Invalid:
        applied.append(Applied(spec, tuple(operands), set_, ()))
        raise
    applied.append(Applied(spec, tuple(operands), set_, results))
    return results


def right(rule: DrrRule, case: Case) -> list[Any]:
    """What the right side makes of a case, a value for each result."""
    made = dict(case.letters)
    case.right.clear()
    return [_right(node, case, made) for node in rule.results]


def _right(node: Dag, case: Case, made: dict[str, Any]) -> Any:
    if node.name == "replaceWithValue":
        return made[node.arguments[0][1]]
    if node.kind == "native":
        if _of_an_op(node):
            shape_op = case.ops[node.arguments[0][1]]
            bounds = {name: shape_op[name] for name in ("start", "end")}
            return evaluate("Shape", [shape_op["data"]], bounds)[0]
        function = native(node.text)
        assert function is not None
        return function(*(_argument(given, bound, case, made) for given, bound in node.arguments))
    spec = spec_of(node.text)
    declared: Any = None
    plain: list[tuple[Any, str]] = []
    for given, bound in _flat(node):
        if isinstance(given, Dag) and given.name == "returnType":
            inner, name = given.arguments[0]
            declared = _argument(inner, name, case, made)
        elif not (isinstance(given, Dag) and given.name == "location"):
            plain.append((given, bound))
    values = {
        formal: _argument(given, bound, case, made)
        for formal, (given, bound) in zip(node.formals, plain, strict=False)
    }
    results = _apply(spec, node.formals, values, case.right)
    if not results:
        raise NotExpressibleError(f"the {spec.name} with any number of results")
    found = results[0]
    if declared is not None and found is not None:
        _compare_type(found, declared, case.right)
    if node.binding:
        made[node.binding] = found
    return found


def _argument(given: Any, bound: str, case: Case, made: dict[str, Any]) -> Any:
    if isinstance(given, Dag):
        return _right(given, case, made)
    return made[bound] if given is None else given


def _compare_type(found: Tensor, declared: Any, applied: list[Applied]) -> None:
    """The result of what was applied last is what the rule says that it is."""
    type_, shape = declared if isinstance(declared, Declared) else (declared.type, declared.shape)
    shape = found.shape if shape is None else tuple(shape)
    if (type_, shape) == (found.type, found.shape):
        return
    applied[-1] = applied[-1]._replace(declared=(type_, shape))
    what = f"the {applied[-1].spec.name}'s result is declared as"
    if type_ != found.type:
        raise Invalid(f"{what} {type_}, but is {found.type}")
    raise Invalid(f"{what} {list(shape)}, but is {list(found.shape)}")
