# SPDX-License-Identifier: Apache-2.0
"""The options of the Python API: flags of the command line as keyword arguments, with `_` for `-`.

A string means what it means behind the flag, names may be any collection of strings, and None is the default.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from .flags import BY_FIELD, BY_NAME, Options
from .passes.options import OF_FLAGS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.generic]

Names = Collection[str]


class LoadOptions(TypedDict, total=False):
    """How an input is read; all but the first are for models."""

    allow_unregistered_dialect: bool
    freeze_initializers: bool
    emit_onnx_basic: bool
    functions_to_decompose: Names
    use_onnx_model_types: bool
    dim_params: str


class RunOptions(TypedDict, total=False):
    """How passes run; the last ones are options of passes that are flags, too."""

    verify_each: bool
    disable_pattern: Names
    remarks: bool
    report: str
    mlir_print_ir_before_all: bool
    mlir_print_ir_after_all: bool
    mlir_print_ir_before: Names
    mlir_print_ir_after: Names

    onnx_const_prop_expansion_bound: int
    onnx_const_prop_round_fp_to_int: bool
    onnx_const_prop_disable_pattern: Names
    disable_constant_prop: bool
    decompose_op_in_onnx: Names


class TextOptions(TypedDict, total=False):
    """How text is printed."""

    mlir_print_op_generic: bool
    mlir_print_debuginfo: bool
    mlir_use_nameloc_as_prefix: bool
    use_dense_resources: bool
    mlir_elide_elementsattrs_if_larger: int | None


class SaveOptions(TextOptions, total=False):
    """How a file is written."""

    emit: str
    save_as_external_data: bool | str
    size_threshold: int | None


class NumericsOptions(TypedDict, total=False):
    """On what a module is run, by what, and how far results may be apart.

    input: arrays, or .npy files, by the name of the input that each feeds.
    """

    verify_engine: Literal["", "onnxruntime", "reference"]
    input: Mapping[str, str | os.PathLike[str] | Array]
    input_shape: Mapping[str, Sequence[int]]
    atol: float | None
    rtol: float | None


def options_of(allowed: type, given: Mapping[str, Any], **more: Any) -> Options:
    """The options that keyword arguments give; `allowed` is one of the classes above.

    Raises TypeError for a name that it does not have, and CommandError for a value that its flag does not take.
    """
    values: dict[str, Any] = {}
    pass_options: list[tuple[str, str]] = []
    for name, value in given.items():
        if name not in allowed.__annotations__:
            raise TypeError(f"there is no option '{name}' here{_did_you_mean(name, allowed)}")
        if value is None:
            continue
        flag = BY_NAME.get(name.replace("_", "-")) or BY_FIELD.get(name)
        if flag is None:
            pass_options.append((OF_FLAGS[name.replace("_", "-")].flag, _text(value)))
        elif isinstance(value, Mapping):
            each = cast("Mapping[str, object]", value).items()
            texts = [f"{key}={_text(one, 'x')}" for key, one in each]
            values[flag.field] = tuple(one for text in texts for one in flag.value_of(text))
        elif not (value is False and flag.metavar):
            implied = flag.implied if value is True and flag.metavar else None
            values[flag.field] = flag.value_of(_text(value) if implied is None else implied)
    return Options(**values, pass_options=tuple(pass_options), **more)


def _text(value: object, between: str = ",") -> str:
    """A value as it stands behind a flag."""
    if isinstance(value, str) or not isinstance(value, Collection):
        return str(value)
    return between.join(map(str, cast("Collection[object]", value)))


def _did_you_mean(name: str, allowed: type) -> str:
    from .dialect.diagnostics import did_you_mean

    return did_you_mean(name, allowed.__annotations__)
