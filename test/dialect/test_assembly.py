# SPDX-License-Identifier: Apache-2.0
"""Text to IR and back: what is printed reads as the same IR, and errors stand where the user wrote them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnx_opt.dialect import DiagnosticError, make_context, parse, to_bytecode, to_text
from onnx_opt.dialect.bindings import ir


def read(text: str | bytes, first_line: int = 1) -> ir.Module:
    return parse(text, context=make_context(), filename="f.mlir", first_line=first_line)


def lines(text: str) -> str:
    """`text` as it is printed in a module: its lines, without indentation."""
    printed = to_text(read(text)).splitlines()
    return "\n".join(line.strip() for line in printed if line not in ("module {", "}"))


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        # The four pretty forms, given as such and in the generic form.
        ("%0 = onnx.Constant dense<1> : tensor<2xi64>", "%0 = onnx.Constant dense<1> : tensor<2xi64>"),
        ('%0 = "onnx.Constant"() {value = dense<1> : tensor<2xi64>} : () -> tensor<2xi64>', "%0 = onnx.Constant dense<1> : tensor<2xi64>"),
        ('%0 = "onnx.Constant"() <{value = dense<1> : tensor<2xi64>}> : () -> tensor<*xi64>', "%0 = onnx.Constant {value = dense<1> : tensor<2xi64>} : tensor<*xi64>"),
        ("%0 = onnx.Constant {value_int = 1 : si64} : tensor<i64>", "%0 = onnx.Constant {value_int = 1 : si64} : tensor<i64>"),
        ("%0 = onnx.Constant sparse<[[0]], [1]> : tensor<3xi64>", "%0 = onnx.Constant sparse<0, 1> : tensor<3xi64>"),
        ("%0 = onnx.Constant : tensor<i64>", "%0 = onnx.Constant : tensor<i64>"),
        ("#a = dense<1> : tensor<2xi64>\n%0 = onnx.Constant #a", "%0 = onnx.Constant dense<1> : tensor<2xi64>"),
        ("!t = tensor<2xi64>\n%0 = onnx.Constant dense<1> : !t", "%0 = onnx.Constant dense<1> : tensor<2xi64>"),
        ("onnx.Return", "onnx.Return"),
        ('"onnx.Return"() : () -> ()', "onnx.Return"),
        ('"onnx.Yield"() {x} : () -> ()', "onnx.Yield {x}"),
        ("onnx.Yield {x}", "onnx.Yield {x}"),
        # Either dictionary, both, and with defaults filled in and sorted.
        (
            '%0 = "onnx.RandomNormal"() <{shape = [2]}> {seed = 1.0 : f32, z, onnx_node_name = "n"} : () -> tensor<2xf32>',
            '%0 = "onnx.RandomNormal"() <{dtype = 1 : si64, mean = 0.000000e+00 : f32, scale = 1.000000e+00 : f32, '
            'seed = 1.000000e+00 : f32, shape = [2]}> {onnx_node_name = "n", z} : () -> tensor<2xf32>',
        ),
        ('%0 = "onnx.NoValue"() {value} : () -> none', '%0 = "onnx.NoValue"() <{value}> : () -> none'),
        ('%0 = "onnx.NoValue"() : () -> none', '%0 = "onnx.NoValue"() : () -> none'),
        ('"onnx.EntryPoint"() {func = @f} : () -> ()', '"onnx.EntryPoint"() <{func = @f}> : () -> ()'),
    ],
)  # fmt: skip
def test_one_op(source: str, printed: str) -> None:
    assert lines(source) == printed
    assert lines(printed) == printed


def test_operands_of_the_pretty_forms() -> None:
    text = """func.func @f(%a: tensor<2xi64>) -> (tensor<*xf32>, tensor<2xi64>) {
  %0 = onnx.ConstantOfShape(%a) {value = dense<1.0> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<*xf32>
  onnx.Return %0, %a : tensor<*xf32>, tensor<2xi64>
}"""
    printed = lines(text)
    assert (
        "%0 = onnx.ConstantOfShape(%arg0) {value = dense<1.000000e+00> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<*xf32>"
        in printed
    )
    assert "onnx.Return %0, %arg0 : tensor<*xf32>, tensor<2xi64>" in printed


SEVERAL_ON_A_LINE = (
    'func.func @f(%a:tensor<2xf32>)->tensor<2xf32>{%0="onnx.Relu"(%a)<{}>{onnx_node_name="}>{<,//\\22"}:(tensor<2xf32>)->'
    'tensor<2xf32> %c=onnx.Constant dense<1.0>:tensor<2xf32> %1="onnx.Elu"(%0)<{alpha=0.5:f32}>{x}:(tensor<2xf32>)->'
    "tensor<2xf32> onnx.Return %1:tensor<2xf32>}"
)


def test_several_ops_on_a_line() -> None:
    printed = to_text(read(SEVERAL_ON_A_LINE))
    assert printed.count("\n") == 8
    assert "<{alpha = 5.000000e-01 : f32}> {x} :" in printed
    assert to_text(read(printed)) == printed


def test_comments_and_line_breaks_anywhere() -> None:
    text = """// onnx.Constant dense<1> : {
%0 = onnx.Constant // a { comment
  dense<[1, // one
    2]> : // two
  tensor<2xi64>
%1 = "onnx.Elu"(%0) <{ // <{
    alpha = 2.0 : f32 // ", }> of it
  }> { // onnx.Return
    onnx_node_name = "// no comment"
  } : (tensor<2xi64>) -> tensor<2xi64> // "
onnx.Return // nothing
  %0, // first
  %1 : tensor<2xi64>, // type
  tensor<2xi64>
"""
    assert lines(text) == (
        "%0 = onnx.Constant dense<[1, 2]> : tensor<2xi64>\n"
        '%1 = "onnx.Elu"(%0) <{alpha = 2.000000e+00 : f32}> {onnx_node_name = "// no comment"} : (tensor<2xi64>) -> tensor<2xi64>\n'
        "onnx.Return %0, %1 : tensor<2xi64>, tensor<2xi64>"
    )


def test_a_pretty_form_inside_a_string_is_text() -> None:
    text = '"onnx.Custom"() {function_name = "onnx.Return %0 : f32 \\22 onnx.Constant"} : () -> ()'
    assert 'function_name = "onnx.Return %0 : f32 \\22 onnx.Constant"' in lines(text)


ALIASES = """#map = affine_map<(d0, d1) -> (d0 floordiv 32, d1 mod 8)>
#layout = #onnx.layout<{dataLayout = "NCHW4C"}>
#data = dense<1.0> : tensor<2x3xf32>
!t = tensor<2x3xf32>
#here = loc("model.onnx":7:3)
func.func @f(%a: !t) -> !t {
  %c = onnx.Constant #data
  %0 = "onnx.ShapeTransform"(%a) <{index_map = #map}> {other = !t, map = #map, layout = #layout} : (!t) -> !t loc(#here)
  %1 = "onnx.Add"(%0, %c) : (!t, !t) -> !t loc(fused["one", callsite("two" at #here)])
  onnx.Return %1 : !t
}
"""


def test_aliases() -> None:
    printed = to_text(read(ALIASES))
    assert printed.startswith("#map = affine_map<(d0, d1) -> (d0 floordiv 32, d1 mod 8)>\nmodule {")
    assert (
        '<{index_map = #map}> {layout = #onnx.layout<{dataLayout = "NCHW4C"}>, map = #map, other = tensor<2x3xf32>}'
        in printed
    )
    assert to_text(read(printed)) == printed


@pytest.mark.parametrize("text", [ALIASES, SEVERAL_ON_A_LINE])
def test_locations_survive(text: str) -> None:
    printed = to_text(read(text), debuginfo=True)
    assert to_text(read(printed), debuginfo=True) == printed


def test_regions() -> None:
    text = """func.func @f(%c: tensor<i1>, %a: tensor<2xf32>) {
  %0 = "onnx.If"(%c) <{}> ({
    %1 = "onnx.Loop"(%c, %c, %a) <{}> ({
    ^bb0(%i: tensor<i64>, %d: tensor<i1>, %x: tensor<2xf32>):
      onnx.Yield %d, %x : tensor<i1>, tensor<2xf32>
    }) {inner} : (tensor<i1>, tensor<i1>, tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  }, {
    onnx.Yield %a : tensor<2xf32>
  }) {onnx_node_name = "if", a = [1, "}) {"]} : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}"""
    printed = to_text(read(text))
    assert '}) {a = [1, "}) {"], onnx_node_name = "if"} : (tensor<i1>) -> tensor<2xf32>' in printed
    assert "}) {inner} :" in printed
    assert to_text(read(printed)) == printed


def test_generic_form_reads_as_the_same() -> None:
    for text in (ALIASES, SEVERAL_ON_A_LINE):
        module = read(text)
        generic = to_text(module, generic=True)
        assert "onnx.Return %" not in generic
        assert to_text(read(generic)) == to_text(module)


def test_elided_text() -> None:
    text = "%0 = onnx.Constant dense<[1, 2, 3]> : tensor<3xi64>\n%1 = onnx.Constant dense_resource<w> : tensor<3xi8>\n" \
        '{-# dialect_resources: { builtin: { w: "0x01000000010203" } } #-}'  # fmt: skip
    module = read(text)
    elided = to_text(module, elide_larger_than=2)
    assert "dense_resource<__elided__> : tensor<3xi64>" in elided
    assert "0x" not in elided
    assert to_text(module, elide_larger_than=3) == to_text(module)
    assert to_text(read(elided)) == elided


def test_bytecode() -> None:
    for text in (ALIASES, SEVERAL_ON_A_LINE):
        module = read(text)
        again = read(to_bytecode(module))
        assert to_text(again) == to_text(module)
        # Locations of ops are kept with their file; those of block arguments cannot be set before bytecode is written.
        printed = to_text(module, debuginfo=True).replace('"f.mlir"', '"-"')
        assert to_text(again, debuginfo=True).replace('"f.mlir"', '"-"') == printed


def test_bytecode_that_is_cut_short() -> None:
    data = to_bytecode(read(ALIASES))
    for length in (4, 10, len(data) // 2, len(data) - 1):
        with pytest.raises(DiagnosticError):
            read(data[:length])


# --- positions -----------------------------------------------------------------------------------------------------


def error_of(text: str | bytes, first_line: int = 1) -> str:
    with pytest.raises(DiagnosticError) as error:
        read(text, first_line)
    return str(error.value.diagnostics[0])


UNDECLARED = "use of undeclared SSA value name"


@pytest.mark.parametrize("first_line", [1, 100])
@pytest.mark.parametrize(
    "before",
    [
        "",
        "%c = onnx.Constant dense<1> : tensor<i64> ",
        "%c = onnx.Constant {value_int = 1 : si64} : tensor<i64> ",
        '%e = "onnx.NoValue"() <{value}> {x} : () -> none ',
        '%e = "onnx.NoValue"() <{value}> : () -> none ' * 1
        + "%c = onnx.Constant dense<1> : tensor<i64> ",
        "\n\n  %c = onnx.Constant\n dense<1> :\n tensor<i64> ",
        '%e = "onnx.NoValue"() <{\nvalue\n}> {\nx} : () -> none ',
        "// onnx.Return\n",
    ],
)
def test_an_error_behind_rewritten_forms_stands_where_it_was_written(
    before: str, first_line: int
) -> None:
    text = before + '%y = "onnx.Relu"(%nothing) : (tensor<2xf32>) -> tensor<2xf32>'
    offset = text.index("%nothing")
    line = text.count("\n", 0, offset) + first_line
    column = offset - text.rfind("\n", 0, offset)
    assert error_of(text, first_line).startswith(f"f.mlir:{line}:{column}: error: {UNDECLARED}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("onnx.Return %nothing : tensor<2xf32>", "1:13: error: " + UNDECLARED),
        ("%0 = onnx.Constant dense<1> tensor<i64>", "1:29: error: expected ':' and a type in 'onnx.Constant'"),
        ("%0 = onnx.Constant dense<1> : ", "1:31: error: expected a type in 'onnx.Constant'"),
        ("%0 = onnx.Constant 5 : i64", "1:20: error: expected an attribute in 'onnx.Constant'"),
        ("%0 = onnx.Constant dense<1 : tensor<i64>", "1:25: error: expected a bracket that closes this '<'"),
        ("%0 = onnx.ConstantOfShape %1", "1:27: error: expected '(' in 'onnx.ConstantOfShape'"),
        ("onnx.Return %0 tensor<i64>", "1:16: error: expected ':' in 'onnx.Return'"),
        ("onnx.Return %0, : tensor<i64>", "1:17: error: expected an operand in 'onnx.Return'"),
        ("onnx.Return %0, %1 : tensor<i64>", "1:33: error: expected 2 types, one for each operand, in 'onnx.Return'"),
        ('\n  "onnx.Gemm"() <{alhpa = 1.0 : f32}> : () -> ()', "2:17: error: 'onnx.Gemm' op has no attribute 'alhpa'; did you mean 'alpha'?"),
        ("func.func @f(", "1:13: error:"),
        ("module {", "1:7: error:"),
        ("%0 = onnx.Constant dense<[1, 2]> : tensor<3xi64>", "1:20: error: inferred shape of elements literal ([2])"),
    ],
)  # fmt: skip
def test_malformed_text(text: str, message: str) -> None:
    assert error_of(text).startswith(f"f.mlir:{message}")


def test_text_that_is_none() -> None:
    assert (
        error_of(b"a\nb \xff\n")
        == "f.mlir:2:3: error: not MLIR text, bytecode or an ONNX model: invalid UTF-8 byte 0xff"
    )
    assert "NUL byte" in error_of("a\0b")


def test_locations_are_those_of_the_user() -> None:
    module = read(SEVERAL_ON_A_LINE, first_line=5)
    for op in module.body.operations[0].regions[0].blocks[0].operations:
        location = op.location
        assert isinstance(location, ir.FileLineColLoc)
        assert (location.filename, location.start_line) == ("f.mlir", 5)
        written = SEVERAL_ON_A_LINE[location.start_col - 1 :]
        assert written.startswith((f'"{op.operation.name}"', op.operation.name))


# --- generated modules ---------------------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


def quoted(text: str) -> str:
    return (
        '"'
        + "".join(
            c if c.isalnum() and c.isascii() else "".join(f"\\{b:02X}" for b in c.encode())
            for c in text
        )
        + '"'
    )


names = st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True).map("x_{}".format)
scalars = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map("{} : si64".format),
    st.floats(width=32, allow_nan=False, allow_infinity=False).map("{:.9e} : f32".format),
    texts.map(quoted),
    st.sampled_from(["unit", "f32", "tensor<2x?xbf16>", "@f", "affine_map<(d0) -> (d0 mod 4)>", "dense<1.0> : tensor<2xf32>", "0x7FC00000 : f32", "#onnx.layout<{a = 1 : i64}>", "!onnx.Seq<tensor<*xf32>>", "array<i64: 1, 2>"]),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(names, inner, max_size=2).map(
            lambda items: (
                "{" + ", ".join(f"{name} = {value}" for name, value in items.items()) + "}"
            )
        ),
    ),
    max_leaves=4,
)
discardable = st.dictionaries(
    st.one_of(names, texts.filter(bool).map(lambda text: quoted("q" + text))), values, max_size=3
)
spaces = st.sampled_from(["\n", " ", '\n  // comment <{ " onnx.Return\n', "   "])


@st.composite
def operations(draw: st.DrawFn, number: int, available: list[str], depth: int) -> str:
    """One op that defines %v<number>, a tensor<2xf32>, and reads values that are available."""

    def dictionary(entries: dict[str, str]) -> str:
        return ", ".join(f"{name} = {value}" for name, value in entries.items())

    extra = draw(discardable)
    kind = draw(
        st.sampled_from(
            [
                "constant",
                "blob",
                "elu",
                "clip",
                "gemm",
                "concat",
                "custom",
                *(["if"] if depth else []),
            ]
        )
    )
    operand = st.sampled_from(available) if available else st.nothing()
    t = "tensor<2xf32>"
    if kind == "constant" or not available:
        numbers = draw(st.lists(st.floats(width=32), min_size=2, max_size=2))
        blob = struct.pack("<2f", *numbers).hex()
        inside = f'dense<"0x{blob}"> : {t}'
        if extra:
            return f"%v{number} = onnx.Constant {{onnx.extra = {{{dictionary(extra)}}}, value = {inside}}} : {t}"
        return f"%v{number} = onnx.Constant {inside}"
    if kind == "blob":
        return f"%v{number} = onnx.Constant dense_resource<blob> : {t}"
    attributes: dict[str, str] = {}
    if kind == "elu":
        operands, types, name = [draw(operand)], [t], "Elu"
        attributes = {"alpha": "0.5 : f32"} if draw(st.booleans()) else {}
    elif kind == "clip":
        limits = [draw(st.sampled_from([*available, "%none"])) for _ in range(2)]
        operands, name = [draw(operand), *limits], "Clip"
        types = ["none" if value == "%none" else t for value in operands]
    elif kind == "gemm":
        operands, name = [draw(operand), draw(operand), "%none"], "Gemm"
        types = [t, t, "none"]
        attributes = draw(
            st.sampled_from(
                [{}, {"transB": "1 : si64"}, {"beta": "2.0 : f32", "alpha": "0.25 : f32"}]
            )
        )
    elif kind == "concat":
        operands, name, attributes = (
            draw(st.lists(operand, min_size=1, max_size=3)),
            "Concat",
            {"axis": "0 : si64"},
        )
        types = [t] * len(operands)
    elif kind == "custom":
        operands, name = draw(st.lists(operand, max_size=3)), "Custom"
        attributes, types = {"function_name": quoted(draw(texts))}, [t] * len(operands)
    else:
        bodies = []
        for index in range(2):
            inner = draw(operations(number * 10 + index, available, depth - 1))
            bodies.append(f"{{\n{inner}\nonnx.Yield %v{number * 10 + index} : {t}\n}}")
        last = f" {{{dictionary(extra)}}}" if extra else ""
        return f'%v{number} = "onnx.If"(%cond) ({", ".join(bodies)}){last} : (tensor<i1>) -> {t}'
    form = draw(st.sampled_from(["properties", "dictionary", "both"]))
    if form == "properties":
        middle = f" <{{{dictionary(attributes)}}}>" if attributes else ""
        middle += f" {{{dictionary(extra)}}}" if extra else ""
    else:
        both = extra | attributes
        middle = f" {{{dictionary(both)}}}" if both else ""
    return (
        f'%v{number} = "onnx.{name}"({", ".join(operands)}){middle} : ({", ".join(types)}) -> {t}'
    )


@st.composite
def modules(draw: st.DrawFn) -> str:
    count = draw(st.integers(1, 5))
    available: list[str] = []
    text = 'func.func @f(%cond: tensor<i1>) {\n%none = "onnx.NoValue"() {value} : () -> none\n'
    for number in range(1, count + 1):
        text += draw(operations(number, available, 1)) + draw(spaces)
        available.append(f"%v{number}")
    text += f"\nonnx.Return {', '.join(available)} : {', '.join(['tensor<2xf32>'] * len(available))}\n}}\n"
    if "dense_resource" in text:
        text += '{-# dialect_resources: { builtin: { blob: "0x040000000000803F0000C07F" } } #-}\n'
    return text


def _without_aliases(text: str) -> str:
    """Of attributes that are left out the alias stays, until the text is read."""
    aliases = [line for line in text.splitlines() if line.startswith("#map")]
    return (
        text
        if any(text.count(line.split()[0]) > 1 for line in aliases)
        else "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#map"))
    )


@settings(max_examples=250, deadline=None, derandomize=True)
@given(modules())
def test_printing_what_was_read_is_a_fixed_point(text: str) -> None:
    module = read(text)
    printed = _without_aliases(to_text(module))
    again = read(to_text(module))
    assert to_text(again) == printed
    # Nothing was lost on the way: MLIR's own generic print of both is the same, defaults apart.
    assert to_text(read(to_text(module, generic=True))) == printed
    carried = _without_aliases(to_text(read(to_bytecode(module))))
    assert carried == printed or "dense_resource" in printed
    located = to_text(module, debuginfo=True)
    assert to_text(read(located), debuginfo=True) == located


def test_columns_of_our_own_errors_count_bytes() -> None:
    """As those of MLIR's do, from which nobody can tell them."""
    text = '"a.b"() {s = "é"} : () -> () "onnx.Relu"() <{x = 1}> : () -> ()'
    with pytest.raises(DiagnosticError) as caught:
        parse(text, context=make_context())
    (diagnostic,) = caught.value.diagnostics
    assert text.encode()[diagnostic.column - 1 :].startswith(b"<{x = 1}>")
