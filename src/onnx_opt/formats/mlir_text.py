# SPDX-License-Identifier: Apache-2.0
"""MLIR text, the only format whose files may hold several modules: `--split-input-file` cuts them at a marker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from ..errors import CommandError
from ..files.inputs import Section
from .format import Format, Read, Write

if TYPE_CHECKING:
    from ..dialect.assembly.dense_literals import Literals
    from ..dialect.bindings import ir
    from ..files.inputs import InputFile
    from ..files.outputs import Output
    from ..flags import Options

SPLIT_MARKER = "// -----"
_NEAR_MARKER = re.compile(r"//\s*-{3,}\s*")


def _recognises(_: InputFile) -> bool:
    return True  # what no other format recognises is taken for text


def _sections(file: InputFile, marker: str) -> list[Section]:
    """The text of `file`, cut if there is a `marker`; raises CommandError."""
    from ..dialect.assembly.dense_literals import cut_literals

    data, literals = cut_literals(file.data, is_one_module=not marker)
    whole = Section(file.name, _text_of(data, literals, file), literals=literals)
    return list(_split(whole, marker)) if marker else [whole]


def _text_of(data: bytes, literals: Literals, file: InputFile) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise _no_format(file) from None
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise CommandError(
            f"byte 0x{data[error.start]:02x} is not valid UTF-8",
            file.name,
            line,
            literals.column(line, column),
        ) from None
    if "\0" in text:
        raise _no_format(file)
    return text.removeprefix("\ufeff")


def _no_format(file: InputFile) -> CommandError:
    return CommandError(f"'{file.name}' is neither MLIR text nor MLIR bytecode nor an ONNX model")


def _split(whole: Section, marker: str) -> Iterator[Section]:
    """The sections between the lines that hold `marker` and nothing else.

    A comment line that only looks like a marker gets a warning, as under mlir-opt.
    """
    first = whole.first_line
    lines: list[str] = []
    for number, line in enumerate(whole.lines, first):
        bare = line.strip()
        if bare == marker:
            yield Section(whole.file, "\n".join([*lines, ""]), first, whole.literals)
            first, lines = number + 1, []
            continue
        lines.append(line)
        if marker == SPLIT_MARKER and _NEAR_MARKER.fullmatch(bare):
            _warn(whole, number, len(line) - len(line.lstrip()) + 1)
    yield Section(whole.file, "\n".join(lines), first, whole.literals)


def _warn(whole: Section, line: int, column: int) -> None:
    from ..dialect.diagnostics import Diagnostic
    from ..reporting.diagnostics import print_diagnostic

    message = "near miss with file split marker"
    print_diagnostic(Diagnostic("warning", message, whole.file, line, column), whole)


def source_of(section: Section, file: InputFile, marker: str) -> str:
    """The text of a section as it stands in the file: nothing is cut out of it.  marker: what sections end with."""
    text = file.data[:].decode().removeprefix("\ufeff")
    if not marker:
        return text
    lines = text.split("\n")
    begin = section.first_line - 1
    own = lines[begin : begin + len(section.lines)]
    behind = begin + len(own) < len(lines)
    return "\n".join([*own[:-1], ""] if behind else own)  # the last line was the marker


def _read(_: InputFile, section: Section, context: ir.Context, __: Options) -> Read:
    from ..dialect.assembly.reader import parse

    return Read(
        parse(
            section.text,
            context=context,
            filename=section.file,
            first_line=section.first_line,
            literals=cast("Literals | None", section.literals),
        )
    )


def _writer(_: Read, output: Output, options: Options) -> Write:
    def write(module: ir.Module) -> None:
        for piece in text_pieces(module.operation, options):
            output.write(piece.encode())

    return write


def text_pieces(op: ir.Operation, options: Options) -> Iterator[str]:
    """The text of a module or op as the options want it, in pieces."""
    from ..dialect.assembly import printer

    return printer.text_pieces(
        op,
        debuginfo=options.mlir_print_debuginfo,
        value_names=options.mlir_use_nameloc_as_prefix,
        generic=options.mlir_print_op_generic,
        elide_larger_than=options.mlir_elide_elementsattrs_if_larger,
        use_resources=options.use_dense_resources,
    )


FORMAT = Format(
    "mlir",
    "MLIR text",
    _recognises,
    _read,
    _writer,
    _sections,
    read_flags=("generate_checks",),
    write_flags=("generate_checks",),
)
