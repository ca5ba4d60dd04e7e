# SPDX-License-Identifier: Apache-2.0
"""The table of ops: which function says what an op computes, and how it is called.

A function takes a `Call` and the op's operands, None where one is left out, and gives its results.  It stands for all
versions of an ONNX op from `since` to `until`; of what an op cannot tell from its attributes, `Call.version` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from ...dialect.ops.schema import op_spec
from ...dialect.ops.spec import OpSpec, ValueSpec
from ...dialect.types import BY_NAME
from ..domains import FIELD, Domain, numbers_of
from ..tensors import Invalid, Tensor, Undefined

Function = Callable[..., Any]

NEWEST_OPSET = 28
"""The opset up to which the table was compared with the specification: newer versions of an op are not known."""

_ROWS: dict[str, list[tuple[int, int, Function]]] = {}
ORDERED: set[str] = set()
"""Names of ONNX's ops that compare numbers, or look at their digits."""
UNKNOWN: set[str] = set()
"""Names of ONNX's ops with functions of which nothing is known."""

_ASM = {f"tensor({name})": row.asm for name, row in BY_NAME.items()}


def means(
    names: str,
    *,
    since: int = 1,
    until: int = NEWEST_OPSET,
    ordered: bool = False,
    unknown: bool = False,
) -> Callable[[Function], Function]:
    """Decorate the function that says what ops compute; names: of ONNX or the dialect, between blanks."""

    def decorate(function: Function) -> Function:
        for name in names.split():
            _ROWS.setdefault(name, []).append((since, until, function))
            if ordered:
                ORDERED.add(name)
            if unknown:
                UNKNOWN.add(name)
        return function

    return decorate


def need(condition: object, reason: str) -> None:
    """Raise Invalid unless a condition holds."""
    if not condition:
        raise Invalid(reason)


class Call:
    """One use of an op.

    spec: of the op.  attributes: those that are set, or have a default.  reals: what floating-point types hold.
    results: how many there are, None if that is not said.
    """

    __slots__ = ("attributes", "reals", "results", "spec")

    def __init__(
        self, spec: OpSpec, attributes: Mapping[str, Any], reals: Domain, results: int | None
    ) -> None:
        self.spec = spec
        self.attributes = attributes
        self.reals = reals
        self.results = results

    @property
    def version(self) -> int:
        """The version of the op."""
        return self.spec.since_version

    def __getitem__(self, name: str) -> Any:
        """An attribute; None if the op does not have it, or it is left out."""
        return self.attributes.get(name)

    def number(self, name: str, numbers: Domain, default: Any = None) -> Any:
        """An attribute that is a number, as an element of a domain."""
        return element(self.attributes.get(name, default), numbers)


def element(given: Any, numbers: Domain) -> Any:
    """A number, or a tensor without axes, as an element of a domain."""
    if isinstance(given, Tensor):
        if given.numbers is not numbers:
            raise Undefined("an attribute of another domain")
        return given.data[()]
    return numbers.from_python(given)


class Meaning:
    """What one op of the dialect computes."""

    def __init__(self, spec: OpSpec, function: Function) -> None:
        self.spec = spec
        self.function = function
        attributes = spec.attributes.values()
        self._defaults = {
            each.name: each.default for each in attributes if each.default is not None
        }
        self._required = [each.name for each in attributes if each.required]
        self._operands = [_formal(each) for each in spec.operands]
        self._results = [_formal(each) for each in spec.results]
        self._variadic = bool(spec.operands) and spec.operands[-1].arity == "variadic"
        self._fixed = len(spec.operands) - self._variadic
        self._fewest, self._most = spec.operand_range

    def __call__(
        self,
        operands: Sequence[Tensor | None],
        attributes: Mapping[str, Any],
        reals: Domain | None = None,
        results: int | None = None,
    ) -> tuple[Tensor | None, ...]:
        """The results; raise Invalid, Undefined or Unordered."""
        missing = self._fixed - len(operands)
        if missing > 0:
            operands = (*operands, *[None] * missing)
        types = self._check(operands)
        given = self._defaults
        if attributes:
            given = given | {name: each for name, each in attributes.items() if each is not None}
            need(
                given.keys() <= self.spec.attributes.keys(),
                "an attribute that the op does not have",
            )
        for name in self._required:
            need(name in given, f"{name} is required")
        call = Call(self.spec, given, reals or _reals(operands, given), results)
        found: Any = self.function(call, *operands)
        if type(found) is Tensor:
            found = (found,)
        for result, (_, admitted, variable) in zip(found, self._results, strict=False):
            if result is not None:
                need(
                    admitted is None or result.type in admitted,
                    "a type that the result may not have",
                )
                same = not variable or types.setdefault(variable, result.type) == result.type
                need(same, "types that have to be the same are not")
        return tuple(found)

    def _check(self, operands: Sequence[Tensor | None]) -> dict[str, str]:
        """Raise Invalid for wrong types and numbers of operands; give the types that variables stand for."""
        count = len(operands)
        need(
            count >= self._fewest and (self._most is None or count <= self._most),
            "a wrong number of operands",
        )
        formals = self._operands
        if self._variadic:
            formals = formals[:-1] + formals[-1:] * (count - self._fixed)
        types: dict[str, str] = {}
        for operand, (optional, admitted, variable) in zip(operands, formals, strict=True):
            if operand is None:
                need(optional, "an operand is missing")
                continue
            type_ = operand.type
            need(admitted is None or type_ in admitted, "a type that the operand may not have")
            if variable and types.setdefault(variable, type_) != type_:
                raise Invalid("types that have to be the same are not")
        return types


def _formal(value: ValueSpec) -> tuple[bool, frozenset[str] | None, str]:
    """Whether it may be absent, the types that it admits, and the variable that stands for its type."""
    types = (
        None
        if value.types is None
        else frozenset(_ASM[name] for name in value.types if name in _ASM)
    )
    return value.arity == "optional", types, value.variable


def _reals(operands: Sequence[Tensor | None], attributes: Mapping[str, Any]) -> Domain:
    """What the floating-point numbers of a call are: FIELD if it has none."""
    for each in (*operands, *attributes.values()):
        if isinstance(each, Tensor) and numbers_of(each.type, FIELD) is FIELD:
            return each.numbers
    return FIELD


@cache
def meaning_of(name: str) -> Meaning | None:
    """What an op of the dialect computes; None if that is not known."""
    spec = op_spec(name)
    if spec is None or spec.domain or spec.since_version > NEWEST_OPSET:
        return None
    for row in (name, spec.onnx_name):
        for since, until, function in _ROWS.get(row, ()):
            if since <= max(spec.since_version, 1) <= until:
                return Meaning(spec, function)
    return None
