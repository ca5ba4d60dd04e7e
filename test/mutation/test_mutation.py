# SPDX-License-Identifier: Apache-2.0
"""Break the fold in one way after the other, and demand that the fuzzer, the matrix and `--verify-numerics` notice.

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
FOLD = "passes/fold_bn_into_gemm.py"
ENGINE = "passes/rewriting"
NUMBERS = f"{ENGINE}/numbers.py"
ROOT_OF_VAR = "\ns = scale / sqrt(var + epsilon)"
SECONDS = 60


@dataclass(frozen=True)
class Mutant:
    """`old`, which stands in `file` once, becomes `new`.  model: the case of the matrix on which it shows in numbers."""

    name: str
    old: str
    new: str
    model: str = ""
    file: str = FOLD


MUTANTS = (
    Mutant("beta ignored", "(beta * C - mean) * s + bias, alpha", "(C - mean) * s + bias, alpha", "beta = 0.5"),
    Mutant(
        "rows instead of columns",
        "transposed(B * s, transB)",
        "transposed(B * __import__('onnx_opt').passes.rewriting.along(s, 0), transB)",
        "transA = 0, transB = 0, square",
    ),
    Mutant("epsilon outside the root", ROOT_OF_VAR, "\ns = scale / (sqrt(var) + epsilon)", "epsilon = 0.5"),
    Mutant("epsilon forgotten", ROOT_OF_VAR, "\ns = scale / sqrt(var)", "epsilon = 0.5"),
    Mutant("the root forgotten", ROOT_OF_VAR, "\ns = scale / (var + epsilon)", "plain"),
    Mutant("mean added", "C - mean) * s + bias, alpha", "C + mean) * s + bias, alpha", "plain"),
    Mutant("mean and var swapped", "bias, mean, var, epsilon)", "bias, var, mean, epsilon)", "plain"),
    Mutant("C not scaled", "C - mean) * s + bias, alpha", "C - mean) + bias, alpha", "plain"),
    Mutant("bias forgotten", "C - mean) * s + bias, alpha", "C - mean) * s, alpha", "plain"),
    Mutant("C absent counts as 1", "absent=0", "absent=1", "C absent, beta = 1.0"),
    Mutant("beta kept", "transA, transB, beta=1.0", "transA, transB, beta", "beta = 0.5"),
    Mutant("alpha dropped", "alpha, transA, transB, beta=1.0", "transA, transB, alpha=1.0, beta=1.0", "alpha = 0.5"),
    Mutant(
        "transA dropped",
        "transA, transB, beta=1.0",
        "transB, transA=0, beta=1.0",
        "transA = 1, transB = 0, square",
    ),
    Mutant(
        "transB ignored",
        "return seen.T if parameter else seen",
        "return seen",
        "transA = 0, transB = 1, square",
        file=f"{ENGINE}/weights.py",
    ),
    Mutant(
        "weights changed for all their readers",
        "self.new.append(value.owner)",
        "original is None or original.replace_all_uses_with(value)",
        "b is read by another node",
        file=f"{ENGINE}/building.py",
    ),
    Mutant(
        "a weight may overflow",
        "if not np.isfinite(folded).all():",
        "if False:",
        "f16: a weight overflows",
        file=NUMBERS,
    ),
    Mutant(
        "a bias may overflow",
        "if not np.isfinite(rounded).all():",
        "if False:",
        "f16: a bias overflows",
        file=NUMBERS,
    ),
    Mutant(
        "training counts as inference",
        "if bn.training_mode:",
        "if False:",
        "training_mode = 1",
        file=f"{ENGINE}/ops.py",
    ),
    Mutant("weights may underflow", "folded.min(initial=np.inf) < smallest", "False", file=NUMBERS),
    Mutant(
        "another use does not matter",
        "if not inner.shared and not has_one_use(found):",
        "if False:",
        file=f"{ENGINE}/steps.py",
    ),
    Mutant("what may be overridden is constant", "tensors, freeze_initializers)", "tensors, True)", file="importer/__init__.py"),
    Mutant(
        "float32 arithmetic",
        'np.int64 if data.dtype.kind in "iub" else np.float64',
        'np.int64 if data.dtype.kind in "iub" else np.float32',
        file=f"{ENGINE}/arithmetic.py",
    ),
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
def test_the_fuzzer_notices(broken: dict[str, str]) -> None:
    limits = [
        "--examples",
        "1000000",
        "--seconds",
        str(SECONDS),
        "--no-shrink",
        "--pass",
        "fold-bn-into-gemm",
    ]
    result = run(broken, "test/fuzz/run.py", *limits)
    assert result.returncode == 1, result.stderr
    assert "FOUND" in result.stdout, result.stderr


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
    flags = ["--fold-bn-into-gemm", "--verify-numerics", "-o", str(tmp_path / "out.onnx")]
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
    assert (
        run(
            environment, "test/fuzz/run.py", "--examples", "300", "--pass", "fold-bn-into-gemm"
        ).returncode
        == 0
    )
    assert run(environment, "-m", "bench.matrix").returncode == 0
    path = save("transA = 1, transB = 1, alpha, beta, C (M, N)", tmp_path)
    flags = ["--fold-bn-into-gemm", "--verify-numerics", "-o", str(tmp_path / "out.onnx")]
    result = run(environment, "-m", "onnx_opt", str(path), *flags)
    assert result.returncode == 0, result.stderr
