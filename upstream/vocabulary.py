# SPDX-License-Identifier: Apache-2.0
"""The constraints and native calls that a rule needs in DRR, by the names that onnx-mlir has for them.

What it has (Canonicalize.td and ONNX.td of March 2026) is only printed for a dialect of our own (`ods.py`); what it
lacks is printed in front of the rules that use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_TYPE = "mlir::cast<mlir::ShapedType>($0.getType())"
_ELEMENTS = "onnx_mlir::getElementAttributeFromONNXValue"


@dataclass(frozen=True)
class Definition:
    """One name.

    head: what stands before the colon.  body: behind it.  known: whether onnx-mlir has it.  meaning: a comment.
    """

    head: str
    body: str
    known: bool
    meaning: str = ""

    @property
    def text(self) -> str:
        """The definition in TableGen."""
        comment = f"// {self.meaning}\n" if self.meaning else ""
        return f"{comment}{self.head} : {self.body};\n"

    @property
    def name(self) -> str:
        """What it defines."""
        return self.head.split()[1].split("<")[0]


def _constraint(head: str, *code: str, known: bool = False, meaning: str = "") -> Definition:
    lines = [f'"{line}"' for line in code]
    kind = "class" if "<" in head else "def"
    inside = "\n      ".join(lines)
    summary = f', "{meaning}"' if meaning else ""
    body = f"Constraint<\n    CPred<{inside}>{summary}>"
    return Definition(f"{kind} {head}", body, known)


def _native(head: str, *code: str, known: bool = False, meaning: str = "") -> Definition:
    kind = "class" if "<" in head else "def"
    inside = "\n    ".join(f'"{line}"' for line in code)
    return Definition(f"{kind} {head}", f"NativeCodeCall<\n    {inside}>", known, meaning)


_ALL = (
    _constraint("HasOneUse", "$0.hasOneUse()", known=True),
    _constraint("HasNoneType", "mlir::isa<mlir::NoneType>($0.getType())", known=True),
    _constraint("NotNoneType", "!mlir::isa<mlir::NoneType>($0.getType())", known=True),
    _constraint("IsFromONNXConstantOp", "onnx_mlir::isDenseONNXConstant($0)", known=True),
    _constraint(
        "HasRankOf<int rank>",
        f'onnx_mlir::hasShapeAndRank($0) && {_TYPE}.getRank() == " # rank # "',
        known=True,
    ),
    _constraint(
        "HasRankGT<int rank>",
        f'onnx_mlir::hasShapeAndRank($0) && {_TYPE}.getRank() > " # rank # "',
        known=True,
    ),
    _constraint(
        "IntegerAttrIsOf<int number>",
        '$0.getValue().getSExtValue() == " # number # "',
        known=True,
    ),
    _constraint("EqualString<string text>", '$0 == \\"" # text # "\\"', known=True),
    _constraint(
        "HaveSameElementType",
        "mlir::getElementTypeOrSelf($0.getType()) == mlir::getElementTypeOrSelf($1.getType())",
        known=True,
    ),
    _constraint(
        "HaveSameShapedType",
        "mlir::isa<mlir::ShapedType>($0.getType()) && $0.getType() == $1.getType()",
        known=True,
    ),
    _constraint("HaveSameStaticShape", "onnx_mlir::haveSameStaticShape($0, $1)", known=True),
    _constraint(
        "IsNotAConstant",
        "!mlir::isa_and_nonnull<ONNXConstantOp>($0.getDefiningOp())",
        meaning="Value is not a constant",
    ),
    _constraint("IsNotScalar", "!onnx_mlir::isScalarTensor($0)", meaning="Value is not a scalar"),
    _native("GemmAlpha", "$_builder.getF32FloatAttr(1.0)", known=True),
    _native("GemmBeta", "$_builder.getF32FloatAttr(1.0)", known=True),
    _native("CreateNoneValue", "ONNXNoneOp::create($_builder, $_loc).getResult()", known=True),
    _native("GetNullAttr", "mlir::Attribute()", known=True),
    _native("GetNullFloatAttr", "mlir::FloatAttr()", known=True),
    _native("GetNullIntegerAttr", "mlir::IntegerAttr()", known=True),
    _native("GetNullStringAttr", "mlir::StringAttr()", known=True),
    _native("GetNullArrayAttr", "mlir::ArrayAttr()", known=True),
    _native(
        "ONNXConstantOpFromDenseAttr",
        "onnx_mlir::OnnxBuilder($_builder, $_loc).constant($0)",
        known=True,
    ),
    _native(
        "createDenseElementsAttrFromFloatAttr",
        "onnx_mlir::createDenseElementsAttrFromFloatAttr($_builder, ",
        "mlir::getElementTypeOrSelf($0.getType()), $1)",
        known=True,
    ),
    _native(
        "createDenseElementsAttrFromShape",
        "onnx_mlir::createDenseElementsAttrFromShape($_builder, $0)",
        known=True,
    ),
    _native(
        "createDenseElementsAttrOfOneToRankOf",
        f"onnx_mlir::createDenseElementsAttrOfNToM($_builder, 1, {_TYPE}.getRank() - 1)",
        known=True,
    ),
    _constraint("AttributeIsNull", "!($_self)", meaning="Attribute is null"),
    _constraint(
        "FloatAttrIsOf<string number>",
        '$0.getValueAsDouble() == " # number # "',
        meaning="FloatAttr is of the given value",
    ),
    _constraint(
        "ArrayAttrIsOf<string numbers>",
        "$0 && llvm::equal($0.getAsValueRange<mlir::IntegerAttr>(), ",
        'std::vector<int64_t>{" # numbers # "}, ',
        "[](const llvm::APInt &a, int64_t b) { return a.getSExtValue() == b; })",
        meaning="ArrayAttr is of the given values",
    ),
    _constraint(
        "HasSizeAlongAxis<int axis, int size>",
        "[](mlir::Value value, int64_t axis, int64_t size) { ",
        "auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType()); ",
        "if (type && axis < 0) axis += type.getRank(); ",
        "return type && axis >= 0 && axis < type.getRank() && type.getDimSize(axis) == size; ",
        '}($0, " # axis # ", " # size # ")',
        meaning="Value has the given size along the axis",
    ),
    _constraint(
        "HasElementType<string check>",
        '[](mlir::Type type) { return " # check # "; }(mlir::getElementTypeOrSelf($0.getType()))',
        meaning="Elements are of one of the given types",
    ),
    _constraint(
        "HasFloatElementType",
        "mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf($0.getType()))",
        meaning="Element type is a float",
    ),
    _constraint(
        "IsConstantOf<string number>",
        'onnx_mlir::isConstOf($0, " # number # ")',
        meaning="Constant has the given value in every element",
    ),
    _constraint(
        "IsPositiveFloatConstant",
        "[](mlir::Value constant) { ",
        f"auto elements = {_ELEMENTS}(constant); ",
        "return elements && mlir::isa<mlir::FloatType>(elements.getElementType()) && ",
        "llvm::all_of(elements.getValues<llvm::APFloat>(), ",
        "[](const llvm::APFloat &number) { return number.isNonZero() && !number.isNegative() && !number.isNaN(); }); ",
        "}($0)",
        meaning="Constant is of floats larger than 0",
    ),
    _constraint(
        "IsUnpadded",
        '$0 == \\"VALID\\" || ($0 == \\"NOTSET\\" && (!$1 || ',
        "llvm::all_of($1.getAsValueRange<mlir::IntegerAttr>(), ",
        "[](const llvm::APInt &pad) { return pad.isZero(); })))",
        meaning="auto_pad and pads pad nothing",
    ),
    _constraint(
        "VariesAlongAxisOnly<int axis>",
        "[](mlir::Value constant, mlir::Value beside, int64_t axis) { ",
        "auto small = mlir::dyn_cast<mlir::RankedTensorType>(constant.getType()); ",
        "auto large = mlir::dyn_cast<mlir::RankedTensorType>(beside.getType()); ",
        "if (!small || !large || small.getRank() > large.getRank()) return false; ",
        "int64_t missing = large.getRank() - small.getRank(); ",
        "if (axis < 0) axis += large.getRank(); ",
        "for (int64_t i = 0; i < small.getRank(); ++i) ",
        "if (small.getDimSize(i) != 1 && (i + missing != axis || ",
        "small.getDimSize(i) != large.getDimSize(axis))) return false; ",
        'return true; }($0, $1, " # axis # ")',
        meaning="Constant, broadcast to the other value, varies along one axis of it only",
    ),
    _constraint(
        "HasSizeOfAxis<int axis>",
        "[](mlir::Value constant, mlir::Value beside, int64_t axis) { ",
        "auto small = mlir::dyn_cast<mlir::RankedTensorType>(constant.getType()); ",
        "auto large = mlir::dyn_cast<mlir::RankedTensorType>(beside.getType()); ",
        "return small && large && small.hasStaticShape() && axis < large.getRank() && ",
        'small.getNumElements() == large.getDimSize(axis); }($0, $1, " # axis # ")',
        meaning="Constant has as many elements as the other value along the axis",
    ),
    _native(
        "createDenseElementsAttrOfInts<string numbers>",
        '$_builder.getI64TensorAttr({" # numbers # "})',
        meaning="A DenseElementsAttr of these numbers.",
    ),
    _native(
        "createDenseElementsAttrOfAxesBehind<int axis>",
        f'onnx_mlir::createDenseElementsAttrOfNToM($_builder, " # axis # " + 1, {_TYPE}.getRank() - 1)',
        meaning="A DenseElementsAttr of the axes of a value behind the given one.",
    ),
    _native(
        "createDenseElementsAttrOfTwoToRankPlusOneOf",
        f"onnx_mlir::createDenseElementsAttrOfNToM($_builder, 2, {_TYPE}.getRank())",
        meaning="A DenseElementsAttr of the axes behind the second, where the first was split in two.",
    ),
    _native(
        "createGroupedShapeOf",
        "[](mlir::PatternRewriter &builder, mlir::Value weights, int64_t group) { ",
        "auto shape = mlir::cast<mlir::ShapedType>(weights.getType()).getShape(); ",
        "std::vector<int64_t> sizes{group, shape[0] / group}; ",
        "sizes.insert(sizes.end(), shape.begin() + 1, shape.end()); ",
        "return builder.getI64TensorAttr(sizes); ",
        "}($_builder, $0, $1.getValue().getSExtValue())",
        meaning="The shape of weights (C, ...) whose first axis is split by group: (G, C / G, ...).",
    ),
    _native(
        "createGroupedFactorShapeOf",
        "[](mlir::PatternRewriter &builder, mlir::Value weights, int64_t group) { ",
        "std::vector<int64_t> sizes(mlir::cast<mlir::ShapedType>(weights.getType()).getRank() + 1, 1); ",
        "sizes[0] = group; sizes[2] = -1; ",
        "return builder.getI64TensorAttr(sizes); ",
        "}($_builder, $0, $1.getValue().getSExtValue())",
        meaning="The shape of a factor of such weights that varies along the axes 0 and 2: (G, 1, -1, 1, ...).",
    ),
    _native(
        "UnrankedTensorTypeOf",
        "mlir::UnrankedTensorType::get(mlir::getElementTypeOrSelf($0.getType()))",
        meaning="A tensor type of a value's elements, for shape inference to complete.",
    ),
)

VOCABULARY = {definition.name: definition for definition in _ALL}

_WORD = re.compile(r"(?<![$\w])[A-Za-z_]\w*")


def missing(text: str, has: Iterable[str] | None = None) -> Iterator[Definition]:
    """What `text` uses of the vocabulary and onnx-mlir lacks.

    has: the names that a checkout defines; None for those of March 2026.
    """
    words = set(_WORD.findall(text))
    known = None if has is None else frozenset(has)
    for name, definition in VOCABULARY.items():
        lacks = not definition.known if known is None else name not in known
        if name in words and lacks:
            yield definition
