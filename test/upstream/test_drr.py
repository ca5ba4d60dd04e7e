# SPDX-License-Identifier: Apache-2.0
"""--emit=drr and --emit=ods: what mlir-tblgen makes of them, which cases there are, and what is refused."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tblgen import CHECKOUT, needs_tblgen, rewriters

from onnx_opt.dialect.ops.schema import all_op_names
from onnx_opt.passes import ALL_PASSES, BY_ARGUMENT
from onnx_opt.passes.rewriting import (
    RewritePass,
    Rule,
    absent,
    attribute,
    const,
    element_type,
    equal,
    least_rank,
    others,
    positive,
    present,
    rank,
    require,
    same,
    same_shape,
    size,
    unpadded,
    value,
    variadic,
)
from onnx_opt.passes.rewriting.base import Pass
from onnx_opt.passes.rewriting.integers import rank_of, shape_of, span
from onnx_opt.passes.rewriting.ops import (
    Add,
    Concat,
    Conv,
    EyeLike,
    Identity,
    LeakyRelu,
    Max,
    Mul,
    Relu,
    Reshape,
    Split,
    Transpose,
)
from onnx_opt.passes.rewriting.terms import OpTerm, Term
from onnx_opt.pipeline.plugins import Registry
from onnx_opt.upstream import DrrError, as_drr, as_ods
from onnx_opt.upstream.vocabulary import VOCABULARY

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SAID = [
    pass_
    for pass_ in ALL_PASSES
    if isinstance(pass_, RewritePass) and pass_.rules and not pass_.patterns
]
"""What functions in Python do has no words in DRR."""

x, y, c = value("x"), value("y"), const("c")


def plugin(name: str) -> Pass:
    registry = Registry({})
    registry.load(str(EXAMPLES / f"{name}.py"))
    (pass_,) = registry.passes.values()
    return pass_


PASSES = [*SAID, *(plugin(path.stem) for path in sorted(EXAMPLES.glob("*.py")))]


@pytest.fixture
def unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is proven of rules that are nonsense: to say why they do not hold takes seconds."""
    monkeypatch.setattr("onnx_opt.upstream.drr._proof", lambda *_: ("not asked",))


def names(text: str) -> list[str]:
    """The patterns that are defined."""
    return re.findall(r"^def (\w+) : Pat<", text, re.MULTILINE)


def one(before: OpTerm, after: Term, *conditions: object) -> RewritePass:
    rule = Rule("some-rule", before, after, conditions)  # type: ignore[arg-type]
    return RewritePass(argument="some-pass", summary="Some", rules=(rule,))


@needs_tblgen
@pytest.mark.parametrize("pass_", PASSES, ids=lambda pass_: pass_.argument)
def test_tblgen_accepts_every_pass(pass_: Pass, tmp_path: Path) -> None:
    text = as_drr([pass_])
    assert names(text)
    made = rewriters(as_ods() + text, tmp_path)
    assert re.findall(r"^struct (\w+) :", made, re.MULTILINE) == sorted(names(text))


@needs_tblgen
@pytest.mark.skipif(not CHECKOUT, reason="the variable ONNX_MLIR names no checkout of onnx-mlir")
@pytest.mark.parametrize("pass_", PASSES, ids=lambda pass_: pass_.argument)
def test_tblgen_accepts_every_pass_beside_the_rules_of_onnx_mlir(
    pass_: Pass, tmp_path: Path
) -> None:
    text = as_drr([pass_])
    made = rewriters(text, tmp_path, CHECKOUT)
    assert set(names(text)) < set(re.findall(r"^struct (\w+) :", made, re.MULTILINE))


@needs_tblgen
def test_tblgen_accepts_every_definition(tmp_path: Path) -> None:
    """Those that no pass of ours needs, too."""
    new = [each.text for each in VOCABULARY.values() if not each.known]
    rewriters(as_ods() + "".join(new), tmp_path)


@needs_tblgen
def test_tblgen_refuses_what_is_wrong(tmp_path: Path) -> None:
    """So that accepting means something: an operand too many, and a symbol that nothing binds."""
    text = as_ods() + as_drr([plugin("drop_mul_by_one")])
    for wrong in (
        text.replace("$x, $one)", "$x, $one, $one)"),
        text.replace("(replaceWithValue $x)", "(replaceWithValue $nobody)"),
    ):
        assert wrong != text
        with pytest.raises(AssertionError, match="error:"):
            rewriters(wrong, tmp_path)


def test_the_dialect_has_every_op() -> None:
    assert re.findall(r"^def ONNX(\w+)Op :", as_ods(), re.MULTILINE) == all_op_names()


LAST_OF_GEMM = """\
FoldBnIntoGemmTransBNullCPattern : Pat<
  (ONNXBatchNormalizationInferenceModeOp:$res
    (ONNXGemmOp:$gemm $A, $B, $C, $alpha, $beta, $transA, $transB),
    $scale, $bias, $mean, $var, $epsilon, $_),
  (ONNXGemmOp $A,
    (ONNXMulOp $B,
      (ONNXUnsqueezeOp
        (ONNXDivOp:$s $scale,
          (ONNXSqrtOp
            (ONNXAddOp $var,
              (ONNXConstantOpFromDenseAttr (createDenseElementsAttrFromFloatAttr $res, $epsilon))))),
        (ONNXConstantOpFromDenseAttr (createDenseElementsAttrOfOneToRankOf $B)))),
    (ONNXSubOp $bias, (ONNXMulOp $mean, $s)),
    $alpha, (GemmBeta), $transA, $transB),
  [(HasOneUse $gemm),
   (IntegerAttrIsOf<1> $transB),
   (IsFromONNXConstantOp $scale),
   (IsFromONNXConstantOp $bias),
   (IsFromONNXConstantOp $mean),
   (IsFromONNXConstantOp $var),
   (IsFromONNXConstantOp $B),
   (HasNoneType $C),
   (HaveSameElementType $res, $scale),
   (HaveSameElementType $res, $var)],
  [], (addBenefit 1)>;
"""


def test_gemm_has_a_rule_for_each_case() -> None:
    text = as_drr([BY_ARGUMENT["fold-bn-into-gemm"]])
    assert names(text) == [
        "FoldBnIntoGemmPattern",
        "FoldBnIntoGemmNullCPattern",
        "FoldBnIntoGemmTransBPattern",
        "FoldBnIntoGemmTransBNullCPattern",
    ]
    # All that the rules need is onnx-mlir's own.
    assert "Constraint<" not in text and "NativeCodeCall<" not in text
    *_, last = text.split("def ")
    assert last == LAST_OF_GEMM


def test_the_banner_says_what_is_lost() -> None:
    text = as_drr([BY_ARGUMENT["fold-bn-into-conv"]])
    assert "rounds once" in text and "overflows" in text
    assert "Nothing may stand between the ops" in text
    assert "Nothing may stand" not in as_drr([BY_ARGUMENT["fold-bn-into-gemm"]])
    assert "//   = moved(Conv(X, W * along(s, 0), (B - mean) * s + bias; ...))" in text
    assert "// onnx-opt --prove, over the reals: bn-of-conv: proven for all sizes" in text


def test_the_banner_of_a_wrong_rule_says_so() -> None:
    text = as_drr([plugin("backward_fold_scale_axis_to_gemm")])
    assert "over the reals: backward-fold-scale-axis-to-gemm: refuted" in text
    assert (
        "//     equal(alpha, 1), equal(beta, 1), equal(transA, 0), equal(var + epsilon, 1)" in text
    )


@pytest.mark.usefixtures("unproven")
def test_conditions_have_their_names() -> None:
    window = others()
    conv = Conv(x, c, None, window)
    text = as_drr(
        [
            one(
                Relu(conv),
                conv,
                rank(x, 4),
                least_rank(x, 3),
                positive(c),
                equal(c, 2),
                unpadded(conv),
            )
        ]
    )
    for wanted in (
        "(HasNoneType $no_B)",
        "(HasRankOf<4> $x)",
        "(HasRankGT<2> $x)",
        "(IsPositiveFloatConstant $c)",
        '(IsConstantOf<"2.0"> $c)',
        "(IsUnpadded $auto_pad, $pads)",
        "(HaveSameShapedType $res, $conv)",
    ):
        assert wanted in text
    text = as_drr(
        [
            one(
                Add(Relu(x), y),
                Add(y, Relu(x)),
                size(x, -1, 2),
                same_shape(x, y),
                element_type(x, "f32", "ui8"),
                present(y),
            )
        ]
    )
    for wanted in (
        "(HasSizeAlongAxis<-1, 2> $x)",
        "(HaveSameStaticShape $x, $y)",
        '(HasElementType<"type.isF32() || type.isUnsignedInteger(8)"> $x)',
        "(NotNoneType $y)",
    ):
        assert wanted in text
    text = as_drr([one(Relu(conv), conv, rank(x, 4), positive(c), equal(c, 2), unpadded(conv))])
    for name in ("IsPositiveFloatConstant", "IsConstantOf<string number>", "IsUnpadded"):
        assert text.count(f"{name} : Constraint<") == 1, "what onnx-mlir lacks is defined once"


@pytest.mark.usefixtures("unproven")
def test_attributes_are_asked_for_and_given() -> None:
    alpha = attribute("alpha")
    text = as_drr([one(LeakyRelu(LeakyRelu(x, alpha=0.5), alpha), LeakyRelu(x, alpha))])
    assert '(FloatAttrIsOf<"0.5"> $alpha)' in text and "(ONNXLeakyReluOp $x, $alpha2)" in text
    text = as_drr([one(Transpose(Transpose(x, perm=(1, 0))), Transpose(x, perm=(0, 1)))])
    assert '(ArrayAttrIsOf<"1, 0"> $perm)' in text and "(AttributeIsNull:$perm2)" in text
    assert 'ConstantAttr<I64ArrayAttr, "{0, 1}">' in text


@pytest.mark.usefixtures("unproven")
def test_commutative_ops_have_both_orders() -> None:
    """But where a constant stands: onnx-mlir brings it to the right."""
    assert len(names(as_drr([one(Add(Relu(x), y), Add(y, Relu(x)))]))) == 2
    assert len(names(as_drr([one(Add(Relu(x), c), Add(c, Relu(x)))]))) == 1


@pytest.mark.parametrize(
    ("before", "after", "conditions", "why"),
    [
        (Mul(x, c), x, [equal(c + 1, 2)], r"the condition 'c \+ 1 = 2'"),
        (Relu(x), x, [require(lambda x: x, "no")], r"a condition that is a function in Python \(no\)"),
        (Relu(Split(x)), x, [], r"an op of several results \(Split\)"),
        (Transpose(x), Transpose(x, perm=span(0, 2)), [], r"the integers span\(0, 2\)"),
        (Relu(x), Reshape(Relu(x), shape_of(x)), [], r"the integers shape_of\(x\)"),
        (Relu(x), x, [same(rank_of(x), 2)], r"the condition 'rank_of\(x\) = 2'"),
        (Max(x, y), x, [], "Max with a fixed number of its variadic operands"),
        (Add(x, const("n", "N")), x, [], "the dimensions of n, an operand of Add"),
        (Relu(Identity(x)), Relu(EyeLike(x)), [], "the type of the result of EyeLike"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("unproven")
def test_what_drr_cannot_say_is_refused_by_name(
    before: OpTerm, after: Term, conditions: list[object], why: str
) -> None:
    with pytest.raises(DrrError, match=f"^rule 'some-rule': DRR cannot say {why}$"):
        as_drr([one(before, after, *conditions)])


@pytest.mark.usefixtures("unproven")
def test_a_condition_on_presence_chooses_the_cases() -> None:
    bias = const("B", absent=0)
    conv = Conv(x, c, bias, others())
    assert names(as_drr([one(Relu(conv), conv)])) == ["SomeRulePattern", "SomeRuleNullBPattern"]
    assert names(as_drr([one(Relu(conv), conv, absent(bias))])) == ["SomeRuleNullBPattern"]
    assert names(as_drr([one(Relu(conv), conv, present(bias))])) == ["SomeRulePattern"]


@pytest.mark.usefixtures("unproven")
def test_variadic_operands_are_handed_on() -> None:
    inputs, axis = variadic("inputs"), attribute("axis")
    text = as_drr([one(Relu(Concat(inputs, axis)), Concat(inputs, axis))])
    assert "(ONNXConcatOp $inputs, $axis)" in text


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--emit=drr"], "--emit=drr needs a pass, such as --fold-bn-into-gemm"),
        (["--emit=drr", "--cse"], "pass 'cse': DRR cannot say a function in Python"),
        (["--emit=drr", "--inline"], "--emit=drr takes passes that are rules, which 'inline' is not"),
        (["--emit=drr", "--fold-bn", "in.mlir"], "--emit=drr reads no input, but 'in.mlir' is given"),
        (["--emit=drr", "--fold-bn", "--remarks"], "--emit=drr reads no module, which --remarks is about"),
        (["--emit=ods", "--fold-bn"], "--emit=ods takes no pass, but --fold-bn is given"),
        (
            ["--fold-bn", "--onnx-mlir=."],
            "--onnx-mlir is for --emit=drr, --emit=drr-patch and --check-rules; none is given",
        ),
        (
            ["--emit=drr", "--fold-bn", "--onnx-mlir=."],
            "'.' is no checkout of onnx-mlir: it has no src/Dialect/ONNX/ONNXOps/Canonicalize.td",
        ),
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(flags: list[str], message: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "onnx_opt", *flags, "-o", "out.td"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"onnx-opt: error: {message}\n")
    assert not list(tmp_path.iterdir()), "no half file"


def test_it_writes_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "onnx_opt", "--emit=drr", "--fold-bn", "-o", "rules.td"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    assert (tmp_path / "rules.td").read_text() == as_drr([BY_ARGUMENT["fold-bn"]])


def test_one_rule_of_a_pass_can_be_left_out(tmp_path: Path) -> None:
    pass_ = BY_ARGUMENT["fold-bn-forward"]
    command = ["--emit=drr", "--fold-bn-forward", "--disable-pattern=gemm-of-bn,bn-of-bn"]
    done = subprocess.run(
        [sys.executable, "-m", "onnx_opt", *command],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert names(done.stdout) == [
        name for name in names(as_drr([pass_])) if not name.startswith(("Gemm", "BnOfBn"))
    ]
