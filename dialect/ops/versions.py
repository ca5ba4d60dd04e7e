# SPDX-License-Identifier: Apache-2.0
"""Which op of the dialect stands for a node of a model, and back: one ONNX op has many versions.

A node means what its op meant in the opset that its model imports.  Of most ops onnx-mlir has one version, which has
the plain name (`onnx.Gemm`, version 13), of some it has several (`onnx.ReduceMeanV13`).  A node gets the name that
onnx-mlir's importer gives it, that of the next version there, else the plain one, wherever it means the same under it:

    1. its operands are those that this version has at the same places;
    2. it sets no attribute that this version lacks, and sets every one whose default is another there;
    3. no version in between gave the same signature another meaning (`_NEW_MEANING`);
    4. going back to an older version, its values have types that this version admits.

Otherwise it gets the name of its very version (`onnx.DropoutV10`).  The way back needs no record but the opset: an op
may stand in a model exactly if a node of that opset means the same under its name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any, TypeAlias, cast

import onnx
import onnx.defs as defs

from ..bindings import ir
from ..dataclass import dataclass
from ..types import is_none, type_name
from .schema import all_versions, current_version, onnx_mlir_version, op_name, op_spec
from .spec import OpSpec

BROADCAST = "broadcast"
"""Before opset 7 only this attribute allows operands of other shapes than the result.

Without `axis` it means what later versions do without being asked.  Source: ONNX's Changelog, Add-1, -6 and -7.
"""

# (op, version): from this version on the op means something else, though an older node may look valid under it.
# Source: the texts of the versions in ONNX's Operators.md and Changelog.md.
_NEW_MEANING = {
    "BatchNormalization": (7, 9, 14),  # is_test; spatial; the further results
    "ConvTranspose": (11,),  # auto_pad splits odd padding the other way
    "DFT": (20,),  # axis has another default
    "Dropout": (7,),  # is_test = 0 was training
    "GRU": (3, 7),  # output_sequence = 0 left Y out
    "GroupNormalization": (21,),  # scale and bias are per channel, no more per group
    "Hardmax": (13,),  # no more along all axes from `axis` on
    "LSTM": (7,),
    "LogSoftmax": (13,),
    "Mod": (28,),  # fmod = 0 of floats has a meaning
    "PRelu": (7,),  # slope is broadcast from the right, no more along channels
    "RNN": (7,),
    "Resize": (11,),  # other coordinates
    "RoiAlign": (16,),  # half-pixel coordinates by default
    "Softmax": (13,),
    "Split": (18,),  # equal parts need num_outputs
}


@dataclass(frozen=True)
class Move:
    """When a node of one version may be written as the op of another.

    absent: attributes that it must not set, which only one of the versions has.  present: attributes that it must set.
    fewest, most: how many operands it must give (None: any number).  typed: whether the types of its values decide
    (rule 4).
    """

    name: str
    absent: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    fewest: int = 0
    most: int | None = None
    typed: bool = False

    def fits(self, attributes: Collection[str], operands: int) -> bool:
        """Rules 1 and 2, for the attributes that a node sets and the number of operands that it gives."""
        return (
            operands >= self.fewest
            and (self.most is None or operands <= self.most)
            and self.absent.isdisjoint(attributes)
            and self.present.issubset(attributes)
        )


@cache
def move(onnx_name: str, domain: str, since: int, to: int) -> Move | None:
    """How a node of version `since` of an op may be written as the op of version `to`; None if never."""
    source, target = (op_spec(op_name(onnx_name, domain, version)) for version in (since, to))
    if source is None or target is None:
        return None
    if since == to:
        return Move(target.name)
    low, high = sorted((since, to))
    if any(low < version <= high for version in _NEW_MEANING.get(onnx_name, ())):
        return None
    fewest, most = _operand_range(source, target)
    if [value.name for value in source.results] != [
        value.name for value in target.results[: len(source.results)]
    ] or set(source.regions) != set(target.regions):
        return None
    shared = source.attributes.keys() & target.attributes.keys()
    if any(source.attributes[name].kind != target.attributes[name].kind for name in shared):
        return None
    absent = set(source.attributes.keys() ^ target.attributes.keys())
    if BROADCAST in source.attributes:
        absent.discard(BROADCAST)
    return Move(
        target.name,
        frozenset(absent),
        frozenset(_must_be_set(source, target)),
        fewest,
        most,
        typed=since > to or not _widens(source, target),
    )


def _operand_range(source: OpSpec, target: OpSpec) -> tuple[int, int | None]:
    """Fewest and most leading operands with which a node of `source` is one of `target` too."""
    fewest = max(
        (i for i, value in enumerate(target.operands, 1) if value.arity == "single"), default=0
    )
    count = 0
    for ours, theirs in zip(source.operands, target.operands, strict=False):
        if (ours.name, ours.arity == "variadic") != (theirs.name, theirs.arity == "variadic"):
            return fewest, count
        if ours.arity == "variadic":
            return fewest, None
        count += 1
    return fewest, count


def _must_be_set(source: OpSpec, target: OpSpec) -> Iterable[str]:
    for name, attribute in target.attributes.items():
        ours = source.attributes.get(name)
        if (attribute.required and (ours is None or not ours.required)) or (
            ours is not None and ours.default != attribute.default
        ):
            yield name


def _widens(source: OpSpec, target: OpSpec) -> bool:
    """Whether the target admits every type that the source admits."""
    return all(
        theirs.types is None or (ours.types is not None and ours.types <= theirs.types)
        for ours, theirs in (
            *zip(source.operands, target.operands, strict=False),
            *zip(source.results, target.results, strict=False),
        )
    )


TypesFit: TypeAlias = Callable[[OpSpec], bool]
"""Whether a node's values have types that an op admits."""


def name_of_node(
    onnx_name: str,
    domain: str,
    since: int,
    attributes: Collection[str],
    operands: int,
    types_fit: TypesFit,
) -> str:
    """The dialect's name of a node: version `since` of an ONNX op.

    attributes: the names that it sets.  operands: how many it gives, trailing absent ones not counted.
    types_fit: called only where this decides.
    """
    if onnx_name == "Constant" and not domain:
        return onnx_name
    for version in _preferred(onnx_name, domain, since):
        if means_the_same(onnx_name, domain, since, version, attributes, operands, types_fit):
            return op_name(onnx_name, domain, version)
    return op_name(onnx_name, domain, since)


@cache
def _preferred(onnx_name: str, domain: str, since: int) -> tuple[int, ...]:
    """The versions in whose names a node is written if it may be."""
    plain = current_version(onnx_name, domain)
    theirs = onnx_mlir_version(onnx_name, domain, since)
    return tuple(filter(None, (theirs,) if theirs == plain else (theirs, plain)))


def means_the_same(
    onnx_name: str,
    domain: str,
    since: int,
    to: int,
    attributes: Collection[str],
    operands: int,
    types_fit: TypesFit,
) -> bool:
    """Whether a node of version `since` of an ONNX op may be written as the op of version `to`."""
    found = move(onnx_name, domain, since, to)
    if found is None or not found.fits(attributes, operands):
        return False
    target = op_spec(found.name)
    return not found.typed or (target is not None and types_fit(target))


@cache
def version_in(onnx_name: str, domain: str, opset: int) -> int:
    """The version of an op that `opset` of its domain has; 0 if it has none."""
    # Asked for one schema, onnx makes one in Python: all of them take 10 ms of a start of 190.
    try:
        return int(defs.get_schema(onnx_name, min(opset, _MAX_INT), domain).since_version)
    except (defs.SchemaError, TypeError):  # a TypeError for a name that is not UTF-8, and so bytes
        return 0


_MAX_INT = (1 << 31) - 1
"""onnx takes an opset as an int of C's; protobuf has an int64."""


@cache
def says_broadcast(onnx_name: str, domain: str, opset: int) -> bool:
    """Whether a node of an opset says by an attribute that its last operand is broadcast."""
    since = version_in(onnx_name, domain, opset)
    spec = op_spec(op_name(onnx_name, domain, since)) if since else None
    return spec is not None and BROADCAST in spec.attributes


@cache
def newest_opset(domain: str) -> int:
    """The newest opset of a domain that the installed onnx knows; 0 for a domain that it does not."""
    if domain == "":
        return defs.onnx_opset_version()
    return max((max(found) for found in all_versions(domain).values()), default=0)


def canonical_domain(domain: str) -> str:
    """ONNX has two spellings of its default domain."""
    return "" if domain == "ai.onnx" else domain


@cache
def is_deprecated(onnx_name: str, domain: str, since: int) -> bool:
    """Whether a version of an op only says that the op must not be used any more."""
    return bool(defs.get_schema(onnx_name, since, domain).deprecated)


def new_meaning(onnx_name: str, since: int) -> int:
    """The first version later than `since` under which a node may mean something else; 0 if there is none."""
    return next((version for version in _NEW_MEANING.get(onnx_name, ()) if version > since), 0)


def types_admitted(
    spec: OpSpec, operands: Iterable[ir.Type | None], results: Iterable[ir.Type | None]
) -> bool:
    """Whether an op admits the types of these operands and results, as far as they are known (None: not known)."""
    for formals, types in ((spec.operands, operands), (spec.results, results)):
        for index, type_ in enumerate(types):
            if type_ is None or is_none(type_):
                continue
            name = type_name(type_)
            admitted = formals[min(index, len(formals) - 1)].types if formals else None
            if name is not None and admitted is not None and name not in admitted:
                return False
    return True


@cache
def ops_with_function(domain: str) -> frozenset[str]:
    """The ops of a domain of which a version is defined by other ops."""
    # The stubs of onnx say little about schemas.
    schemas = cast("list[Any]", defs.get_all_schemas_with_history())
    return frozenset(
        schema.name
        for schema in schemas
        if schema.domain == domain
        and (schema.has_function or schema.has_context_dependent_function)
    )


def default_attributes(onnx_name: str, domain: str, opset: int) -> list[onnx.AttributeProto]:
    """The attributes that a node of an opset has without saying so; none of an op that the opset lacks."""
    since = version_in(onnx_name, domain, opset)
    schema = defs.get_schema(onnx_name, since, domain) if since else None
    defaults = (each.default_value for each in schema.attributes.values()) if schema else ()
    return [default for default in defaults if default.name]
