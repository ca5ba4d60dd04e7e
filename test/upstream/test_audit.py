# SPDX-License-Identifier: Apache-2.0
"""--check-rules: what holds of declarative rules that others wrote."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from tblgen import CHECKOUT, needs_tblgen

from onnx_opt.cli import main
from onnx_opt.upstream import as_ods
from onnx_opt.upstream.audit.constraints import predicate
from onnx_opt.upstream.audit.native_calls import native
from onnx_opt.upstream.audit.tools import MissingToolError, table_gen

CANONICALIZE = "src/Dialect/ONNX/ONNXOps/Canonicalize.td"

RULES = """
def One : NativeCodeCall<"$_builder.getF32FloatAttr(1.0)">;
def Zero : NativeCodeCall<
  "IntegerAttr::get($_builder.getIntegerType(64, /*isSigned=*/true), APInt(64, 0, /*isSigned=*/true))">;
def Foreign : NativeCodeCall<"foreign($0)">;
def IsNoneValue : Constraint<CPred<"onnx_mlir::isNoneValue($_self)">>;
def Strange : Constraint<CPred<"strange($_self)">>;

def Holds : Pat<(ONNXIdentityOp $x), (replaceWithValue $x)>;
def Commutes : Pat<(ONNXSubOp $x, $y), (ONNXSubOp $y, $x)>;
def ToGemm : Pat<
  (ONNXAddOp (ONNXMatMulOp:$res $a, $b), $c),
  (ONNXGemmOp $a, $b, $c, (One), (One), (Zero), (Zero)),
  [(HasOneUse $res), (HasRankOf<2> $a), (HasRankOf<2> $b)]>;
def Declares : Pat<(ONNXNotOp (ONNXIsNaNOp $x)), (ONNXNotOp (ONNXIsNaNOp $x, (returnType $x)))>;
def Vacuous : Pat<(ONNXReshapeOp $x, $shape, $allowzero), (replaceWithValue $x), [(IsNoneValue:$shape)]>;
def Native : Pat<(ONNXIdentityOp $x), (ONNXIdentityOp (Foreign $x))>;
def Constrained : Pat<(ONNXIdentityOp $x), (replaceWithValue $x), [(Strange:$x)]>;
"""


def has_table_gen() -> bool:
    try:
        table_gen()
    except MissingToolError:
        return False
    return True


needs_llvm = pytest.mark.skipif(
    not has_table_gen(),
    reason="no llvm-tblgen with MLIR's .td files (Debian: llvm-22, libmlir-22-dev)",
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("audit") / "rules.td"
    path.write_text(as_ods() + RULES)
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main([*arguments])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


@needs_llvm
def test_each_rule_gets_a_word(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, f"--check-rules={file}")
    assert code == 1
    words = dict(
        re.findall(
            r"^\S+\.td:\d+: (\w+): (holds|refuted|vacuous|not expressible)", text, re.MULTILINE
        )
    )
    assert words == {
        "Holds": "holds",
        "Commutes": "refuted",
        "ToGemm": "refuted",
        "Declares": "refuted",
        "Vacuous": "vacuous",
        "Native": "not expressible",
        "Constrained": "not expressible",
    }
    assert "not confirmed" not in text
    assert "the native call foreign($0)" in text
    assert "the constraint Strange" in text


@needs_llvm
def test_one_rule_is_one_command(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, f"--check-rules={file}:Holds")[0] == 0
    code, text = said(capsys, f"--check-rules={file}:ToGemm")
    assert code == 1
    assert text.count("rules.td:") == 1
    assert "ONNX refuses the right side: C does not broadcast to A * B" in text
    assert "  it holds, on 600 cases, if also\n    c broadcasts to the shape of res\n" in text


@needs_llvm
def test_a_declared_type_counts(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "declared as f32, but is i1" in said(capsys, f"--check-rules={file}:Declares")[1]


@needs_llvm
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--check-rules={file}:Absent"], "has no rule 'Absent'"),
        (["--check-rules={file}x"], "it does not exist"),
        (["--check-rules={file}", "--onnx-mlir={file}x"], "it does not exist"),
        (["--check-rules={file}", "--cse"], "is about a file, but the pass --cse is given"),
        (["--check-rules={file}", "in.mlir"], "reads no input"),
        (["--check-rules={broken}"], "broken.td:2:1: error:"),
    ],
)
def test_what_cannot_be_checked_is_one_line(
    arguments: list[str], message: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = file.parent / "broken.td"
    broken.write_text("def\n")
    code, text = said(capsys, *(each.format(file=file, broken=broken) for each in arguments))
    assert code == 1
    assert message in text
    assert text.count("\n") == 1


def test_a_missing_tool_is_named(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert shutil.which("llvm-tblgen") is None
    code, text = said(capsys, f"--check-rules={file}")
    assert code == 1
    assert "there is no llvm-tblgen on the PATH" in text


def test_constraints_are_known_by_name_and_number() -> None:
    of_rank = predicate("HasRankOf", "(cast<ShapedType>($0.getType()).getRank() == 2)")
    assert of_rank is not None
    assert predicate("HasRankOf", "") is None
    assert predicate("Unheard", "($0 == 1)") is None
    crd = predicate("EqualString", '($0 == "CRD")')
    assert crd is not None
    assert crd("CRD")
    assert not crd("DCR")


def test_native_calls_are_known_by_their_text() -> None:
    combined = native("onnx_mlir::CombinedTransposePattern($_builder, $0, $1)")
    assert combined is not None
    assert combined([1, 2, 0], [2, 0, 1]) == [0, 1, 2]
    assert native("foreign($0)") is None


@needs_llvm
def test_a_change_that_mends_a_rule_is_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.td"
    declared = RULES.replace("Declares", "FuseTransposeAndIsNaNPattern")
    file.write_text(as_ods() + declared)
    code, text = said(capsys, f"--check-rules={file}:FuseTransposeAndIsNaNPattern")
    assert code == 1
    assert "cases, with\n    the type of the op's own result instead of" in text


@needs_tblgen
@needs_llvm
@pytest.mark.skipif(not CHECKOUT, reason="ONNX_MLIR names no checkout of onnx-mlir")
@pytest.mark.parametrize(
    ("rule", "lacks"),
    [
        ("FuseGemmFollowedByAddition", "bias broadcasts to the shape of res"),
        ("MulAddToGemmOptPattern", "m3 broadcasts to the shape of res"),
        ("FuseAddConvNullBiasPattern", "the first axes of w and y have the same size"),
        ("FuseScalarDivMatMulPattern", "a is of floats"),
        ("FuseConsecutiveClipsPattern", ""),
        ("FuseTransposeAndCastPattern", "the type of the op's own result instead of"),
        ("RemoveDepthToSpaceSpaceToDepthPattern", "mode = DCR instead of CRD"),
    ],
)
def test_rules_of_onnx_mlir_that_do_not_hold(
    rule: str, lacks: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = f"{CHECKOUT}/{CANONICALIZE}:{rule}"
    code, text = said(capsys, f"--check-rules={file}", f"--onnx-mlir={CHECKOUT}")
    assert code == 1
    assert "not confirmed" not in text
    assert lacks in text
