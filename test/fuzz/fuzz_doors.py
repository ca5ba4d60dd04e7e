# SPDX-License-Identifier: Apache-2.0
"""Fuzz the front doors: damaged text, bytecode and models through the whole command, in a child that may die.

Whatever comes in, the command ends by itself within 10 seconds and 1 GB (and 4 times the input) with exit code 0 or 1, and
says why in the latter case; no traceback, no signal.  Every mutation is made from a number, so it can be made again.
"""

from __future__ import annotations

import io
import itertools
import mmap
import os
import pickle
import random
import resource
import signal
import struct
import sys
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mutations import mutated_bytes, mutated_model, mutated_text
from rule_models import RuleModels

ROOT = Path(__file__).resolve().parents[2]
SECONDS, SPARE_BYTES = 10, 1 << 30
_PER_CHILD = 2000
_LARGEST_SEED = 6000
_WEIGHT = f'dense<"0x{"0000803F" * 255}00000040">'  # large enough to be cut out of the text
_WEIGHTS = f"""func.func @f(%a: tensor<1x16xf32>) -> tensor<1x16xf32> {{
  %w = onnx.Constant {_WEIGHT} : tensor<16x16xf32>
  %c = "onnx.Constant"() <{{value = {_WEIGHT} : tensor<256xf32>}}> : () -> tensor<256xf32>
  %none = "onnx.NoValue"() {{value}} : () -> none
  %y = "onnx.Gemm"(%a, %w, %none) : (tensor<1x16xf32>, tensor<16x16xf32>, none) -> tensor<1x16xf32>
  onnx.Return %y : tensor<1x16xf32>
}}
"""
KINDS = ("mlir", "mlirbc", "onnx")
_ARGUMENTS = (
    ["--fold-bn-into-gemm"],
    ["--canonicalize", "--cse", "--fold-bn-into-gemm"],
    ["--fold-bn-into-gemm", "--emit=onnx"],
    ["--emit=mlirbc"],
    ["--emit=onnx"],
    ["--mlir-print-op-generic", "--mlir-print-debuginfo"],
    ["--split-input-file", "--fold-bn-into-gemm"],
    ["--remarks", "--fold-bn-into-gemm"],
)


@dataclass(frozen=True)
class Input:
    """One call of the command: its arguments, and the file's content."""

    kind: str
    data: bytes
    arguments: list[str]


@dataclass
class Result:
    """What came of a run: counts by kind and exit code, and what must not have happened."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[int, str]] = field(default_factory=list)


class _Random:
    """Choices for `rule_models` from Python's generator."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def integer(self, least: int, most: int) -> int:
        return self._rng.randint(least, most)


def seeds() -> dict[str, list[bytes]]:
    """Whole inputs of each kind: the lit suite's sections, the examples, models made in code, and what they become."""
    from onnx_opt.dialect import make_context
    from onnx_opt.dialect.assembly.bytecode import to_bytecode
    from onnx_opt.dialect.assembly.printer import to_text
    from onnx_opt.dialect.assembly.reader import parse
    from onnx_opt.dialect.diagnostics import DiagnosticError
    from onnx_opt.importer import import_model
    from onnx_opt.passes import fold_bn

    found: dict[str, list[bytes]] = {kind: [] for kind in KINDS}
    paths = sorted([*ROOT.glob("test/lit/**/*.mlir"), *ROOT.glob("examples/*.mlir")])
    texts = [part for path in paths for part in path.read_text().split("// -----\n")]
    found["mlir"] = [text.encode() for text in [*texts, _WEIGHTS] if len(text) < _LARGEST_SEED]
    context = make_context()
    for text in found["mlir"]:
        try:
            found["mlirbc"].append(to_bytecode(parse(text, context=context)))
        except DiagnosticError:
            continue
    models = RuleModels([fold_bn.PASS])
    for number in range(40):
        model = models.draw(_Random(random.Random(number))).model
        found["onnx"].append(model.SerializeToString())
        try:
            module = import_model(model, context=context)
        except DiagnosticError:
            continue
        found["mlir"].append(to_text(module).encode())
        found["mlirbc"].append(to_bytecode(module))
    return found


def made(number: int, known: dict[str, list[bytes]]) -> Input:
    """The input of that number."""
    rng = random.Random(number)
    kind = rng.choice(KINDS)
    data, other = rng.choice(known[kind]), rng.choice(known[kind])
    if kind == "mlir" and rng.randrange(4):
        data = mutated_text(data, other, rng)
    elif kind == "onnx" and rng.randrange(3):
        data = mutated_model(data, rng)
    else:
        data = mutated_bytes(data, other, rng)
    return Input(kind, data, rng.choice(_ARGUMENTS))


# The child

_SHARED = struct.Struct("qd")
"""What the parent sees of the child: the number of the input that it works on, and since when."""


def call(item: Input, folder: Path) -> tuple[int, str]:
    """(exit code, standard error) of the command on an input, in this process."""
    from onnx_opt.cli import main

    path = folder / f"input.{item.kind}"
    path.write_bytes(item.data)
    sys.stderr = said = io.StringIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = main([*item.arguments, str(path), "-o", "/dev/null"])
    finally:
        sys.stderr = sys.__stderr__
    return code, said.getvalue()


def wrong(code: int, said: str) -> str:
    """What is wrong with how the command ended; empty if nothing is."""
    if code not in (0, 1) or "Traceback" in said:
        return f"exit code {code}: {said[-1500:]}"
    if "out of memory" in said:
        return "took more memory than it may"
    if code == 1 and not said.strip():
        return "failed without a word"
    return ""


def _child(
    numbers: range, known: dict[str, list[bytes]], shared: mmap.mmap, folder: Path, results: Path
) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + SPARE_BYTES + (64 << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with results.open("ab") as stream:
        for number in numbers:
            item = made(number, known)
            shared[: _SHARED.size] = _SHARED.pack(number, time.monotonic())
            code, said = call(item, folder)
            pickle.dump((number, f"{item.kind}: exit code {code}", wrong(code, said)), stream)
            stream.flush()


def fuzz(wanted: int, seconds: float, first: int, known: dict[str, list[bytes]]) -> Result:
    """Run inputs first, first + 1, ... until there are enough or the time is over."""
    end = time.monotonic() + seconds
    result = Result()
    with tempfile.TemporaryDirectory(prefix="onnx-opt-fuzz-") as scratch:
        shared = mmap.mmap(-1, _SHARED.size)
        number = first
        while number < first + wanted and time.monotonic() < end:
            numbers = range(number, min(number + _PER_CHILD, first + wanted))
            number = _run_child(numbers, known, shared, Path(scratch), end, result)
    return result


def _run_child(
    numbers: range,
    known: dict[str, list[bytes]],
    shared: mmap.mmap,
    scratch: Path,
    end: float,
    result: Result,
) -> int:
    """Run one child over `numbers`; give the first number that it did not get to."""
    results = scratch / "results"
    results.unlink(missing_ok=True)
    shared[: _SHARED.size] = _SHARED.pack(numbers.start, time.monotonic())
    child = os.fork()
    if not child:
        try:
            _child(numbers, known, shared, scratch, results)
        except BaseException as error:  # the parent must hear of it whatever it is
            Path(scratch, "died").write_text(repr(error))
            os._exit(3)
        os._exit(0)
    died = ""
    at: int
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        at, since = _SHARED.unpack(shared[: _SHARED.size])
        if ended:
            if os.WIFSIGNALED(status):
                died = f"died of {signal.Signals(os.WTERMSIG(status)).name}"
            elif status:
                died = f"raised {Path(scratch, 'died').read_text()}"
            break
        late = time.monotonic() - since > SECONDS
        if late or time.monotonic() > end:
            died = f"took more than {SECONDS} s" if late else ""
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.01)
    if results.exists():
        with results.open("rb") as stream:
            for _ in itertools.count():
                try:
                    number, outcome, finding = pickle.load(stream)
                except (EOFError, pickle.UnpicklingError):
                    break
                result.counts[outcome] += 1
                if finding:
                    result.findings.append((number, finding))
    if died:
        result.counts["died"] += 1
        result.findings.append((at, died))
    return at + 1


def report(result: Result) -> str:
    """Count, one a line."""
    return "\n".join(f"{count:9d}  {name}" for name, count in sorted(result.counts.items()))
