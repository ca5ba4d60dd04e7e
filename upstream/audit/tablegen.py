# SPDX-License-Identifier: Apache-2.0
"""Other people's declarative rewrite rules, as LLVM's own TableGen reads them.

`llvm-tblgen --dump-json` prints every record of a file, patterns with their dags included, so no parser of ours is
needed.  Source: MLIR's "Table-driven Declarative Rewrite Rule (DRR)", and PatternBase.td.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

Kind = Literal["op", "native", "constraint", "directive"]


class TableGenError(Exception):
    """A file that TableGen does not read."""


@dataclass(frozen=True)
class Dag:
    """One node of a pattern.

    kind: what its operator is.  name: of the operator's record; of an anonymous one, of the class that it is an
    instance of.  text: the C++ of a native call or of a constraint, in which `$0` and `$_self` stand for arguments; of
    an op, its name in the dialect.  binding: what the node is bound to, empty for nothing.  arguments: each a node, a
    literal, or None, with what it is bound to.  formals: of an op, the names of its operands and attributes.
    """

    kind: Kind
    name: str
    text: str
    binding: str
    arguments: tuple[tuple[Any, str], ...]
    formals: tuple[str, ...] = ()


@dataclass(frozen=True)
class DrrRule:
    """One `Pat` or `Pattern`.  line: where it stands."""

    name: str
    line: int
    source: Dag
    results: tuple[Dag, ...]
    constraints: tuple[Dag, ...]
    supplements: tuple[Dag, ...]


def read_rules(file: Path, checkout: Path, tblgen: Path, include: Path) -> list[DrrRule]:
    """The rules of a file of a checkout of onnx-mlir, in the order of the file.  include: LLVM's headers.

    Raise TableGenError with TableGen's own words.
    """
    command: list[str | Path] = [
        tblgen,
        "--dump-json",
        f"-I{checkout}",
        f"-I{include}",
        file.resolve(),
    ]
    # TableGen looks into the working directory before all others.
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=checkout)
    if done.returncode:
        raise TableGenError(done.stderr.strip().splitlines()[0])
    records: dict[str, Any] = json.loads(done.stdout)
    here = f"{file.name}:"
    found = [
        _rule(records, name)
        for name in records["!instanceof"].get("Pattern", ())
        if any(place.startswith(here) for place in records[name]["!locs"])
    ]
    return sorted(found, key=lambda rule: rule.line)


def _rule(records: dict[str, Any], name: str) -> DrrRule:
    record = records[name]

    def nodes(field: str) -> tuple[Dag, ...]:
        return tuple(_dag(records, each) for each in record[field])

    return DrrRule(
        name,
        int(record["!locs"][0].rpartition(":")[2]),
        _dag(records, record["sourcePattern"]),
        nodes("resultPatterns"),
        nodes("constraints"),
        nodes("supplementalPatterns"),
    )


def _dag(records: dict[str, Any], node: dict[str, Any]) -> Dag:
    operator = node["operator"]["def"]
    record = records[operator]
    above = record["!superclasses"]
    name = above[-1] if record["!anonymous"] else operator
    arguments = tuple(
        (_dag(records, given) if _is_dag(given) else _literal(given), bound or "")
        for given, bound in node["args"]
    )
    binding = node.get("name") or ""
    if "Op" in above:
        formals = tuple(formal for _, formal in record["arguments"]["args"])
        return Dag("op", name, record["opName"], binding, arguments, formals)
    if "NativeCodeCall" in above:
        return Dag("native", name, record["expression"], binding, arguments)
    if "Constraint" in above:
        return Dag("constraint", name, _predicate(records, record), binding, arguments)
    return Dag("directive", name, "", binding, arguments)


def _record(given: Any) -> dict[str, Any]:
    """What TableGen prints as an object; {} for a number, a string or nothing."""
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def _is_dag(given: Any) -> bool:
    return _record(given).get("kind") == "dag"


def _literal(given: Any) -> Any:
    """A number or a string as it is; a record by its name."""
    record = _record(given)
    return record.get("def", record.get("printable")) if record else given


def _predicate(records: dict[str, Any], constraint: dict[str, Any]) -> str:
    return " ".join(_expressions(records, constraint["predicate"]["def"]))


def _expressions(records: dict[str, Any], name: str) -> Iterator[str]:
    """The C++ of a predicate; of one that is put together, of its parts."""
    record = records[name]
    if "predExpr" in record:
        yield record["predExpr"]
    for child in record.get("children", ()):
        yield from _expressions(records, child["def"])
