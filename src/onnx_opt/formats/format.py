# SPDX-License-Identifier: Apache-2.0
"""What the command line has to know of a format; each format is a file here that ends with its `FORMAT`.

Light, as are the files of the formats, because the flags name them; so these are named tuples, which Python makes
faster than dataclasses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..dialect.bindings import ir
    from ..dialect.diagnostics import Diagnostic
    from ..files.inputs import InputFile, Section
    from ..files.outputs import Output
    from ..flags import Options


class Read(NamedTuple):
    """A module that was read.

    path: the file it comes from, if that is a model.  data_files: those that hold its weights.  Links are followed.
    warnings: what the user is told about it.
    otherwise: how else to read the input if the module is not valid.  imported: see `verify`.
    """

    module: ir.Module
    path: Path | None = None
    data_files: frozenset[Path] = frozenset()
    warnings: tuple[Diagnostic, ...] = ()
    otherwise: Callable[[], Read] | None = None
    imported: Sequence[ir.Operation] | None = None


Reader = Callable[["ir.Context"], Read]
Write = Callable[["ir.Module"], None]


class Format(NamedTuple):
    """A way to write a module down.

    name:         what `--emit` calls it; also the suffix of its files, without the dot.
    plural:       what messages call files of it.
    recognises:   whether an input is in this format, by its content or its name.
    read:         the module in a section of an input.  Raises DiagnosticError and CommandError.
    writer:       checks where a module that was read is to go, before the work, and gives the function that writes it
                  there after the work.  Both raise DiagnosticError and CommandError.
    sections:     how the text of an input is cut at a marker; None if a file always holds one module.
    read_flags:   the fields of `Options` that are for inputs in this format only;
    write_flags:  and for outputs.
    timed_as:     the rows of `--mlir-timing` for reading and for writing.
    """

    name: str
    plural: str
    recognises: Callable[[InputFile], bool]
    read: Callable[[InputFile, Section, ir.Context, Options], Read]
    writer: Callable[[Read, Output, Options], Write]
    sections: Callable[[InputFile, str], list[Section]] | None = None
    read_flags: tuple[str, ...] = ()
    write_flags: tuple[str, ...] = ()
    timed_as: tuple[str, str] = ("Parser", "Output")

    def reader(self, file: InputFile, section: Section, options: Options) -> Reader:
        """`read`, for the context that it is given."""
        return lambda context: self.read(file, section, context, options)
