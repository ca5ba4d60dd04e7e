# SPDX-License-Identifier: Apache-2.0
"""Old versions of ops as the newest: what was an attribute may be an operand now, and have another name.

An attribute that became an operand becomes a constant; one that is not set leaves the operand out.  Two things differ
in more than form:

1. Upsample and Resize before version 11 take output coordinates as multiples of the input's, and round down;
2. Split without sizes must now say in how many parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from ...dialect.bindings import ir
from ...dialect.onnx import OnnxOp, no_value, op_class
from ...dialect.ops.attribute_kinds import FLOAT, FLOATS
from ..rewriting import NoMatch, Pattern, Rewriter, Rewritten, no_match
from .replacing import dtype_of, in_place_of, number

_NONE: Mapping[str, Any] = MappingProxyType({})


class _Upgrade(NamedTuple):
    """A version of an op, and the op that it becomes.

    renamed: names of operands, and the attributes that they were.  scalar: attributes that become constants without
    axes.  typed: attributes that become constants of the first operand's element type.  fixed: attributes that the new
    op gets where the old one says nothing.  spelled: new words for values of attributes.  refused: values of attributes
    that no newer version has.
    """

    old: str
    new: str
    renamed: Mapping[str, str] = _NONE
    scalar: frozenset[str] = frozenset()
    typed: frozenset[str] = frozenset()
    fixed: Mapping[str, Any] = _NONE
    spelled: Mapping[str, str] = _NONE
    refused: frozenset[str] = frozenset()


_LEGACY_COORDINATES = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}

UPGRADES = (
    _Upgrade("UpsampleV7", "Resize", fixed=_LEGACY_COORDINATES),
    _Upgrade("Upsample", "Resize", fixed=_LEGACY_COORDINATES),
    _Upgrade("ResizeV10", "Resize", fixed=_LEGACY_COORDINATES),
    *(
        _Upgrade(f"ResizeV{version}", "Resize", refused=frozenset({"tf_half_pixel_for_nn"}))
        for version in (11, 13, 18)
    ),
    _Upgrade("PadV2", "Pad", renamed={"constant_value": "value"}, typed=frozenset({"value"})),
    *(_Upgrade(f"PadV{version}", "Pad") for version in (11, 13, 18)),
    _Upgrade("ClipV6", "Clip", scalar=frozenset({"min", "max"}), typed=frozenset({"min", "max"})),
    *(_Upgrade(f"ClipV{version}", "Clip") for version in (11, 12)),
    _Upgrade("SplitV11", "Split"),
    _Upgrade("SplitV13", "Split"),
    _Upgrade("SqueezeV11", "Squeeze"),
    _Upgrade("UnsqueezeV11", "Unsqueeze"),
    *(
        _Upgrade(f"{name}V13", name)
        for name in ("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare")
    ),
    _Upgrade("ReduceMaxV18", "ReduceMax"),
    _Upgrade("ReduceMinV18", "ReduceMin"),
    _Upgrade("Scatter", "ScatterElements"),
    _Upgrade("DFTV17", "DFT", scalar=frozenset({"axis"})),
    _Upgrade(
        "GridSampleV16",
        "GridSample",
        spelled={"bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"},
    ),
)


def patterns() -> Iterator[tuple[type[OnnxOp], Pattern]]:
    """A pattern for each old version."""
    for upgrade in UPGRADES:
        yield op_class(upgrade.old), _pattern(upgrade)


def _pattern(upgrade: _Upgrade) -> Callable[..., NoMatch | Rewritten]:
    spec = op_class(upgrade.new).SPEC

    def pattern(op: Any, rewriter: Rewriter, **_: Any) -> NoMatch | Rewritten:
        values = {name: getattr(op, name) for name in op.SPEC.attributes}
        for found in values.values():
            if isinstance(found, str) and found in upgrade.refused:
                return no_match(f"no newer version has '{found}'")
        if any(name in upgrade.typed for name in values) and dtype_of(op.operands[0]) is None:
            return no_match("the element type of the operand is not known")
        operands = [_operand(op, upgrade, formal.name) for formal in spec.operands]
        attributes = dict(upgrade.fixed)
        for name, found in values.items():
            if name in spec.attributes and found is not None:
                attributes[name] = (
                    upgrade.spelled.get(found, found) if isinstance(found, str) else found
                )
        if upgrade.new == "Split" and isinstance(operands[1].type, ir.NoneType):
            attributes["num_outputs"] = len(op.results)
        return rewriter.replace(op, in_place_of(op, upgrade.new, *operands, **attributes))

    pattern.__name__ = _kebab(upgrade.old)
    return pattern


def _operand(op: Any, upgrade: _Upgrade, name: str) -> ir.Value:
    """An operand of the new op: one of the old, an attribute as a constant, or nothing."""
    for index, formal in enumerate(op.SPEC.operands):
        if formal.name == name and index < len(op.operands):
            found: ir.Value = op.operands[index]
            return found
    attribute = upgrade.renamed.get(name, name)
    spec = op.SPEC.attributes.get(attribute)
    given = None if spec is None else getattr(op, attribute)
    if spec is None or given is None:
        return no_value()
    dtype = np.dtype(np.float32 if spec.kind in (FLOAT, FLOATS) else np.int64)
    array = np.asarray(given, dtype)
    if attribute in upgrade.typed:
        array = array.astype(dtype_of(op.operands[0]))
    return number(array if attribute in upgrade.scalar else np.atleast_1d(array), array.dtype)


def _kebab(name: str) -> str:
    """`ReduceL1V13` as `reduce-l1-v13`."""
    return "".join(
        f"-{letter.lower()}"
        if letter.isupper() and index and not name[index - 1].isupper()
        else letter.lower()
        for index, letter in enumerate(name)
    )
