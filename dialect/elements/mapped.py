# SPDX-License-Identifier: Apache-2.0
"""Arrays that are views of mapped files."""

from __future__ import annotations

import mmap
from typing import Any

import numpy as np

from ..types import Array


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
