# SPDX-License-Identifier: Apache-2.0
"""The constants that a rule's right side makes of an instance, in exact arithmetic (as far as long doubles are).

Written from what the terms mean, without the engine.  It says whether they fit into their types, so whether a rule has
to be applied, and whether those in a rewritten model are the nearest numbers of their types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ml_dtypes
import numpy as np
from arrays import DTYPES, Array
from instances import Instance, onnx_name
from onnx import ModelProto, NodeProto

from onnx_opt.passes.rewriting.terms import (
    REST,
    Along,
    Arithmetic,
    Attribute,
    ByGroup,
    Channel,
    Column,
    Const,
    Contraction,
    Moved,
    Number,
    OpTerm,
    Result,
    Term,
    Value,
    Variadic,
    View,
    walk,
)

Answer = Literal["must", "must not", "may"]
AT_THE_END = "near the end of float64"
_WIDE = np.longdouble
_F64 = 8 * 2.0**-53
_HAIR = 1e-6
"""How near to a limit of the type, relative to it, is too near to tell."""
_MOVES = ("Identity", "Dropout", "Squeeze", "Unsqueeze", "Transpose", "Reshape", "Flatten")


@dataclass(frozen=True)
class Number_:  # noqa: N801 - a number, with what its terms sum up to
    """Numbers, and the sums of the magnitudes of their terms: what rounding is relative to."""

    number: Array
    size: Array


class Exact:
    """The right side of an instance, computed."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._least = np.inf  # of all that was computed, but for zeros

    def constants(self) -> Iterator[tuple[Term, Term | None, int]]:
        """Each operand of the right side that has to be made, with the op that takes it, and its number."""
        seen: set[Term] = set()
        for result in self._instance.rule.results:
            for term in walk(result):
                if isinstance(term, OpTerm) and term not in seen:
                    seen.add(term)
                    for index, operand in enumerate(term.operands):
                        if operand is not None and is_made(operand):
                            yield operand, term, index
            if is_made(result):
                yield result, None, 0

    def stored(self, term: Term) -> Number_:
        """The constant, as it is stored."""
        if isinstance(term, View):
            inner = self.value(term.of)
            by = self._instance.attributes.get(term.by, 1 if term.kind == "grouped" else 0)
            return Number_(_unseen(inner.number, term.kind, by), _unseen(inner.size, term.kind, by))
        return self.value(term)

    def value(self, term: Term, rank: int = 0) -> Number_:
        """What a term is; rank: of what an `Along` in it is combined with."""
        rank = rank or max(
            (self._seen(inner).ndim for inner in walk(term) if _is_matrix(inner)), default=0
        )
        match term:
            case Number():
                return _plain(np.asarray(term.number, _WIDE))
            case Attribute():
                return _plain(np.asarray(self._instance.attributes.get(term, 1.0), _WIDE))
            case Const():
                return _plain(self._seen(term))
            case Along():
                inner = self.value(term.of)
                return Number_(
                    _placed(inner.number, term.axes, rank), _placed(inner.size, term.axes, rank)
                )
            case Column():
                inner = self.value(term.of)
                return Number_(_column(inner.number), _column(inner.size))
            case ByGroup():
                inner = self.value(term.of)
                groups = self._instance.attributes.get(term.by, 1)
                return Number_(_split(inner.number, groups), _split(inner.size, groups))
            case Contraction():
                of = self.value(term.of)
                factor = self.value(term.factor, of.number.ndim)
                axes = tuple(at for at in range(of.number.ndim) if at not in term.keep)
                return Number_(
                    (of.number * factor.number).sum(axis=axes),
                    (of.size * factor.size).sum(axis=axes),
                )
            case Arithmetic(operator="sqrt"):
                inner = self.value(term.arguments[0], rank)
                return _plain(np.sqrt(inner.number))
            case Arithmetic(arguments=(one,)):
                inner = self.value(one, rank)
                return Number_(-inner.number, inner.size)
            case Arithmetic(operator=operator, arguments=(left, right)):
                made = _combined(operator, self.value(left, rank), self.value(right, rank))
                some = np.abs(made.number[made.number != 0])
                self._least = min(self._least, some.min(initial=np.inf))
                return made
            case _:
                raise AssertionError(f"no number: {term}")

    def _seen(self, letter: Term) -> Array:
        """A letter, as the left side sees it."""
        assert isinstance(letter, Const)
        stored = self._instance.stored.get(letter)
        if stored is None:
            return np.asarray(letter.absent, _WIDE)
        array = stored.astype(np.float64).astype(_WIDE)
        for term in walk(self._instance.rule.before):
            if isinstance(term, View) and term.of is letter:
                by = self._instance.attributes.get(term.by, 1 if term.kind == "grouped" else 0)
                if term.kind == "transposed":
                    return array.T if by else array
                return array.reshape(by, -1, *array.shape[1:])
            if isinstance(term, Channel) and term.of is letter:
                return array.reshape(()) if array.size == 1 else array.reshape(-1)
        return array

    def answer(self) -> tuple[Answer, str]:
        """Whether the numbers let the rule be applied."""
        with np.errstate(all="ignore"):
            try:
                return self._answer()
            except ValueError as error:
                return "may", f"the shapes do not fit: {error}"

    def _answer(self) -> tuple[Answer, str]:
        found: tuple[Answer, str] = ("must", "legal")
        for term, op, index in self.constants():
            made = self.value(term.of if isinstance(term, View) else term)
            dtype = self.dtype(op, index)
            if not made.number.size:
                # Of nothing; but what there would be may not be a number.
                if not all(
                    np.isfinite(self.value(inner).number).all()
                    for inner in walk(term)
                    if isinstance(inner, Arithmetic) and inner.operator == "sqrt"
                ):
                    return "may", "not finite"
                continue
            sizes = made.size[made.size != 0]
            if not np.isfinite(made.number).all():
                return "may", "not finite"
            if sizes.size and (sizes.max() > 1e300 or sizes.min() < 1e-300):
                return "may", AT_THE_END
            if dtype == np.float64 and self._least < 1e-300:
                return "may", "underflow of float64"
            info: Any = ml_dtypes.finfo(dtype)
            if info.nmant < ml_dtypes.finfo(DTYPES[self._instance.type]).nmant:
                return "must not", "digits would be lost"
            most, least = float(info.max), float(info.smallest_normal)
            hair = max(_HAIR, 2.0 ** -int(info.nmant))
            largest = np.abs(made.number).max()
            if largest > most * (1 + hair):
                return "must not", "overflow"
            if largest > most * (1 - hair):
                found = "may", "near overflow"
            peaks = self._peaks(term)
            matrix = peaks is not None
            peaks = np.abs(made.number) if peaks is None else peaks
            small = (peaks < least * (1 + hair)) & (peaks != 0)
            if matrix and ((peaks < least * (1 - hair)) & (peaks != 0)).any():
                return "must not", "underflow"
            if small.any():
                found = "may", "near underflow"
        return found

    def _peaks(self, term: Term) -> Array | None:
        """Of weights times a factor: the largest of those that an element of the factor scales."""
        term = term.of if isinstance(term, View) else term
        if not isinstance(term, Arithmetic) or term.operator not in "*/":
            return None
        weights, by = term.arguments
        if not _is_matrix(weights):
            return None
        product = self.value(term).number
        factor = self.value(by, product.ndim).number
        shape = (1,) * (product.ndim - factor.ndim) + factor.shape
        axes = tuple(at for at, size in enumerate(shape) if size == 1)
        return np.asarray(np.abs(product).max(axis=axes, initial=0))

    def dtype(self, op: Term | None, index: int) -> np.dtype[Any]:
        """The type of a constant: that of what stood there before, else that of the values."""
        if isinstance(op, OpTerm):
            old = [
                term
                for term in walk(self._instance.rule.before)
                if isinstance(term, OpTerm) and term.family is op.family
            ]
            operand = old[-1].operands[index] if old and index < len(old[-1].operands) else None
            if isinstance(operand, (View, Channel)):
                operand = operand.of
            if operand is not None and operand in self._instance.stored:
                return np.dtype(self._instance.stored[operand].dtype)
        return DTYPES[self._instance.type]


def is_made(operand: Term) -> bool:
    """Whether an operand of a right side is a constant that has to be made."""
    if isinstance(operand, (Value, Variadic, Const, OpTerm, Moved, Result)):
        return False
    return not (isinstance(operand, (View, Channel)) and isinstance(operand.of, Const))


def check_constants(instance: Instance, model: ModelProto, constants: Mapping[str, Array]) -> str:
    """What is wrong with the constants of a model in which one rule was applied once; empty if nothing is."""
    exact = Exact(instance)
    made = {output: node for node in model.graph.node for output in node.output}
    with np.errstate(all="ignore"):
        return _check(exact, instance.rule.results[0], instance.output, made, constants)


def _check(
    exact: Exact,
    term: Term | None,
    name: str,
    made: Mapping[str, NodeProto],
    constants: Mapping[str, Array],
) -> str:
    if isinstance(term, Moved):
        while name in made and made[name].op_type in _MOVES and isinstance(term.of, OpTerm):
            name = made[name].input[0]
        term = term.of
    if isinstance(term, OpTerm):
        node = made.get(name)
        if node is None or node.op_type != onnx_name(term):
            return f"'{name}' is not the result of {term.family.name}"
        given: Sequence[str] = [*node.input, *[""] * (len(term.operands) - len(node.input))]
        for operand, operand_name in zip(term.operands, given, strict=False):
            if why := _check(exact, operand, operand_name, made, constants):
                return why
        return ""
    if term is None or not is_made(term):
        return ""
    if name not in constants:
        return f"'{name}' is no constant"
    return _nearest(name, constants[name], exact.stored(term))


def _nearest(name: str, got: Array, exact: Number_) -> str:
    """Whether each number is the nearest of its type, up to what float64 loses on the way."""
    number = exact.number
    if got.size != np.broadcast_to(number, np.broadcast_shapes(number.shape, got.shape)).size:
        return f"'{name}' has shape {got.shape}, not {number.shape}"
    with np.errstate(all="ignore"):
        wide = got.astype(np.float64).astype(_WIDE)
        allowed = half_ulp(number, got.dtype) + _F64 * exact.size
        bad = np.broadcast_to(~(np.abs(wide - number) <= allowed), got.shape)
    if bad.any():
        at = tuple(int(i) for i in np.argwhere(bad)[0])
        return f"'{name}'{list(at)} is {got[at]}, not {np.broadcast_to(number, got.shape)[at]}"
    return ""


def half_ulp(exact: Array, dtype: np.dtype[Any]) -> Array:
    """Half the distance between neighbours of a type where `exact` is: what rounding once may do."""
    info: Any = ml_dtypes.finfo(dtype)
    _, exponent = np.frexp(np.maximum(np.abs(exact), _WIDE(info.smallest_normal)))
    return np.asarray(np.ldexp(_WIDE(0.5), exponent - 1 - int(info.nmant)))


def _is_matrix(term: Term) -> bool:
    return isinstance(term, Const) and bool(
        term.dims
        and (len(term.dims) > 1 or REST in term.dims)
        and not term.broadcast
        and term.absent is None
    )


def _plain(number: Array) -> Number_:
    return Number_(number, np.abs(number))


def _combined(operator: str, left: Number_, right: Number_) -> Number_:
    if operator == "*":
        return Number_(left.number * right.number, left.size * right.size)
    if operator == "/":
        number = left.number / right.number
        # What cancels in the divisor is lost in the quotient.
        lost = right.size / np.abs(right.number)
        return Number_(number, left.size / np.abs(right.number) * lost)
    number = left.number + right.number if operator == "+" else left.number - right.number
    return Number_(number, left.size + right.size)


def _placed(array: Array, axes: tuple[int, ...], rank: int) -> Array:
    if not array.ndim:
        return array
    shape = [1] * rank
    for axis, size in zip(axes, array.shape, strict=True):
        shape[axis] = size
    return array.reshape(shape)


def _column(array: Array) -> Array:
    return array[:, np.newaxis] if array.ndim else array


def _split(array: Array, groups: int) -> Array:
    return array.reshape(groups, -1) if array.ndim else array


def _unseen(array: Array, kind: str, by: int) -> Array:
    """As it is stored."""
    if kind == "transposed":
        return array.T if by else array
    return array if array.ndim < 2 else array.reshape(-1, *array.shape[2:])
