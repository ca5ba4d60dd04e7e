# SPDX-License-Identifier: Apache-2.0
"""What an editor shows of the thing under the mouse: an op, an attribute of one, a value, a symbol, an alias."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from ..dialect.context import make_context
from ..dialect.ops.documentation import documentation, unwrapped
from ..dialect.ops.schema import PREFIX, op_spec
from ..dialect.ops.spec import AttributeSpec, OpSpec, ValueSpec
from .document import Document
from .names import Definition, Names
from .ops import entry_at, value_type
from .structure import Item

_ONNX_PAGES = "https://github.com/onnx/onnx/blob/main/docs/"
_WIDTH = 200
"""How much of a line is shown: one with weights may be long."""


def hover(document: Document, offset: int) -> types.Hover | None:
    """What is shown at an offset, in Markdown; None for nothing."""
    around = document.token_around(offset)
    inside = document.names_at(offset)
    if around is None or inside is None or around[0].kind == "comment":
        return None
    token, line_start = around
    item, names = inside
    within = offset - item.start
    if token.kind in ("value", "results", "block"):
        text = _value(names, within)
    elif token.kind == "symbol":
        text = _symbol(document, item, token.text[1:].strip('"'))
    elif token.kind == "alias":
        text = _alias(document, offset, token.text)
    elif token.kind in ("op", "word") and (spec := spec_of(token.text.strip('"'))):
        text = op_markdown(spec)
    else:
        text = _attribute(names, within)
    if not text:
        return None
    place = document.text.range(line_start + token.start, line_start + token.end)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), place)


def spec_of(full_name: str) -> OpSpec | None:
    """The spec of an op by its full name; None for one that the dialect does not have."""
    return op_spec(full_name[len(PREFIX) :]) if full_name.startswith(PREFIX) else None


def op_markdown(spec: OpSpec) -> str:
    """An op, all of it."""
    title = f"**{PREFIX}{spec.name}**"
    if spec.onnx_name:
        domain = f" of {spec.domain}" if spec.domain else ""
        title += f" - {spec.onnx_name}{domain}, version {spec.since_version}"
    parts = [title, _linked(unwrapped(spec.doc))]
    docs = documentation(spec)
    for heading, values in (("Operands", spec.operands), ("Results", spec.results)):
        if values:
            lines = [_value_line(each, docs.values) for each in values]
            parts.append("\n".join([f"**{heading}**\n", *lines]))
    if spec.attributes:
        lines = [f"- {_attribute_line(each)}" for each in spec.attributes.values()]
        parts.append("\n".join(["**Attributes**\n", *lines]))
    return "\n\n".join(part for part in parts if part)


def _linked(text: str) -> str:
    """Links of ONNX's pages to one another lead there."""
    return text.replace("](Broadcasting.md", f"]({_ONNX_PAGES}Broadcasting.md").replace(
        "](IR.md", f"]({_ONNX_PAGES}IR.md"
    )


def _value_line(value: ValueSpec, docs: dict[str, str]) -> str:
    arity = "" if value.arity == "single" else f" ({value.arity})"
    # Tensors first; `optional(seq(tensor(bool)))` hardly ever matters.
    names = sorted(value.types or (), key=lambda name: (not name.startswith("tensor"), name))
    kinds = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
    about = _first_sentence(docs.get(value.name.removeprefix("o_"), ""))
    return f"- `{value.name}`{arity}: {kinds}{' - ' if kinds and about else ''}{about}"


def _attribute_line(attribute: AttributeSpec) -> str:
    default = default_text(attribute)
    if attribute.required:
        default = "required"
    elif default:
        default = f"default `{default}`"
    return f"`{attribute.name}`: {attribute.kind.expected}{', ' if default else ''}{default}"


def default_text(attribute: AttributeSpec) -> str:
    """What leaving an attribute out means, as it would be written; empty if nothing that can be."""
    with make_context(load_all=False):
        default = attribute.default_attribute()
        return "" if default is None else str(default)


def attribute_markdown(spec: OpSpec, attribute: AttributeSpec) -> str:
    """An attribute of an op."""
    about = documentation(spec).attributes.get(attribute.name, "")
    return f"{_attribute_line(attribute)}\n\n{_linked(about)}".strip()


def _first_sentence(text: str) -> str:
    return text.split("\n\n")[0].split(". ")[0].replace("\n", " ").strip()


def _attribute(names: Names, offset: int) -> str:
    entry = entry_at(names, offset)
    spec = spec_of(entry.op.name) if entry else None
    if entry is None or spec is None or entry.key not in spec.attributes:
        return ""
    return attribute_markdown(spec, spec.attributes[entry.key])


def _value(names: Names, offset: int) -> str:
    found = names.at(offset)
    if found is None:
        return ""
    definition, start, _ = found
    if definition.name.startswith("^"):
        return _code(_line(names.text, definition.start))
    number = next((number for at, _, number in definition.uses if at == start), 0)
    which = f"{definition.name}#{number}" if definition.count > 1 else definition.name
    type_ = value_type(names, definition, number)
    lines = [f"{which}: {_short(type_)}"] if type_ else []
    if definition.op is not None:
        lines.append(_line(names.text, definition.op.begin))
    users = list(_users(names, definition))
    said = f"Read by {', '.join(dict.fromkeys(users))}" if users else "Nobody reads it"
    return f"{_code(*lines)}\n\n{said}." if lines else f"{said}."


def _users(names: Names, definition: Definition) -> Iterator[str]:
    for start, _, _ in definition.uses:
        if op := names.op_before(start):
            yield op.name


def _symbol(document: Document, item: Item, name: str) -> str:
    section = document.section_at(item.start)
    found = section.symbols(item).get(name)
    if found is None:
        return ""
    return _code(_line(document.text_of(found), 0).rstrip(" {"))


def _alias(document: Document, offset: int, name: str) -> str:
    found = document.section_at(offset).aliases.get(name)
    return _code(_short(document.text_of(found))) if found else ""


def _line(text: str, offset: int) -> str:
    return _short(text[offset:].split("\n", 1)[0].rstrip())


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."


def _code(*lines: str) -> str:
    return "\n".join(["```mlir", *lines, "```"])
