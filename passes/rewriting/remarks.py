# SPDX-License-Identifier: Apache-2.0
"""Remarks that know more than their words: which op they are about, and the numbers of the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...dialect.bindings import ir
from ...dialect.diagnostics import Diagnostic, diagnostic_at
from .rewriter import Rewritten

if TYPE_CHECKING:
    from .figures import Figures


@dataclass(frozen=True)
class OpRemark(Diagnostic):
    """What a pass says of one op.

    location: of the op.  changed: whether it was rewritten.  figures: the numbers of the rule that did it, if one did.
    """

    location: ir.Location | None = None
    changed: bool = False
    figures: Figures | None = None


def remark_at(location: ir.Location, message: str, rewritten: Rewritten | None = None) -> OpRemark:
    """A remark about the op at a location, which is `rewritten` or left alone."""
    told = diagnostic_at("remark", location, message)
    return OpRemark(
        *("remark", told.message, told.file, told.line, told.column),
        location=location,
        changed=rewritten is not None,
        figures=rewritten.figures if rewritten else None,
    )
