# SPDX-License-Identifier: Apache-2.0
"""How the importer says that a model cannot be read: one clear line, with the node that is at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx


class ModelError(Exception):
    """What is wrong; the file is added by whoever knows it."""


class NodeError(ModelError):
    """What is wrong with a node."""

    def __init__(self, node: onnx.NodeProto, message: str) -> None:
        super().__init__(f"{describe(node)}: {message}")


def describe(node: onnx.NodeProto) -> str:
    """`node 'name' (Op)`; a node without a name is called by its first result."""
    if node.name:
        return f"node '{node.name}' ({node.op_type})"
    result = next((name for name in node.output if name), "")
    return f"node that makes '{result}' ({node.op_type})" if result else f"node ({node.op_type})"
