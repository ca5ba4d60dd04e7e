# SPDX-License-Identifier: Apache-2.0
"""What conformance means, for one model.

    1. import, verify
    2. export: the same model
    3. print, parse, print: the same text; export: the same model again
    4. onnx.checker accepts the exported model if it accepts the original
    5. the exported model, run by onnxruntime or else by onnx's ReferenceEvaluator, gives the stored outputs
    6. the model of its text without provenance is accepted and gives the stored outputs too
    7. passes change no output (`under_passes.py`)

Where no runtime can run the original, or none gives the stored outputs for it either, step 5 says nothing about us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx
from corpus import Case
from equality import difference
from onnx import numpy_helper
from runtime import ENGINES, RunError, Runtime
from under_passes import change, is_accepted

from onnx_opt.dialect import DiagnosticError, make_context, parse, to_bytecode, to_text, verify
from onnx_opt.dialect.bindings import ir
from onnx_opt.exporter import export_model
from onnx_opt.importer import import_model

Status = Literal["passed", "refused", "failed"]


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    status: passed, refused (with a clear error) or failed.  reason: why not passed.  engine: what ran it, "" if nothing
    could.  note: why nothing could.
    """

    status: Status
    reason: str = ""
    engine: str = ""
    note: str = ""


def check(case: Case, runtime: Runtime) -> Outcome:
    """Put one model through all steps."""
    original = case.model()
    before = original.SerializeToString()
    try:
        module = import_model(original, context=make_context(load_all=False), filename=case.name)
    except DiagnosticError as error:
        return Outcome("refused", str(error))
    if errors := verify(module):
        return Outcome("failed", f"verify: {errors[0]}")
    exported = export_model(module)
    if found := difference(original, exported):
        return Outcome("failed", f"export: {found}")
    if original.SerializeToString() != before:
        return Outcome("failed", "the import changed the model that it was given")
    text = to_text(module, debuginfo=True)
    again = parse(text, context=make_context(load_all=False))
    if to_text(again, debuginfo=True) != text:
        return Outcome("failed", "the text differs after it was parsed")
    if found := difference(original, export_model(again)):
        return Outcome("failed", f"export of the parsed text: {found}")
    carried = parse(to_bytecode(module), context=make_context(load_all=False))
    if found := difference(original, export_model(carried)):
        return Outcome("failed", f"export of the parsed bytecode: {found}")
    if is_accepted(original) and not is_accepted(exported):
        return Outcome("failed", "onnx.checker accepts the original, but not the exported model")
    outcome = _run(case, original, exported, runtime)
    if outcome.status == "passed" and (found := _bare(case, original, module, runtime)):
        return Outcome("failed", f"without provenance: {found}")
    if outcome.status == "passed" and (found := change(case, exported, outcome.engine, runtime)):
        return Outcome("failed", found)
    return outcome


def _bare(case: Case, original: onnx.ModelProto, module: ir.Module, runtime: Runtime) -> str:
    """What is wrong with the model of a module's text without provenance; "" if nothing is."""
    text = to_text(module)
    again = parse(text, context=make_context(load_all=False))
    if errors := verify(again):
        return f"verify: {errors[0]}"
    if to_text(again) != text:
        return "the text differs after it was parsed"
    try:
        model = export_model(again)
    except DiagnosticError as error:
        return str(error)
    if is_accepted(original) and not is_accepted(model):
        return "onnx.checker accepts the original, but not this model"
    return _run(case, original, model, runtime).reason


def _run(
    case: Case, original: onnx.ModelProto, exported: onnx.ModelProto, runtime: Runtime
) -> Outcome:
    samples = case.samples()
    if not samples:
        return Outcome("passed", note="no stored outputs")
    notes: list[str] = []
    for engine in ENGINES:
        wrong = _wrong(case, exported, samples, engine, runtime)
        if not wrong:
            return Outcome("passed", engine=engine)
        if not _wrong(case, original, samples, engine, runtime):
            return Outcome("failed", f"{engine}: {wrong}, but not for the original")
        notes.append(f"{engine}: {wrong}")
    return Outcome("passed", note="; ".join(notes))


def _wrong(
    case: Case,
    model: onnx.ModelProto,
    samples: Sequence[tuple[Any, Any]],
    engine: str,
    runtime: Runtime,
) -> str:
    """What is wrong with the outputs of a model; "" if nothing is."""
    data = model.SerializeToString()
    for inputs, expected in samples:
        try:
            outputs = runtime.run(engine, data, [_array(value) for value in inputs])
        except RunError as error:
            return " ".join(str(error).split())
        if len(outputs) != len(expected):
            return f"{len(outputs)} outputs instead of {len(expected)}"
        for index, (output, stored) in enumerate(zip(outputs, expected, strict=True)):
            if not _close(output, _array(stored), case.tolerances):
                return f"output #{index} differs from the stored one"
    return ""


def _array(value: Any) -> Any:
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else value


def _close(output: Any, stored: Any, tolerances: tuple[float, float]) -> bool:
    """Equal, or for floating-point types as close as the case itself asks for."""
    if isinstance(stored, (list, tuple)):
        return len(output) == len(stored) and all(
            _close(one, other, tolerances) for one, other in zip(output, stored, strict=True)
        )
    if stored is None or output is None:
        return stored is output
    output, stored = np.asarray(output), np.asarray(stored)
    if output.shape != stored.shape or (
        output.dtype != stored.dtype and stored.dtype.kind not in "OUS"
    ):
        return False
    if stored.dtype.kind in "OUSbiu":
        return bool(np.array_equal(output, stored))
    if stored.dtype.kind not in "fc":
        output, stored = output.astype(np.float32), stored.astype(np.float32)
        # Two units in the last place of bfloat16, as in onnx's own runner; coarser types are compared exactly below it.
        tolerances = (max(tolerances[0], 2.0**-6), tolerances[1])
    return bool(np.allclose(output, stored, *tolerances, equal_nan=True))
