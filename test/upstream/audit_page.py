# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/audit.md, from a checkout of onnx-mlir.

    python test/upstream/audit_page.py onnx-mlir [--check]

--check: write nothing, exit 1 where the page says something else.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from onnx_opt.upstream.audit.report import find, table
from onnx_opt.upstream.audit.tablegen import read_rules
from onnx_opt.upstream.audit.tools import table_gen

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"
BEGIN = "<!-- audit: begin -->\n"
FILES = (
    "src/Dialect/ONNX/ONNXOps/Canonicalize.td",
    "src/Dialect/ONNX/Transforms/ConstProp.td",
    "src/Dialect/ONNX/Transforms/Decompose.td",
)


def sections(checkout: Path) -> Iterator[str]:
    """A section for each file."""
    for file in FILES:
        path = checkout / file
        findings = [find(rule) for rule in read_rules(path, checkout, *table_gen())]
        words = Counter(finding.word for finding in findings)
        yield f"## {path.name}"
        yield ""
        yield f"{len(findings)} rules: {', '.join(f'{words[word]} {word}' for word in sorted(words))}."
        yield ""
        yield from table(findings)
        yield ""


def main(arguments: list[str]) -> int:
    """Write the page, or compare."""
    text = PAGE.read_text()
    head = text.partition(BEGIN)[0]
    made = head + BEGIN + "\n".join(sections(Path(arguments[0])))
    if "--check" in arguments:
        return int(made != text)
    PAGE.write_text(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
