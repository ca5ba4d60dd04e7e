# SPDX-License-Identifier: Apache-2.0
"""What an editor offers to do: passes on the function under the cursor, and check lines for the file."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from ..passes import BY_ARGUMENT, STEMS
from .checking import excerpt
from .document import Document
from .formatting import LeftError, item_in
from .names import read_names
from .outcome import Outcome
from .structure import FUNCTION
from .workers import Worker, WorkerError

RUN_PASS = "onnx-opt.runPass"
"""The command: URI, line and the flag of the pass without dashes."""
GENERATE_CHECKS = "onnx-opt.generateChecks"
"""The command: URI."""
_MOST_REMARKS = 5


def code_actions(document: Document, offset: int) -> list[types.CodeAction]:
    """What can be done with the function at an offset, if there is one, and with the file."""
    rewrite = types.CodeActionKind.RefactorRewrite
    title = "Write FileCheck lines for what the RUN lines print"
    command = types.Command(title, GENERATE_CHECKS, arguments=[document.uri])
    whole = [types.CodeAction(title, kind=rewrite, command=command)]
    item = document.item_at(offset)
    if item is None or item.head != FUNCTION:
        return whole
    line = document.text.line_at(item.start)
    return whole + [
        types.CodeAction(
            f"{BY_ARGUMENT[argument].summary} in @{item.symbol} (--{argument})",
            kind=rewrite,
            command=types.Command(
                f"--{argument}", RUN_PASS, arguments=[document.uri, line, argument]
            ),
        )
        for argument in _arguments()
    ]


def _arguments() -> Iterator[str]:
    return (stem.replace("_", "-") for stem in STEMS)


async def run_pass(document: Document, line: int, argument: str, worker: Worker) -> Outcome:
    """Run a pass on the function that begins on a line, as if it stood alone.

    Comments in it, which no pass keeps, stand above it afterwards.
    """
    offset = document.text.starts[min(line, len(document.text.starts) - 1)]
    section = document.section_at(offset)
    item = next((each for each in section.items if document.text.line_at(each.start) == line), None)
    if argument not in BY_ARGUMENT or item is None or item.head != FUNCTION:
        return Outcome(f"no function begins in line {line + 1}, or there is no pass --{argument}")
    where = f"--{argument} on @{item.symbol}"
    what = excerpt(document, section, item, resources=True)
    try:
        answer = await worker.ask("run_pass", text=what.source, argument=argument)
        if "text" not in answer:
            return Outcome(f"{where}: {answer['diagnostics'][0]['message']}")
        new = item_in(answer, item).text
    except (WorkerError, LeftError) as error:
        return Outcome(f"{where}: {error}")
    remarks = [*dict.fromkeys(answer["remarks"])]
    told = "\n".join(remarks[:_MOST_REMARKS]) or "done"
    if not answer["changed"]:
        return Outcome(f"{where} changes nothing" + (f": {told}" if remarks else ""))
    if read_names(new).aliases:
        return Outcome(f"{where} gives a text with aliases: run onnx-opt on the file")
    names = document.names_of(item)
    indent = "  " * len(item.modules)
    comments = [names.text[start:end] for start, end in names.comments]
    lines = [*comments, *new.split("\n")]
    start = document.text.starts[line]
    text = document.newline.join(indent + each if each else each for each in lines)
    edit = types.TextEdit(document.text.range(start, item.end), text)
    return Outcome(f"{where}: {told}", [edit])
