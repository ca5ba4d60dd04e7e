# SPDX-License-Identifier: Apache-2.0
"""Values are made before they are used, in the regions of onnx ops too.

MLIR checks it in functions.  A region of an op of which it knows no more, as of those that are defined in Python, it
takes for a graph region, where the order of ops has no meaning; in ONNX it has one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..bindings import ir
from ..diagnostics import Diagnostic, diagnostic_at


def misplaced_uses(block: ir.Block) -> Iterator[Diagnostic]:
    """An error for each use of a value that an op of `block` makes only after it."""
    for op in block.operations:
        maker = op.operation
        for result in maker.results:
            for use in result.uses:
                user = use.owner.operation
                if not maker.is_before_in_block(_ancestor(user, block)):
                    note = diagnostic_at("note", maker.location, "operand defined here")
                    message = (
                        f"'{user.name}' op operand #{use.operand_number} does not dominate this use"
                    )
                    yield diagnostic_at("error", user.location, message, (note,))


def _ancestor(op: ir.Operation, block: ir.Block) -> ir.Operation:
    """The op of `block` that `op` is, or is inside of."""
    while op.block != block:
        parent = op.parent
        assert parent is not None
        op = parent.operation
    return op
