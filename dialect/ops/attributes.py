# SPDX-License-Identifier: Apache-2.0
"""The attributes of an op, as far as the bindings hand them out.

An op may hold an attribute as a property (`<{...}>`) or in its dictionary (`{...}`).  `op.attributes[name]` finds it
in either place, but iterating shows only the dictionary, and deleting a property crashes the process: hence the
functions here.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from ..bindings import ir
from ..dataclass import dataclass


@dataclass(frozen=True)
class TextAttribute:
    """An attribute whose class the bindings cannot hand out (dense complex numbers): only its text is there."""

    text: str
    context: ir.Context

    def __str__(self) -> str:
        return self.text


AnyAttribute: TypeAlias = "ir.Attribute | TextAttribute"


def get_attribute(op: ir.Operation | ir.OpView, name: str) -> AnyAttribute | None:
    """An attribute of an op, property or not; None if the op has none of that name."""
    try:
        return op.attributes.get(name)
    except TypeError:
        pass  # of a class that the bindings do not know: the op's own print is the only other way to it
    asm = op.operation.get_asm(
        skip_regions=True, use_local_scope=True, assume_verified=True, print_generic_op_form=True
    )
    text = next(entries[name] for entries in dictionaries(asm) if name in entries)
    return TextAttribute(text, op.context)


def scalar_value(attribute: Any) -> Any:
    """The int, float, str or `ir.Type` of an attribute that holds one."""
    return attribute.value


def dictionaries(asm: str) -> list[dict[str, str]]:
    """The property and the attribute dictionary in a generic op's text, as `split_dictionary` gives them."""
    from ..text_scanner import skip_brackets, skip_space, split_dictionary

    found: list[dict[str, str]] = []
    position = skip_brackets(asm, asm.index("("))
    while True:
        position = skip_space(asm, position)
        char = asm[position : position + 1]
        if char not in ("<", "{", "(", "["):
            return found
        end = skip_brackets(asm, position)
        if char == "<":
            found.append(split_dictionary(asm[position + 1 : end - 1]))
        elif char == "{":
            found.append(split_dictionary(asm[position:end]))
        position = end
