# SPDX-License-Identifier: Apache-2.0
"""Ways to damage an input: bytes of any format, tokens of a text, fields of a model."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

import onnx
from google.protobuf.message import Message

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[%@#!^]?[\w.$-]+|\s+|.', re.DOTALL)
_WORDS = (
    *(
        b"( ) { } [ ] < > : , = -> -1 0 ? * x %0 %a @f ^bb0 #a !t loc none unit true f32 bf16 i1 si64 index".split()
    ),
    *(
        b"tensor<*xf32> tensor<2x?xf64> dense<> dense<[[1],[2,3]]> dense_resource<r> !onnx.Seq<f32> !onnx.String".split()
    ),
    *(
        b'"onnx.Gemm" "onnx.NoValue" onnx.Constant onnx.Return onnx.Yield func.func module "" "\\FF" "\\00"'.split()
    ),
    *(
        b"9223372036854775807 9223372036854775808 -9223372036854775809 4294967296 1e400 0x7FC00000 nan".split()
    ),
    *(
        b"tensor<99999999999xf32> tensor<4294967296x4294967296xf32> affine_map<(d0)->(d0)> sparse<0,1>".split()
    ),
    b'{-# dialect_resources: { builtin: { r: "0x04000000" } } #-}',
    b"9" * 400,
    b'dense<"0x%b"> : tensor<2048xi8>' % (b"0F" * 2048),
)
_SPANS = (1, 1, 2, 4, 16, 64, 1000)
_NUMBERS = (0, 1, -1, 2, 255, 2**31 - 1, -(2**31), 2**32, 2**62, 2**63 - 1, -(2**63))


def mutated_bytes(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """A few changes that know nothing of the format."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        at = rng.randrange(len(out) + 1)
        size = rng.choice(_SPANS)
        kind = rng.randrange(9)
        if kind == 0 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif kind == 1 and out:
            out[at % len(out)] = rng.choice(
                (0, 1, 0x7F, 0x80, 0xC0, 0xFE, 0xFF, rng.randrange(256))
            )
        elif kind == 2:
            del out[at:]
        elif kind == 3:
            del out[at : at + size]
        elif kind == 4:
            out[at:at] = out[at : at + size] * rng.choice((1, 2, 50))
        elif kind == 5:
            out[at:at] = rng.randbytes(min(size, 64))
        elif kind == 6:
            start = rng.randrange(len(other) + 1)
            out[at : at + size] = other[start : start + size]
        elif kind == 7:
            out = out[:at] + bytearray(other[rng.randrange(len(other) + 1) :])
        else:
            out[at:at] = rng.choice(
                (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\xed\xa0\x80", b"\xf8\x88", b"\0")
            )
    return bytes(out)


def mutated_text(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """A few changes to the tokens of a text."""
    tokens = _TOKEN.findall(data)
    words = [word for word in _TOKEN.findall(other) if not word.isspace()] or [b"x"]
    for _ in range(rng.choice((1, 1, 2, 4))):
        if not tokens:
            break
        at, to = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        kind = rng.randrange(9)
        if kind == 0:
            tokens[at], tokens[to] = tokens[to], tokens[at]
        elif kind == 1:
            tokens[at] = rng.choice(_WORDS)
        elif kind == 2:
            tokens[at] = rng.choice(words)
        elif kind == 3:
            del tokens[at : at + rng.choice(_SPANS)]
        elif kind == 4:
            tokens[at:at] = tokens[to : to + rng.choice(_SPANS)]
        elif kind == 5:
            tokens.insert(at, rng.choice(_WORDS))
        elif kind == 6:
            depth = rng.choice((3, 60, 130, 3000))
            left, right = rng.choice(
                ((b"(", b")"), (b"[", b"]"), (b"{", b"}"), (b"tuple<", b">"), (b'"', b'"'))
            )
            tokens[at] = left * depth + tokens[at] + right * rng.choice((0, depth))
        elif kind == 7:
            numbers = [i for i, token in enumerate(tokens) if token.isdigit()] or [at]
            tokens[rng.choice(numbers)] = str(rng.choice(_NUMBERS)).encode()
        else:
            lines = b"".join(tokens).split(b"\n")
            rng.shuffle(lines)
            tokens = _TOKEN.findall(b"\n".join(lines))
    return b"".join(tokens)


def _messages(message: Message) -> Iterator[Message]:
    """A message and all in it."""
    yield message
    for descriptor, value in message.ListFields():
        if descriptor.message_type is not None:
            for item in value if descriptor.is_repeated else [value]:
                yield from _messages(item)


def mutated_model(data: bytes, rng: random.Random) -> bytes:
    """A few changes to the fields of a model."""
    model = onnx.ModelProto.FromString(data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        message = rng.choice(list(_messages(model)))
        fields: Sequence[Any] = message.DESCRIPTOR.fields
        descriptor = rng.choice(fields)
        name, repeated = descriptor.name, descriptor.is_repeated
        if rng.randrange(4) == 0:
            message.ClearField(name)
            continue
        if descriptor.message_type is not None:
            _mutate_messages(model, message, name, repeated, rng)
            continue
        if descriptor.cpp_type == descriptor.CPPTYPE_STRING:
            names = [
                item
                for part in _messages(model)
                for item in getattr(part, "output", [])
                if isinstance(item, str)
            ]
            text: Any = rng.choice(
                ["", "x", "ai.onnx", "Gemm", "If", "Loop", "\ud7ff", "a" * 5000, *names]
            )
            value = text.encode() if descriptor.type == descriptor.TYPE_BYTES else text
        elif descriptor.cpp_type in (descriptor.CPPTYPE_FLOAT, descriptor.CPPTYPE_DOUBLE):
            value = rng.choice((0.0, -1.0, 1e38, float("nan"), float("inf")))
        else:
            value = rng.choice((*_NUMBERS, *range(30)))
        try:
            if not repeated:
                setattr(message, name, value)
            elif rng.randrange(2) and len(getattr(message, name)):
                items = getattr(message, name)
                items[rng.randrange(len(items))] = value
            else:
                getattr(message, name).extend([value] * rng.choice((1, 1, 3, 500)))
        except (ValueError, TypeError):
            continue  # out of range for the field
    return model.SerializeToString()


def _mutate_messages(
    model: Message, message: Message, name: str, repeated: bool, rng: random.Random
) -> None:
    if not repeated:
        kind = type(getattr(message, name))
        same = [part for part in _messages(model) if type(part) is kind]
        getattr(message, name).SetInParent()
        if same:
            copy = kind()
            copy.CopyFrom(rng.choice(same))
            getattr(message, name).CopyFrom(copy)
        return
    items = getattr(message, name)
    action = rng.randrange(4)
    if not len(items):
        items.add()
    elif action == 0:
        del items[rng.randrange(len(items))]
    elif action == 1:
        items.add().CopyFrom(rng.choice(list(items)))
    elif action == 2:
        copies = list(items)
        rng.shuffle(copies)
        packed = [copy.SerializeToString() for copy in copies]
        del items[:]
        for item in packed:
            items.add().ParseFromString(item)
    else:
        items[0].ClearField(rng.choice(items[0].DESCRIPTOR.fields).name)
