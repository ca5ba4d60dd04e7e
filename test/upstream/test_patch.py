# SPDX-License-Identifier: Apache-2.0
"""--emit=drr-patch: a diff that applies, registers every rule, and whose lit tests hold for our own output."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tblgen import CHECKOUT, needs_tblgen, rewriters
from test_drr import PASSES

from onnx_opt.passes import BY_ARGUMENT
from onnx_opt.passes.rewriting.base import Pass
from onnx_opt.passes.rewriting.patterns import RewritePass
from onnx_opt.upstream import CheckoutError, as_patch
from onnx_opt.upstream.drr import patterns_of
from onnx_opt.upstream.lit_tests import FOLDED_BY_ONNX_OPT, lit_tests

# What a checkout has, as far as patches look at it.
FILES = {
    "src/Dialect/ONNX/ONNX.td": "def ONNXConstantOpFromDenseAttr : Nothing;\n",
    "src/Dialect/ONNX/ONNXOps/Canonicalize.td": (
        "#ifndef ONNX_REWRITE\n#define ONNX_REWRITE\n\n"
        "def HasOneUse : Nothing;\nclass HasRankOf<int rank> : Nothing;\n\n#endif // ONNX_REWRITE\n"
    ),
    "src/Dialect/ONNX/ONNXOps/Canonicalize.cpp": (
        "/// on the ONNXBatchNormalizationInferenceModeOp.\n"
        "void ONNXBatchNormalizationInferenceModeOp::getCanonicalizationPatterns(\n"
        "    RewritePatternSet &found, MLIRContext *context) {\n"
        "  found.insert<Something>(context);\n}\n\n"
        "/// on the ONNXEqualOp.\n"
        "void ONNXEqualOp::getCanonicalizationPatterns(\n"
        "    RewritePatternSet &result, MLIRContext *context) {}\n\n"
        "/// on the ONNXXorOp.\n"
        "void ONNXXorOp::getCanonicalizationPatterns(\n"
        "    RewritePatternSet &result, MLIRContext *context) {\n}\n"
    ),
    "src/Dialect/ONNX/ONNXOps.td.inc": "".join(
        f'def ONNX{name}Op:ONNX_Op<"{name}",\n  [Pure]> {{\n{more}  let summary = "{name}";\n}}\n\n'
        for name, more in [
            *((name, "") for name in ("Add", "Conv", "ConvTranspose", "Div", "Gemm", "MatMul", "Sub")),
            ("Equal", "  let hasCanonicalizer = 1;\n"),
            ("Mul", "  let hasCanonicalizer = 1;\n"),
        ]
    ),
    "src/Dialect/ONNX/AdditionalONNXOps.td": "".join(
        f'def ONNX{name}Op : ONNX_Op<"{name}", [Pure]> {{\n{more}}}\n\n'
        for name, more in [
            ("BatchNormalizationInferenceMode", "  let hasCanonicalizer = 1;\n"),
            ("MaxPoolSingleOut", ""),
        ]
    ),
    "utils/gen_onnx_mlir.py": 'OpsWithCanonicalizer = [\n    "Equal",\n    "GRU",\n    "Mul",\n    "Xor",\n]\n',
}  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout that is given, or a small one that looks like one."""
    root = tmp_path / "onnx-mlir"
    for name in ("src/Dialect", "src/Interface", "src/IR", "utils", "test/mlir/onnx"):
        if CHECKOUT:
            shutil.copytree(Path(CHECKOUT) / name, root / name)
    for name, text in FILES.items():
        if not CHECKOUT:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return root


def applied(patch: str, checkout: Path) -> None:
    for flags in ["--check", "--whitespace=error"], []:
        command = ["git", "apply", *flags, "-"]
        subprocess.run(command, cwd=checkout, input=patch, text=True, check=True, timeout=60)


def test_every_rule_is_defined_and_registered(checkout: Path) -> None:
    passes = [BY_ARGUMENT[name] for name in ("fold-bn-into-gemm", "fold-bn-forward")]
    applied(as_patch(passes, checkout), checkout)
    rules = (checkout / "src/Dialect/ONNX/ONNXOps/Canonicalize.td").read_text()
    cpp = (checkout / "src/Dialect/ONNX/ONNXOps/Canonicalize.cpp").read_text()
    assert rules.endswith("#endif // ONNX_REWRITE\n")
    for pattern in patterns_of(passes):
        assert rules.count(f"def {pattern.name} : Pat<") == 1
        inside = re.search(
            rf"^void ONNX{pattern.root}Op::getCanonicalizationPatterns\(\s*RewritePatternSet &(\w+),"
            r"[^{]*{([^}]*)}",
            cpp,
            re.MULTILINE,
        )
        assert inside and inside[2].count(f"  {inside[1]}.insert<{pattern.name}>(context);\n") == 1


def test_an_op_without_a_canonicalizer_gets_one(checkout: Path) -> None:
    passes = [BY_ARGUMENT["fold-bn-forward"], *(each for each in PASSES if "relu" in each.argument)]
    applied(as_patch(passes, checkout), checkout)
    script = (checkout / "utils/gen_onnx_mlir.py").read_text()
    listed = re.findall(r'"(\w+)"', script.split("OpsWithCanonicalizer = [")[1].split("]")[0])
    assert {"Conv", "Gemm", "MatMul"} < set(listed)
    assert "MaxPoolSingleOut" not in listed, "the script does not make onnx-mlir's own ops"
    assert len(listed) == len(set(listed))
    for name in ("Conv", "Gemm", "MatMul", "MaxPoolSingleOut", "BatchNormalizationInferenceMode"):
        file = "ONNXOps.td.inc" if name in listed else "AdditionalONNXOps.td"
        text = (checkout / "src/Dialect/ONNX" / file).read_text()
        body = re.search(rf"^def ONNX{name}Op\s*:.*?^}}", text, re.MULTILINE | re.DOTALL)
        assert body and body[0].count("let hasCanonicalizer = 1;") == 1


def test_what_the_checkout_defines_is_not_defined_again(checkout: Path) -> None:
    patch = as_patch([BY_ARGUMENT["fold-bn-into-matmul"]], checkout)
    assert "+def UnrankedTensorTypeOf : NativeCodeCall<" in patch
    assert "+class HasRankOf<int" not in patch and "+def HasOneUse" not in patch


@needs_tblgen
@pytest.mark.skipif(not CHECKOUT, reason="the variable ONNX_MLIR names no checkout of onnx-mlir")
@pytest.mark.parametrize("pass_", PASSES, ids=lambda pass_: pass_.argument)
def test_tblgen_accepts_the_patched_checkout(pass_: Pass, checkout: Path, tmp_path: Path) -> None:
    if pass_.argument in ("fold-bn", "fold-scale-axis"):
        pytest.skip("its tests take minutes to choose; its rules are checked by test_drr.py")
    applied(as_patch([pass_], checkout), checkout)
    include = 'include "src/Dialect/ONNX/ONNXOps/Canonicalize.td"\n'
    made = rewriters(include, tmp_path, str(checkout))
    assert {f"struct {pattern.name} :" for pattern in patterns_of([pass_])} <= set(
        re.findall(r"^struct \w+ :", made, re.MULTILINE)
    )


def test_what_is_there_already_is_said(checkout: Path) -> None:
    pass_ = BY_ARGUMENT["fold-bn-into-gemm"]
    applied(as_patch([pass_], checkout), checkout)
    with pytest.raises(CheckoutError, match="has a rule FoldBnIntoGemmPattern already"):
        as_patch([pass_], checkout)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("src/Dialect/ONNX/ONNXOps/Canonicalize.td", "#endif // ONNX_REWRITE", "#endif"),
        ("src/Dialect/ONNX/ONNXOps/Canonicalize.cpp", "/// on the ONNX", "/// for ONNX"),
        ("utils/gen_onnx_mlir.py", "OpsWithCanonicalizer", "OpsThatHaveOne"),
    ],
)
def test_a_checkout_of_another_form_is_refused(
    name: str, old: str, new: str, checkout: Path
) -> None:
    path = checkout / name
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(CheckoutError, match=f"is not as expected: {re.escape(name)} has no "):
        as_patch([BY_ARGUMENT["fold-bn-forward"]], checkout)


@pytest.mark.parametrize(
    "pass_",
    [each for each in PASSES if each.argument not in ("fold-bn", "fold-scale-axis")],
    ids=lambda pass_: pass_.argument,
)
def test_lit_tests_hold_for_our_own_output(pass_: Pass, tmp_path: Path) -> None:
    assert isinstance(pass_, RewritePass)
    patterns = list(patterns_of([pass_]))
    text = lit_tests(pass_, patterns)
    run, *tests = text.split("\n// -----\n\n")
    assert run.startswith("// RUN: onnx-mlir-opt ")
    # A positive a case; a negative for each condition that not only tells cases apart.
    fused = [test for test in tests if "_not_fused(" not in test]
    assert len(fused) == len(patterns)
    missed = {found[1] for test in tests if (found := re.match(r"// (.*) does not hold\.", test))}
    asked = {
        str(ask).strip("()") for each in patterns for ask in each.source.asks if ask.kind != "case"
    }
    assert missed == asked
    own = [test for test in tests if FOLDED_BY_ONNX_OPT not in test]
    path = tmp_path / "own.mlir"
    path.write_text("\n// -----\n\n".join(own))
    plugins = [f"--load-pass-plugin={path}" for path in sorted(EXAMPLES.glob("*.py"))]
    done = subprocess.run(
        [sys.executable, "-m", "onnx_opt", str(path), "--split-input-file", f"--{pass_.argument}", *plugins],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    checker = Path(sys.executable).with_name("filecheck")
    checked = subprocess.run(
        [checker, path], input=done.stdout, text=True, capture_output=True, timeout=60
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert len(own) > len(tests) / 2


EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_command_line(checkout: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "onnx_opt", "--emit=drr-patch", "--fold-bn-into-gemm"]
    settings = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60}
    done = subprocess.run(command, **settings)  # type: ignore[call-overload]
    said = "--emit=drr-patch needs the checkout that it is for: --onnx-mlir=<checkout>"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"onnx-opt: error: {said}\n")
    done = subprocess.run([*command, f"--onnx-mlir={checkout}"], **settings)  # type: ignore[call-overload]
    assert done.stdout == as_patch([BY_ARGUMENT["fold-bn-into-gemm"]], checkout)
    assert "Signed-off-by" not in done.stdout
