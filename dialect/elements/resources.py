# SPDX-License-Identifier: Apache-2.0
"""Large constants: `dense_resource` handles, and the data behind them.

MLIR never sees the data.  The attribute is a handle; a table beside the context (`ResourceTable`) says what
stands behind it: an array, which may be mapped from a file, or a recipe that is evaluated block by block when it is
read or written.  So a large constant is neither copied nor hashed, and costs nothing until its bytes are asked for.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np

from ..bindings import ir
from ..context import state_of
from ..dataclass import dataclass, field
from ..types import BY_DTYPE, Array, element_type, shape_of, tensor_asm

BLOCK_BYTES = 4 << 20
"""About how much of a resource is in memory at a time while it streams."""

_LARGE = 1 << 16
"""Of smaller resources it is not worth the while to let go of memory: 2 us of the 120 that a fold takes."""

Recipe: TypeAlias = "Callable[[Array, int, int], Array]"
"""`recipe(rows, start, stop)`: rows [start, stop) of the result, from those of the source."""

_PREFIX = "dense_resource<"
_UNUSUAL = re.compile(r"[^A-Za-z0-9_.]")


@dataclass(frozen=True)
class Resource:
    """An array that exists, or the recipe for one.

    source: an array, C-contiguous.  recipe: makes rows of the first axis out of those of `source`, of the
    same shape and type; None if `source` is the result itself.
    """

    source: Array
    recipe: Recipe | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Element type of the result."""
        return self.source.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the result."""
        return self.source.shape

    def then(self, recipe: Recipe) -> Resource:
        """The same with one more step, which sees what the steps before it made of the rows."""
        first = self.recipe
        if first is None:
            return Resource(self.source, recipe)
        return Resource(
            self.source, lambda rows, start, stop: recipe(first(rows, start, stop), start, stop)
        )

    def array(self) -> Array:
        """The whole result; without a recipe, `source` itself."""
        if self.recipe is None:
            return self.source
        return np.concatenate(list(self.blocks())).reshape(self.shape)

    def blocks(self, block_bytes: int = BLOCK_BYTES) -> Iterator[Array]:
        """The result, in order, in pieces of about `block_bytes` bytes along the first axis."""
        if not self.source.ndim or not self.source.size:
            yield self.source if self.recipe is None else self.recipe(self.source, 0, 1)
            return
        if self.source.nbytes < min(_LARGE, block_bytes):
            yield (
                self.source
                if self.recipe is None
                else self.recipe(self.source, 0, len(self.source))
            )
            return
        rows = max(1, block_bytes * len(self.source) // max(1, self.source.nbytes))
        for start in range(0, len(self.source), rows):
            stop = min(start + rows, len(self.source))
            piece = self.source[start:stop]
            yield piece if self.recipe is None else self.recipe(piece, start, stop)
            release(piece)


class Blob(NamedTuple):
    """Bytes as text or bytecode has them; the attribute says what they are.

    alignment: four bytes, little-endian.  data: one-dimensional, uint8.  digits: both in hexadecimal, where they stood
    so in a text: what nobody changes is written as it was read.
    """

    alignment: bytes
    data: Array
    digits: memoryview | None = None


def ahead(blocks: Iterator[Array]) -> Iterator[Array]:
    """The same blocks, each made by a thread while the one before it is used.

    Arithmetic on blocks and writing them both let go of the interpreter: of 1 GB that is a quarter of the time.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, blocks, None)
        while (block := following.result()) is not None:
            following = thread.submit(next, blocks, None)
            yield block


def release(array: Array) -> None:
    """Let go of the memory that a view of a mapped file takes; touching it again reads the file again.

    So a weight that streams from a map never is in memory as a whole.  Does nothing for any other array, and for one
    that may have been written to.
    """
    base: Any = array
    while isinstance(base, (np.ndarray, memoryview)):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    if not isinstance(base, mmap.mmap) or array.flags.writeable or not array.flags.c_contiguous:
        return
    if not hasattr(base, "madvise"):  # Windows
        return
    start = _address(array) - _address(np.frombuffer(base, np.uint8))
    first = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE
    last = (start + array.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
    if last > first:
        base.madvise(mmap.MADV_DONTNEED, first, last - first)


def _address(array: Array) -> int:
    address = array.__array_interface__["data"][0]
    assert isinstance(address, int)
    return address


@dataclass
class ResourceTable:
    """What is known of a context's resources, for as long as it lives; MLIR does not give it back.

    resources: what stands behind each handle: a blob where it comes from text or bytecode, else a resource.
    mlir_backed: handles whose bytes MLIR has too.  handles: that of an attribute, by the attribute's hash; None if it
    has none.
    """

    resources: dict[str, Blob | Resource] = field(default_factory=dict[str, "Blob | Resource"])
    mlir_backed: set[str] = field(default_factory=set[str])
    handles: dict[int, str | None] = field(default_factory=dict[int, "str | None"])
    _suffixes: dict[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def of(cls, context: ir.Context) -> ResourceTable:
        """The table of a context."""
        return state_of(context, cls)

    def free_handle(self, name: str) -> str:
        """A handle like `name` that no resource has: MLIR finds one too, but counts from 1 each time."""
        if name not in self.resources:
            return name
        handle, number = name, self._suffixes.get(name, 0)
        while handle in self.resources:
            number += 1
            handle = f"{name}_{number}"
        if number:
            self._suffixes[name] = number
        return handle


def resource_attribute(resource: Resource | Array, name: str) -> ir.Attribute:
    """`dense_resource<name>` for a resource, in the current context.

    `name` gets a suffix if it is taken: `handle_of` reads it back.  The data must not change from here on.  Raises
    TypeError for a dtype that ONNX lacks, and for strings, which have no form as a resource.
    """
    if isinstance(resource, np.ndarray):
        resource = Resource(resource if resource.flags.c_contiguous else resource.copy("C"))
    source = resource.source
    table = ResourceTable.of(cast(ir.Context, ir.Context.current))
    # A handle that is there is spelled in letters that need no quotes already.
    plain = name if name in table.resources else _plain(name)
    attribute = ir.Attribute.parse(
        f"{_PREFIX}{table.free_handle(plain)}> : {_type_asm(source.shape, source.dtype)}"
    )
    handle = table.handles[hash(attribute)] = _handle(str(attribute))
    assert handle is not None
    table.resources[handle] = resource
    return attribute


@lru_cache(maxsize=64)
def _type_asm(shape: tuple[int, ...], dtype: np.dtype[Any]) -> str:
    row = BY_DTYPE.get(dtype)
    if row is None or row.bits == 0:
        raise TypeError(f"no resource can hold elements of type {dtype}")
    return tensor_asm(shape, row)


def _plain(name: str) -> str:
    if name.isascii() and name.isidentifier() and name[0] != "_":
        return name
    plain = _UNUSUAL.sub("_", name)
    return plain if plain[:1].isalpha() else f"w{plain}"


def handle_of(attribute: object) -> str | None:
    """The handle of a `dense_resource` attribute; None for any other attribute."""
    if type(attribute) is not ir.Attribute:
        return None if isinstance(attribute, ir.DenseElementsAttr) else _handle(str(attribute))
    # Its text costs more than all else here.  The hash of an attribute is where it lies in its context, for good.
    handles = ResourceTable.of(attribute.context).handles
    key = hash(attribute)
    if key not in handles:
        handles[key] = _handle(str(attribute))
    return handles[key]


def _handle(text: str) -> str | None:
    if not text.startswith(_PREFIX):
        return None
    if text.startswith('"', len(_PREFIX)):
        from .literals import unquote

        return unquote(text[len(_PREFIX) : text.index('">', len(_PREFIX)) + 1])
    return text[len(_PREFIX) : text.index(">")]


def resource_of(attribute: ir.Attribute) -> Resource | None:
    """What stands behind a `dense_resource` attribute; None for any other, and where the data is elided."""
    handle = handle_of(attribute)
    if handle is None:
        return None
    found = ResourceTable.of(attribute.context).resources.get(handle)
    if isinstance(found, Resource) or found is None:
        return found
    type_ = ir.Type.parse(str(attribute).rpartition(" : ")[2], attribute.context)
    row, shape = element_type(type_), shape_of(type_)
    data = found.data
    if row is None or shape is None or row.bits == 0:
        return None
    if data.size != row.dtype.itemsize * int(np.prod(shape)):
        return None
    return Resource(data.view(row.dtype).reshape(shape))
