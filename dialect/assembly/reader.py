# SPDX-License-Identifier: Apache-2.0
"""Text and bytecode to IR.

MLIR parses everything but the four forms that onnx-mlir prints in its own way.  They are rewritten to the generic form
first, in place and without adding or removing a line:

    onnx.Constant dense<1> : T                ->  "onnx.Constant"() {value = dense<1> : T} : () -> T
    onnx.Constant {value_int = 1 : si64} : T  ->  "onnx.Constant"() {value_int = 1 : si64} : () -> T
    onnx.ConstantOfShape(%0) {...} : ...      ->  "onnx.ConstantOfShape"(%0) {...} : ...
    onnx.Return %0, %1 : T, U                 ->  "onnx.Return"(%0, %1) : (T, U) -> ()      (onnx.Yield likewise)

Likewise `<{A}> {B}` becomes `{A, B}`: for an op that is not registered with MLIR the bindings can neither list nor
delete what stands in `<{...}>`.  Columns in diagnostics and locations are mapped back, so a user sees the positions
of the file as it was written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

from ..bindings import ir
from ..dataclass import dataclass, field
from ..diagnostics import (
    Diagnostic,
    DiagnosticError,
    did_you_mean,
    error_at,
    error_in,
    from_mlir_error,
    relocated,
)
from ..onnx import make_op_classes
from ..ops.schema import op_spec
from ..text_scanner import (
    STRING,
    ScanError,
    skip_attribute,
    skip_brackets,
    skip_space,
    skip_type,
    split_dictionary,
    without_comments,
)
from .bytecode import BYTECODE_MAGIC, parse_bytecode
from .dense_literals import Literals, cut_literals
from .number_lists import in_hexadecimal
from .resource_text import take_resources
from .untrusted_input import check_names, check_nesting

_INTERESTING = re.compile(
    r"//[^\n]*"
    r'|"onnx\.(?P<generic>\w+)"\([^()"]*\)\s*(?P<properties><)\{'
    rf"|{STRING}"
    r"|onnx\.(?P<pretty>Constant|ConstantOfShape|Return|Yield)(?![\w.$])",
    re.DOTALL,
)
_PLAIN_PROPERTIES = re.compile(
    r'<\{(?P<entries>[^{}<>()\[\]"\n/]+)(?P<end>\}>(?: :|(?P<more> \{)(?=["\w])))'
)
_PART_OF_A_NAME = re.compile(r"[\w.$\"!#@%^-]")
_PLAIN_CONSTANT = re.compile(
    r' (?P<elements>dense<(?:(?P<list>\[[^"<>\n]*\])|"[^"\\\n]*"|[\w.+-]+)>|dense_resource<\w+>)'
    r" : (?P<type>tensor<\w+>)"
)
_VALUE_NAME = re.compile(r"%(?:\d+|[A-Za-z_$.-][\w$.-]*)(?:[#:]\d+)?")
_MLIR_NAME = "-"
"""How MLIR calls text that it is given as a string."""


def parse(
    source: str | bytes,
    *,
    context: ir.Context,
    filename: str = "-",
    first_line: int = 1,
    literals: Literals | None = None,
) -> ir.Module:
    """The module in `source`: text as onnx-mlir or MLIR print it, or MLIR bytecode.

    filename: how diagnostics and locations call the source.  first_line: number of its first line, for a section of a
    split file.  literals: what `cut_literals` took out of it before.  Raises DiagnosticError, with positions in the
    source as it was given.
    """
    if isinstance(source, bytes) and source.startswith(BYTECODE_MAGIC):
        return parse_bytecode(source, context, filename)
    if literals is None:
        data = source.encode(errors="surrogatepass") if isinstance(source, str) else source
        source, literals = cut_literals(data, first_line)
    try:
        return _parse_text(source, context, filename, first_line, literals)
    except DiagnosticError as error:
        raise DiagnosticError(*map(literals.in_source, error.diagnostics)) from None


def _parse_text(
    source: str | bytes, context: ir.Context, filename: str, first_line: int, literals: Literals
) -> ir.Module:
    if isinstance(source, bytes):
        source = _decode(source, filename, first_line)
    if "\0" in source:
        raise error_at("not MLIR text: it holds a NUL byte", filename)
    source = literals.adopt(take_resources(source, context), context)
    check_nesting(source, filename, first_line)
    check_names(source, filename, first_line)
    text = _Text(source, filename, first_line, literals)
    generic = text.to_generic()
    with context:
        try:
            module = ir.Module.parse(generic, context)
        except ir.MLIRError as error:
            raise DiagnosticError(*map(text.in_source, from_mlir_error(error))) from None
        text.relocate(module)
    make_op_classes(module)
    return module


def _decode(source: bytes, filename: str, first_line: int) -> str:
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        before = source[: error.start]
        line = before.count(b"\n") + first_line
        column = error.start - before.rfind(b"\n")
        message = f"not MLIR text, bytecode or an ONNX model: invalid UTF-8 byte 0x{source[error.start]:02x}"
        raise error_at(message, filename, line, column) from None


def _skip_value(text: str, position: int) -> int:
    """Past `%name` or `%name#1`."""
    value = _VALUE_NAME.match(text, position)
    if not value:
        raise ScanError(position, "an operand")
    return value.end()


@dataclass
class _Text:
    """A source text, its generic form, and the way from positions in that back to the source."""

    source: str
    filename: str
    first_line: int
    literals: Literals
    _parts: list[str] = field(default_factory=list[str])
    _copied: int = 0
    # Attributes to be put in further on, as (offset, text); outermost op first.
    _pending: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    # Line -> (columns in the generic line, columns in the source line) from where on they run in parallel.
    _columns: dict[int, tuple[list[int], list[int]]] = field(
        default_factory=dict[int, tuple[list[int], list[int]]]
    )
    _line: int = 1
    _line_start: int = 0
    _counted: int = 0
    _shift: int = 0

    def to_generic(self) -> str:
        """The source with the four pretty forms rewritten; raises DiagnosticError where one is malformed."""
        position = 0
        while match := _INTERESTING.search(self.source, position):
            position = match.end()
            self._insert_pending(match.start())
            name = match["pretty"] or match["generic"]
            try:
                if match["pretty"]:
                    if self._is_part_of_a_name(match.start()):
                        continue
                    position = self._rewrite(name, match.start(), match.end())
                elif match["generic"]:
                    position = self._move_properties(name, match.start("properties"))
            except ScanError as error:
                raise self._error(error.position, f"{error} in 'onnx.{name}'") from None
        self._insert_pending(len(self.source))
        self._parts.append(self.source[self._copied :])
        # MLIR counts lines from the start of what it is given.
        generic = "\n" * (self.first_line - 1) + "".join(self._parts)
        self._parts.clear()
        return generic

    def _is_part_of_a_name(self, start: int) -> bool:
        return start > 0 and _PART_OF_A_NAME.match(self.source, start - 1) is not None

    def _error(self, offset: int, message: str) -> DiagnosticError:
        return error_in(self.source, offset, message, self.filename, self.first_line)

    def _move_properties(self, name: str, opening: int) -> int:
        """Move `<{...}>`, which starts at `opening`, to where the op's `{...}` stands or would stand."""
        source = self.source
        plain = _PLAIN_PROPERTIES.match(source, opening)
        closing = plain.start("end") + 2 if plain else skip_brackets(source, opening)
        properties = without_comments(source[opening + 1 : closing - 1])
        spec = op_spec(name)
        for key in split_dictionary(properties) if spec else ():
            if spec and key not in spec.attributes:
                hint = did_you_mean(key, spec.attributes)
                raise self._error(opening, f"'onnx.{name}' op has no attribute '{key}'{hint}")
        if plain and not plain["entries"].isspace():
            # They stand where they belong, but for what is around them.
            self._replace(opening, opening + 1, "")
            if plain["more"]:
                self._replace(closing - 2, plain.end(), ", ")
            else:
                self._replace(closing - 1, closing, "")
            return plain.end()
        self._replace(opening, closing, "\n" * properties.count("\n"))
        entries = properties.strip()[1:-1].replace("\n", " ").strip()
        target = skip_space(source, closing)
        if source.startswith("(", target):
            target = skip_space(source, skip_brackets(source, target))
        if entries and source.startswith("{", target):
            empty = source.startswith("}", skip_space(source, target + 1))
            self._pending.append((target + 1, entries if empty else entries + ", "))
        elif entries:
            self._pending.append((target, f" {{{entries}}} "))
        return closing

    def _insert_pending(self, position: int) -> None:
        """Put in the moved attributes whose place is not behind `position`: inner ops' places come first."""
        while self._pending and self._pending[-1][0] <= position:
            target, text = self._pending.pop()
            self._replace(target, target, text)

    def _rewrite(self, name: str, start: int, end: int) -> int:
        """Rewrite the pretty op that starts at `start`; give the offset up to which the source is dealt with."""
        source = self.source
        if name == "Constant" and (plain := _PLAIN_CONSTANT.match(source, end)):
            return self._rewrite_plain_constant(start, plain)
        self._replace(start, end, f'"onnx.{name}"')
        after = skip_space(source, end)
        if source.startswith("(", after):
            return end
        if name == "ConstantOfShape":
            raise ScanError(after, "'('")
        if name == "Constant":
            return self._rewrite_constant(end, after)
        return self._rewrite_terminator(end, after)

    def _rewrite_plain_constant(self, start: int, plain: re.Match[str]) -> int:
        """One that has its elements on its line and nothing else, which most have.  Floats become hexadecimal."""
        first, last = plain.span("elements")
        self._replace(start, first, '"onnx.Constant"() {value = ')
        if plain["list"] and (literal := in_hexadecimal(plain["list"], plain["type"])):
            self._replace(first, last, literal)
        self._replace(plain.end(), plain.end(), f"}} : () -> {plain['type']}")
        return plain.end()

    def _rewrite_constant(self, end: int, after: int) -> int:
        source = self.source
        self._replace(end, end, "()")
        if source.startswith(":", after):
            colon = after
        elif source.startswith("{", after):
            colon = skip_space(source, skip_brackets(source, after))
        else:
            return self._rewrite_elements(after)
        self._expect(":", colon)
        self._replace(colon, colon + 1, ": () ->")
        return skip_type(source, skip_space(source, colon + 1))

    def _rewrite_elements(self, start: int) -> int:
        source = self.source
        close = skip_attribute(source, start)
        key = "sparse_value" if source.startswith("sparse", start) else "value"
        self._replace(start, start, f"{{{key} = ")
        colon = skip_space(source, close)
        if source.startswith(":", colon):
            type_start = skip_space(source, colon + 1)
            close = skip_type(source, type_start)
            type_ = source[type_start:close]
        else:
            type_ = self._type_of_alias(source[start:close], colon)
        self._replace(close, close, "} : () -> " + type_.replace("\n", " "))
        return close

    def _type_of_alias(self, alias: str, position: int) -> str:
        definition = (
            re.search(rf"^\s*{re.escape(alias)}\s*=\s*", self.source, re.MULTILINE)
            if alias[0] == "#"
            else None
        )
        if not definition:
            raise ScanError(position, "':' and a type")
        colon = skip_space(self.source, skip_attribute(self.source, definition.end()))
        self._expect(":", colon)
        start = skip_space(self.source, colon + 1)
        return self.source[start : skip_type(self.source, start)]

    def _rewrite_terminator(self, end: int, after: int) -> int:
        source = self.source
        dictionary, place = "", end
        if source.startswith("{", after):
            place = skip_brackets(source, after)
            dictionary = " " + source[after:place].replace("\n", " ")
            self._replace(after, place, "\n" * source.count("\n", after, place))
            after = skip_space(source, place)
        if not source.startswith("%", after):
            self._replace(place, place, f"(){dictionary} : () -> ()")
            return place
        operands, operands_end = self._skip_list(after, _skip_value)
        colon = skip_space(source, operands_end)
        self._expect(":", colon)
        types, types_end = self._skip_list(skip_space(source, colon + 1), skip_type)
        if types != operands:
            raise ScanError(types_end, f"{operands} types, one for each operand,")
        self._replace(after, after, "(")
        lines = "\n" * source.count("\n", operands_end, colon)
        self._replace(operands_end, colon + 1, f"){dictionary} : ({lines}")
        self._replace(types_end, types_end, ") -> ()")
        return types_end

    def _skip_list(self, position: int, skip_item: Callable[[str, int], int]) -> tuple[int, int]:
        """The number of items in a list with commas, and where its last item ends."""
        count, end = 1, skip_item(self.source, position)
        while self.source.startswith(",", comma := skip_space(self.source, end)):
            end = skip_item(self.source, skip_space(self.source, comma + 1))
            count += 1
        return count, end

    def _expect(self, char: str, position: int) -> None:
        if not self.source.startswith(char, position):
            raise ScanError(position, f"'{char}'")

    def _replace(self, start: int, end: int, text: str) -> None:
        """Replace source[start:end]; calls come in the order of the source and keep the number of lines."""
        source = self.source
        self._parts += (source[self._copied : start], text)
        self._copied = end
        newline = source.rfind("\n", self._counted, start)
        if newline >= 0:
            self._line += source.count("\n", self._counted, newline + 1)
            self._line_start = newline + 1
            self._shift = 0
        self._counted = start
        columns = self._columns.get(self._line)
        if columns is None:
            columns = self._columns[self._line] = ([1], [1])
        generic, original = columns
        column = start - self._line_start + 1
        generic.append(column + self._shift)
        original.append(column)
        self._shift += len(text) - (end - start)
        column += end - start
        generic.append(column + self._shift)
        original.append(column)

    def _position(self, line: int, column: int) -> tuple[int, int]:
        """Where a position in the generic text stands in the source."""
        if columns := self._columns.get(line - self.first_line + 1):
            generic, original = columns
            at = bisect_right(generic, column) - 1
            column = original[at] + column - generic[at]
            if at + 1 < len(original):
                column = min(column, original[at + 1])
        return line, column

    def in_source(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic of MLIR's parser, at its position in the source."""
        if not diagnostic.line:
            return relocated(diagnostic, self.filename)
        line, column = self._position(diagnostic.line, diagnostic.column)
        notes = tuple(map(self.in_source, diagnostic.notes))
        return replace(diagnostic, file=self.filename, line=line, column=column, notes=notes)

    def relocate(self, module: ir.Module) -> None:
        """Give every op and block argument that MLIR located in the text its position in the source."""

        def in_source(location: ir.Location) -> ir.Location | None:
            if not isinstance(location, ir.FileLineColLoc) or location.filename != _MLIR_NAME:
                return None
            line, column = self._position(location.start_line, location.start_col)
            column = self.literals.column(line, column)
            return ir.Location.file(self.filename, line, column)

        def visit(op: ir.Operation) -> ir.WalkResult:
            if location := in_source(op.location):
                op.location = location
            for region in op.regions if len(op.regions) else ():
                for block in region.blocks:
                    for argument in block.arguments:
                        if location := in_source(argument.location):
                            argument.set_location(location)
            return ir.WalkResult.ADVANCE

        module.operation.walk(visit)
