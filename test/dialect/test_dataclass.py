# SPDX-License-Identifier: Apache-2.0
"""Our `dataclass` does what that of the standard library does."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from onnx_opt.dialect import dataclass as ours


def classes(library: Any, **how: bool) -> tuple[type[Any], type[Any]]:
    """A class and one that inherits from it."""

    @library.dataclass(**how)
    class Point:
        x: int
        y: int = 2
        seen: list[int] = library.field(default_factory=list)

    @library.dataclass(**how)
    class Named(Point):
        name: str = library.field(default="p", metadata={"shown": True})

        def __post_init__(self) -> None:
            self.seen.append(self.x)

    return Point, Named


BOTH = pytest.mark.parametrize("library", [dataclasses, ours])


@BOTH
@pytest.mark.parametrize("frozen", [False, True])
def test_objects_have_their_fields(library: Any, frozen: bool) -> None:
    point, named = classes(library, frozen=frozen)
    found = named(1, name="q")
    assert (found.x, found.y, found.seen, found.name) == (1, 2, [1], "q")
    assert point(1).seen == [] and point(1).seen is not point(1).seen
    assert named.name == "p" and not hasattr(named, "seen")
    assert [each.name for each in library.fields(named)] == ["x", "y", "seen", "name"]
    assert library.fields(named)[3].metadata["shown"] and not library.fields(named)[0].metadata
    assert named.__match_args__ == ("x", "y", "seen", "name")
    assert repr(point(3)).endswith("Point(x=3, y=2, seen=[])")


@BOTH
def test_wrong_arguments_are_errors(library: Any) -> None:
    point, _ = classes(library)
    for arguments, named in (((), {}), ((1, 2, [], 3), {}), ((1,), {"z": 1}), ((1,), {"x": 1})):
        with pytest.raises(TypeError, match="__init__"):
            point(*arguments, **named)
    by_name, _ = classes(library, kw_only=True)
    assert by_name(y=1, x=2).x == 2 and by_name.__match_args__ == ()
    with pytest.raises(TypeError):
        by_name(1)


@BOTH
def test_objects_compare_by_their_fields(library: Any) -> None:
    point, named = classes(library)
    assert point(1) == point(1, 2) != point(2) and point(1) != named(1)
    assert library.replace(point(1), y=3) == point(1, 3)
    with pytest.raises(TypeError, match="unhashable"):
        hash(point(1))
    by_identity, _ = classes(library, eq=False)
    assert by_identity(1) != by_identity(1)
    assert len({by_identity(1), by_identity(1)}) == 2


@BOTH
def test_frozen_objects_stay(library: Any) -> None:
    @library.dataclass(frozen=True)
    class Point:
        x: int
        y: int = 2

    point: Any = Point
    assert len({point(1), point(1, 2), point(2)}) == 2
    with pytest.raises(AttributeError, match="cannot"):
        point(1).x = 2
    with pytest.raises(AttributeError, match="cannot"):
        del point(1).x
