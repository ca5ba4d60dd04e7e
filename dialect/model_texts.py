# SPDX-License-Identifier: Apache-2.0
"""How the texts of a model are spelled in the IR: names, protobuf messages, names of dimensions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from .bindings import ir

if TYPE_CHECKING:
    from google.protobuf.message import Message

    M = TypeVar("M", bound=Message)

_DIM = re.compile(r"(\d+):(.*?)(?=,\d+:|$)", re.DOTALL)


class NotTextError(ValueError):
    """A name or another text is not UTF-8."""

    def __init__(self, value: bytes) -> None:
        super().__init__(f"a text in it is not UTF-8: {value!r:.80}")


class RecordError(ValueError):
    """An attribute that records something of a model holds something else."""


def text(value: str) -> ir.StringAttr:
    """A string attribute.  Raises NotTextError for what protobuf gives where bytes are no UTF-8."""
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NotTextError(value)
    if value.isascii():
        return ir.StringAttr.get(value)
    return ir.StringAttr.get(value.encode("utf-8", "surrogateescape"))


def string(attribute: object) -> str:
    """The string of a string attribute; what is not UTF-8 in it becomes surrogates.  Raises RecordError."""
    if not isinstance(attribute, ir.StringAttr):
        raise RecordError(f"expected a string, got {attribute}")
    return attribute.value_bytes.decode("utf-8", "surrogateescape")


def named_location(name: str) -> ir.Location:
    """The location of what has no position but a name; unknown if that is empty.  Raises NotTextError."""
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise NotTextError(name)
    return ir.Location.name(name) if name else ir.Location.unknown()


def message_text(message: Message) -> str:
    """A protobuf message in one line of protobuf's text format.  Raises NotTextError."""
    from google.protobuf import text_format

    _check_texts(message)
    return text_format.MessageToString(message, as_one_line=True)


def _check_texts(message: Message) -> None:
    for field, value in message.ListFields():
        values = value if field.is_repeated else (value,)
        if field.type == field.TYPE_MESSAGE:
            for item in values:
                _check_texts(item)
        elif field.type == field.TYPE_STRING:
            for item in values:
                text(item)


def parse_message(text_: str, message: M) -> M:
    """Read what `message_text` wrote into `message`.  Raises ValueError."""
    from google.protobuf import text_format

    try:
        text_format.Parse(text_, message)
    except text_format.ParseError as error:
        raise ValueError(
            f"not a {message.DESCRIPTOR.name} in protobuf's text format: {error}"
        ) from None
    return message


def dim_params_text(names: Mapping[int, str]) -> str:
    """`0:batch,1:seq`."""
    return ",".join(f"{axis}:{name}" for axis, name in sorted(names.items()))


def dim_params(text_: str) -> dict[int, str]:
    """What `dim_params_text` wrote; onnx-mlir's own are of the same form."""
    return {int(axis): name for axis, name in _DIM.findall(text_)}
