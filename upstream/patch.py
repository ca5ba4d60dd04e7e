# SPDX-License-Identifier: Apache-2.0
"""`--emit=drr-patch`: all that a pull request to onnx-mlir has to touch, as one unified diff for `git apply`.

1. Canonicalize.td       the rules, at the end;
2. Canonicalize.cpp      an `insert<>` for each, in a function of its own where the op had none;
3. the op's definition   `hasCanonicalizer`, if it had none: in ONNXOps.td.inc and in utils/gen_onnx_mlir.py, which
makes that file, or in AdditionalONNXOps.td for an op of onnx-mlir's own;
4. test/mlir/onnx        a file of lit tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

from ..passes.rewriting.base import Pass
from ..passes.rewriting.patterns import RewritePass
from .checkout import CANONICALIZE, CheckoutError, defined_names, read
from .drr import DrrError, Pattern, definitions, patterns_of
from .lit_tests import lit_tests

_CPP = "src/Dialect/ONNX/ONNXOps/Canonicalize.cpp"
_OPS = "src/Dialect/ONNX/ONNXOps.td.inc"
_OWN_OPS = "src/Dialect/ONNX/AdditionalONNXOps.td"
_GENERATOR = "utils/gen_onnx_mlir.py"
_TESTS = "test/mlir/onnx"
_END = "#endif // ONNX_REWRITE\n"


def as_patch(passes: Sequence[Pass], checkout: Path) -> str:
    """The diff; raises DrrError for what DRR cannot say, and CheckoutError for a checkout that it does not fit."""
    patterns = list(patterns_of(passes))
    has = defined_names(checkout)
    for pattern in patterns:
        if pattern.name in has:
            raise CheckoutError(f"'{checkout}' has a rule {pattern.name} already")
    by_root: dict[str, list[str]] = {}
    for pattern in patterns:
        by_root.setdefault(pattern.root, []).append(pattern.name)

    changed = _Changes(checkout)
    rules = definitions(passes, has)
    changed.replace(CANONICALIZE, re.escape(_END), f"{rules}\n{_END}")
    for root, names in by_root.items():
        changed.register(root, names)
        changed.give_canonicalizer(root)
    for pass_ in passes:
        changed.add(*_tests(pass_, patterns))
    return "".join(changed.diffs())


def _tests(pass_: Pass, patterns: list[Pattern]) -> tuple[str, str]:
    assert isinstance(pass_, RewritePass)
    own = [pattern for pattern in patterns if pattern.rule in pass_.rules]
    name = f"{_TESTS}/onnx_canonicalization_{pass_.argument.replace('-', '_')}.mlir"
    return name, lit_tests(pass_, own)


class _Changes:
    """Files of a checkout, as they were and as they become."""

    def __init__(self, checkout: Path) -> None:
        self._checkout = checkout
        self._before: dict[str, str] = {}
        self._after: dict[str, str] = {}

    def diffs(self) -> Iterator[str]:
        """A diff a file."""
        for name, after in sorted(self._after.items()):
            before = self._before[name]
            if after == before:
                continue
            yield f"diff --git a/{name} b/{name}\n"
            if not before:
                yield "new file mode 100644\n"
            old = f"a/{name}" if before else "/dev/null"
            lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
            yield from unified_diff(lines[0], lines[1], old, f"b/{name}")

    def add(self, name: str, text: str) -> None:
        """A new file."""
        if (self._checkout / name).exists():
            raise CheckoutError(f"'{self._checkout}' has a file {name} already")
        self._before[name], self._after[name] = "", text

    def text(self, name: str) -> str:
        """A file as it has become so far."""
        if name not in self._after:
            self._before[name] = self._after[name] = read(self._checkout, name)
        return self._after[name]

    def replace(self, name: str, pattern: str, by: str) -> None:
        """The last occurrence of a regular expression."""
        found = list(re.finditer(pattern, self.text(name), re.MULTILINE))
        if not found:
            raise CheckoutError(f"'{self._checkout}' is not as expected: {name} has no {pattern!r}")
        self._insert(name, found[-1].start(), found[-1].end(), by)

    def _insert(self, name: str, start: int, end: int, text: str) -> None:
        whole = self.text(name)
        self._after[name] = whole[:start] + text + whole[end:]

    def register(self, root: str, names: list[str]) -> None:
        """The patterns join the canonicalization of the op at which they start."""
        whole = self.text(_CPP)
        head = re.compile(
            rf"^void ONNX{root}Op::getCanonicalizationPatterns\(\s*RewritePatternSet &(\w+),[^{{]*{{",
            re.MULTILINE,
        )
        if found := head.search(whole):
            end = whole.index("}", found.end())
            lines = "".join(f"  {found[1]}.insert<{name}>(context);\n" for name in names)
            # What stood between the braces stays; an empty pair may stand on one line.
            opened = "" if whole[end - 1] == "\n" else "\n"
            self._insert(_CPP, end, end, opened + lines)
            return
        place = next(
            (
                found.start()
                for found in re.finditer(r"^/// on the ONNX(\w+)Op\.$", whole, re.MULTILINE)
                if found[1].lower() > root.lower() and found[1][0] >= root[0]
            ),
            None,
        )
        if place is None:
            raise CheckoutError(
                f"'{self._checkout}' is not as expected: {_CPP} has no '/// on the ONNX...Op.'"
            )
        lines = "".join(f"  results.insert<{name}>(context);\n" for name in names)
        self._insert(
            _CPP,
            place,
            place,
            f"/// on the ONNX{root}Op.\n"
            f"void ONNX{root}Op::getCanonicalizationPatterns(\n"
            f"    RewritePatternSet &results, MLIRContext *context) {{\n{lines}}}\n\n",
        )

    def give_canonicalizer(self, root: str) -> None:
        """`hasCanonicalizer` in the op's definition, and in the list of the script that makes it."""
        for name in (_OPS, _OWN_OPS):
            whole = self.text(name)
            found = re.search(rf"^def ONNX{root}Op\s*:[^{{]*{{\n", whole, re.MULTILINE)
            if found is None:
                continue
            if (
                "let hasCanonicalizer = 1;"
                in whole[found.end() : whole.index("\n}", found.end() - 1)]
            ):
                return
            self._insert(name, found.end(), found.end(), "  let hasCanonicalizer = 1;\n")
            if name == _OPS:
                self._list(root)
            return
        raise DrrError(f"DRR cannot say a rule of {root}: onnx-mlir has no such op")

    def _list(self, root: str) -> None:
        whole = self.text(_GENERATOR)
        start = whole.find("OpsWithCanonicalizer = [\n")
        if start < 0:
            raise CheckoutError(
                f"'{self._checkout}' is not as expected: {_GENERATOR} has no OpsWithCanonicalizer"
            )
        entries = list(
            re.compile(r'^    "(\w+)",\n', re.MULTILINE).finditer(
                whole, start, whole.index("]\n", start)
            )
        )
        later = next((entry for entry in entries if entry[1].lower() > root.lower()), None)
        place = later.start() if later else entries[-1].end()
        self._insert(_GENERATOR, place, place, f'    "{root}",\n')
