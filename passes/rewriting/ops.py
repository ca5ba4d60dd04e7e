# SPDX-License-Identifier: Apache-2.0
"""Every op of ONNX as a term of rules: `from onnx_opt.passes.rewriting.ops import Gemm, Relu`.

    Gemm(A, transposed(B, transB), C, alpha, beta, transA, transB)
    Gemm(A, B, None, transA=0)

Operands go by position, None leaves an optional one out.  An attribute letter may stand among them, for it has the name
of its attribute; `name=letter` says which it is of a letter of another name.  `name=value` asks for a value on the left
side of a rule, and gives it on the right.

A name stands for all versions of the op that mean the same (`dialect/ops/families.py`); `BN` for both ops that
normalise with given statistics, in inference mode.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from ...dialect.dataclass import dataclass
from ...dialect.diagnostics import did_you_mean
from ...dialect.ops.attribute_kinds import FLOAT, FLOATS, INT, INTS, STRING, STRINGS, AttributeKind
from ...dialect.ops.families import COMMUTATIVE, equivalent_names
from ...dialect.ops.schema import all_op_names, op_spec
from ...dialect.ops.spec import OpSpec
from .effects import is_used
from .terms import Attribute, Integers, OpTerm, Others, RuleError, Term

Guard = Callable[[Any], "str | None"]
"""Why an op of the family is not what the rule means; None if it is."""

_PYTHON_TYPES: dict[AttributeKind, tuple[type, ...]] = {
    INT: (int,),
    FLOAT: (float, int),
    STRING: (str,),
    INTS: (tuple, list),
    FLOATS: (tuple, list),
    STRINGS: (tuple, list),
}


@dataclass(frozen=True, eq=False)
class OpFamily:
    """Ops that a rule treats alike.

    name: what text calls it.  op_names: in the dialect; the first is built where a rule has to build one.  guard: asked
    of each op that matches.  meaning: what the guard asks, in words.  ignored: attributes that have no influence on the
    results that rules see.
    """

    name: str
    op_names: tuple[str, ...]
    guard: Guard | None = None
    meaning: str = ""
    ignored: frozenset[str] = frozenset()

    @property
    def spec(self) -> OpSpec:
        """What the first op takes and gives."""
        found = op_spec(self.op_names[0])
        assert found is not None
        return found

    @property
    def commutative(self) -> bool:
        """Whether the two operands may be exchanged."""
        return self.name in COMMUTATIVE

    def __call__(
        self, *arguments: Term | None, shared: bool = False, **attributes: object
    ) -> OpTerm:
        """The op as a term.  Raise RuleError for what the op does not have.

        shared: on the left side, whether the result may have further uses.
        """
        spec = self.spec
        named: dict[str, Any] = {
            given.name: given for given in arguments if isinstance(given, Attribute)
        }
        others = next((given for given in arguments if isinstance(given, Others)), None)
        operands = tuple(given for given in arguments if not isinstance(given, (Attribute, Others)))
        for given in cast("tuple[object, ...]", operands):
            if given is not None and not isinstance(given, Term):
                raise RuleError(
                    f"{self.name} takes letters and terms, got {given!r}: ask for a constant, const(...)"
                )
        most = spec.operand_range[1]
        if most is not None and len(operands) > most:
            raise RuleError(f"{self.name} takes {most} operands, got {len(operands)}")
        for name, given in {**named, **attributes}.items():
            self._check_attribute(spec, name, given)
        return OpTerm(self, operands, named | attributes, others, shared)

    def _check_attribute(self, spec: OpSpec, name: str, given: object) -> None:
        if name not in spec.attributes:
            raise RuleError(
                f"{self.name} has no attribute '{name}'{did_you_mean(name, spec.attributes)}"
            )
        kind = spec.attributes[name].kind
        accepted = _PYTHON_TYPES.get(kind)
        if isinstance(given, Attribute) or accepted is None:
            return
        if isinstance(given, Integers) and kind in (INT, INTS):
            return
        items: tuple[object, ...] = tuple(given) if isinstance(given, (tuple, list)) else (given,)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        of = (int,) if kind is INTS else (int, float) if kind is FLOATS else (str,)
        wrong = isinstance(given, (tuple, list)) and not all(isinstance(each, of) for each in items)
        if not isinstance(given, accepted) or isinstance(given, bool) or wrong:
            shown = repr(given) if wrong else type(given).__name__  # pyright: ignore[reportUnknownArgumentType]
            raise RuleError(f"attribute '{name}' of {self.name} is {kind.name}, got {shown}")


def _not_in_inference_mode(bn: Any) -> str | None:
    """Why `bn` computes statistics of its own, or gives them; None if it just uses those that it is given."""
    if bn.SPEC.name == "BatchNormalizationInferenceMode":
        return None
    if bn.training_mode:
        return "the BatchNormalization is in training mode"
    if any(map(is_used, list(bn.results)[1:])):
        return "running_mean or running_var of the BatchNormalization is used"
    return None


BN = OpFamily(
    "BatchNormalization",
    ("BatchNormalizationInferenceMode", "BatchNormalization"),
    _not_in_inference_mode,
    "in inference mode",
    frozenset({"momentum", "training_mode"}),
)
"""BatchNormalization in inference mode: Y = scale * (X - mean) / sqrt(var + epsilon) + B, along axis 1 of X."""


@cache
def _family(name: str) -> OpFamily:
    return OpFamily(name, equivalent_names(name))


def op_family(name: str) -> OpFamily:
    """The op of that name, for rules about several.  Raises RuleError if ONNX has none."""
    if op_spec(name) is None:
        raise RuleError(f"ONNX has no op '{name}'{did_you_mean(name, all_op_names())}")
    return _family(name)


def __getattr__(name: str) -> OpFamily:
    if name.startswith("_"):
        raise AttributeError(name)
    return op_family(name)
