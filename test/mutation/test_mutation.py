# SPDX-License-Identifier: Apache-2.0
"""Break the rules and their engine in one way after the other: the fuzzer, the matrix and `--verify-numerics` must notice.

A mutant is a text patch of a copy of the package, which `PYTHONPATH` puts in front of the one that is installed.  The first
three run by default, all of them under `-m full`.  What is wrong in the last digit only, or right in numbers but not allowed,
`--verify-numerics` cannot see: those mutants name no model for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import onnx
import pytest

from bench.matrix_cases import all_cases

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "onnx_opt"
REWRITING = "passes/rewriting"
FOLD = "passes/fold_bn_into_gemm.py"
CONV = "passes/fold_bn_into_conv.py"
MATMUL = "passes/fold_bn_into_matmul.py"
FORWARD = "passes/fold_bn_forward.py"
SCALE = "passes/fold_scale_axis.py"
WEIGHTS, NUMBERS, STEPS = (f"{REWRITING}/{stem}.py" for stem in ("weights", "numbers", "steps"))
MOVES = "dialect/moves.py"
S = "scale / sqrt(var + epsilon)"
SECONDS = 60


@dataclass(frozen=True)
class Mutant:
    """`old`, which stands in `file` once, becomes `new`.

    model: the case of the matrix on which it shows in numbers.  passes: the pass whose rules the fuzzer draws.
    """

    name: str
    old: str
    new: str
    model: str = ""
    file: str = FOLD
    passes: str = "fold-bn-into-gemm"


MUTANTS = (
    # The rule for Gemm
    Mutant("beta ignored", "(beta * C - mean) * s + bias, alpha", "(C - mean) * s + bias, alpha", "beta = 0.5"),
    Mutant("epsilon outside the root", f"s = {S}\n", "s = scale / (sqrt(var) + epsilon)\n", "epsilon = 0.5"),
    Mutant("mean added", "(beta * C - mean) * s + bias, alpha", "(beta * C + mean) * s + bias, alpha", "plain"),
    Mutant("epsilon forgotten", f"s = {S}\n", "s = scale / sqrt(var)\n", "epsilon = 0.5"),
    Mutant("the root forgotten", f"s = {S}\n", "s = scale / (var + epsilon)\n", "plain"),
    Mutant("mean and var swapped", "bias, mean, var, epsilon)", "bias, var, mean, epsilon)", "plain"),
    Mutant("C not scaled", "- mean) * s + bias, alpha", "- mean) + bias, alpha", "plain"),
    Mutant("bias forgotten", "- mean) * s + bias, alpha", "- mean) * s, alpha", "plain"),
    Mutant("C absent counts as 1", "absent=0", "absent=1", "C absent, beta = 1.0"),
    Mutant("beta kept", "transB, beta=1.0", "transB, beta", "beta = 0.5"),
    Mutant("alpha dropped", "alpha, transA, transB, beta=1.0", "transA, transB, alpha=1.0, beta=1.0", "alpha = 0.5"),
    Mutant("transA dropped", "alpha, transA, transB, beta=1.0", "alpha, transB, transA=0, beta=1.0", "transA = 1, transB = 0, square"),
    # The other rules
    Mutant("Conv: weights not scaled", "W * along(s, 0)", "W", "Conv", file=CONV, passes="fold-bn-into-conv"),
    Mutant("MatMul: mean added", "along(s, 0), X), column(bias - mean * s)", "along(s, 0), X), column(bias + mean * s)", "MatMul, W left", file=MATMUL, passes="fold-bn-into-matmul"),
    Mutant("forward: alpha forgotten", "alpha * contraction(B, along(t, 0), 1)", "contraction(B, along(t, 0), 1)", "before Gemm, alpha, beta", file=FORWARD, passes="fold-bn-forward"),
    Mutant("forward: the mean added", "(bias - outer_mean)", "(bias + outer_mean)", "a normalization of a normalization", file=FORWARD, passes="fold-bn-forward"),
    Mutant("scale: subtracted from the wrong side", "lambda z, c: c - z", "lambda z, c: z - c", "Sub from behind Conv", file=SCALE, passes="fold-scale-axis"),
    # The engine
    Mutant("rows instead of columns", "(1,) * missing + factor.shape", "factor.shape + (1,) * missing", "transA = 0, transB = 0, square", file=WEIGHTS),
    Mutant("transB ignored", "return seen.T if parameter else seen", "return seen", "transA = 0, transB = 1, square", file=WEIGHTS),
    Mutant("groups mixed", "else seen.reshape(-1, *seen.shape[2:])", "else seen.swapaxes(0, 1).reshape(-1, *seen.shape[2:])", "ConvTranspose, 2 groups", file=WEIGHTS, passes="fold-bn-into-conv-transpose"),
    Mutant("weights changed for all their readers", "slots[index] = operand", "old.replace_all_uses_with(operand) if not is_none(old.type) else slots.__setitem__(index, operand)", "b is read by another node", file=f"{REWRITING}/building.py"),
    Mutant("a weight may overflow", "if not np.isfinite(folded).all():", "if False:", "f16: a weight overflows", file=NUMBERS),
    Mutant("a bias may overflow", "if not np.isfinite(rounded).all():", "if False:", "f16: a bias overflows", file=NUMBERS),
    Mutant("training counts as inference", "if bn.training_mode:", "if False:", "training_mode = 1", file=f"{REWRITING}/ops.py"),
    Mutant("weights may underflow", "folded.min(initial=np.inf) < smallest", "False", file=NUMBERS),
    Mutant("another use does not matter", "if not inner.shared and not has_one_use(found):", "if False:", file=STEPS),
    Mutant("what may be overridden is constant", "and not self.requests.freeze_initializers", "and False", file="importer/model.py"),
    Mutant("float32 arithmetic", '"/": np.true_divide', '"/": lambda a, b: np.asarray(np.true_divide(a, b), np.float32)', file=f"{REWRITING}/arithmetic.py"),
    Mutant("padding does not matter", "return None if unpadded else", "return None if True else", "before Conv, padded", file=f"{REWRITING}/conditions.py", passes="fold-bn-forward"),
    Mutant("a mixed axis survives", "if _same(sizes[:axis], after[:result]) or", "if True or", "Conv, Reshape that mixes between", file=MOVES, passes="fold-bn-into-conv"),
    Mutant("Transpose moves nothing", "return perm.index(axis) if axis in perm else None", "return axis", "Transpose between", file=MOVES, passes="fold-bn-into-conv"),
    Mutant("any axis is the channels'", "if any(size != 1 and at != place", "if False and any(size != 1 and at != place", "Mul behind Conv, of each row", file=STEPS, passes="fold-scale-axis"),
    Mutant("channels are broadcast", "if size != array.size and", "if False and", "Mul before ConvTranspose, of more channels", file=STEPS, passes="fold-scale-axis"),
)  # fmt: skip
DEFAULT = 3


def cases() -> list[object]:
    """All mutants, all but the first ones marked."""
    marks = [()] * DEFAULT + [(pytest.mark.full,)] * (len(MUTANTS) - DEFAULT)
    return [
        pytest.param(mutant, marks=mark, id=mutant.name.replace(" ", "-"))
        for mutant, mark in zip(MUTANTS, marks, strict=True)
    ]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which onnx_opt is a copy that may be broken."""
    folder = tmp_path_factory.mktemp("mutant")
    shutil.copytree(PACKAGE, folder / "onnx_opt", ignore=shutil.ignore_patterns("__pycache__"))
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
        # A patch may come within the second of the one before, which is all that compiled files look at.
        "PYTHONDONTWRITEBYTECODE": "1",
        "MUTANT": str(folder),
    }


@pytest.fixture
def broken(
    request: pytest.FixtureRequest, mutant: Mutant, environment: dict[str, str]
) -> dict[str, str]:
    """The environment, with the mutant's patch for the time of the test."""
    file = Path(environment["MUTANT"], "onnx_opt", mutant.file)
    source = file.read_text()
    assert source.count(mutant.old) == 1, (
        f"'{mutant.old}' must stand in {mutant.file} once: update the mutant"
    )
    file.write_text(source.replace(mutant.old, mutant.new))
    request.addfinalizer(lambda: file.write_text(source))
    return environment


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with these arguments, on the copy."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mutant", cases())
def test_the_fuzzer_notices(mutant: Mutant, broken: dict[str, str]) -> None:
    limits = ["--examples", "1000000", "--seconds", str(SECONDS), "--no-shrink"]
    result = run(broken, "test/fuzz/run.py", *limits, "--pass", mutant.passes)
    assert result.returncode == 1, result.stderr
    # A model that the mutant made may be one on which onnx's own checks die.
    assert "FOUND" in result.stdout or "BrokenProcessPool" in result.stderr, result.stderr


@pytest.mark.parametrize("mutant", cases())
def test_the_matrix_notices(broken: dict[str, str]) -> None:
    result = run(broken, "-m", "bench.matrix")
    assert result.returncode == 1, result.stderr
    assert "not folded" in result.stdout or "not left" in result.stdout or "ulps" in result.stdout


@pytest.mark.parametrize("mutant", cases())
def test_verify_numerics_notices(mutant: Mutant, broken: dict[str, str], tmp_path: Path) -> None:
    if not mutant.model:
        pytest.skip("nothing that shows in numbers")
    path = save(mutant.model, tmp_path)
    flags = ["--fold-bn", "--verify-numerics", "-o", str(tmp_path / "out.onnx")]
    result = run(broken, "-m", "onnx_opt", str(path), *flags)
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out.onnx").exists()


def save(name: str, folder: Path) -> Path:
    """The model of a case of the matrix, in a file."""
    case = next(case for case in all_cases() if case.name == name)
    onnx.save(case.model, folder / "model.onnx")
    return folder / "model.onnx"


def test_without_a_mutant_all_is_well(environment: dict[str, str], tmp_path: Path) -> None:
    """The copy is what runs, and unbroken it passes what catches the mutants."""
    where = run(environment, "-c", "import onnx_opt.passes; print(onnx_opt.passes.__file__)")
    assert where.stdout.startswith(environment["MUTANT"])
    assert run(environment, "test/fuzz/run.py", "--examples", "300").returncode == 0
    assert run(environment, "-m", "bench.matrix").returncode == 0
    path = save("transA = 1, transB = 1, alpha, beta, C (M, N)", tmp_path)
    flags = ["--fold-bn", "--verify-numerics", "-o", str(tmp_path / "out.onnx")]
    result = run(environment, "-m", "onnx_opt", str(path), *flags)
    assert result.returncode == 0, result.stderr
