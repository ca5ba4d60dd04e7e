# SPDX-License-Identifier: Apache-2.0
"""The arguments of the command line, read with the table of flags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import CommandError
from .flags import BY_FIELD, BY_NAME, FLAGS, PROOF, Flag, Options, PassFlag
from .passes.options import OF_FLAGS


def parse_arguments(arguments: Sequence[str]) -> Options:
    """The options that `arguments` (without the program's name) ask for; raises CommandError."""
    values: dict[str, Any] = {}
    inputs: list[str] = []
    passes: list[PassFlag] = []
    pass_options: list[tuple[str, str]] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            inputs.extend(rest)
        elif argument == "-" or not argument.startswith("-"):
            inputs.append(argument)
        else:
            name, equals, text = argument.removeprefix("-").removeprefix("-").partition("=")
            flag = BY_NAME.get(name)
            if flag is None:
                option = OF_FLAGS.get(name)
                if option is None:
                    passes.append(PassFlag(name, text))
                elif equals or option.type is bool:
                    pass_options.append((name, text))
                else:
                    given = next(rest, None)
                    if given is None:
                        raise CommandError(f"--{name} needs a value: {option.flag_usage}")
                    pass_options.append((name, given))
                continue
            if not equals:
                given = flag.implied if flag.implied is not None else next(rest, None)
                if given is None:
                    raise CommandError(f"{flag.spelling} needs a value: {flag.usage}")
                text = given
            _store(values, flag, text)
    if len(inputs) > 1:
        raise CommandError(
            f"one input file at most, but {len(inputs)} are given: {', '.join(inputs)}"
        )
    if passes and "pass_pipeline" in values:
        raise CommandError(
            f"--pass-pipeline cannot be combined with a pass flag, but --{passes[0].name} is given; "
            "name the pass in the pipeline"
        )
    of_onnx_mlir = values.get("emit") in ("drr", "drr-patch") or "check_rules" in values
    if "onnx_mlir" in values and not of_onnx_mlir:
        raise CommandError(
            "--onnx-mlir is for --emit=drr, --emit=drr-patch and --check-rules; none is given"
        )
    for field in ("reduce_test", "reduce_seconds"):
        if field in values and "reduce" not in values:
            raise CommandError(f"{BY_FIELD[field].spelling} is for --reduce, which is not given")
    for field in ("o", "emit"):
        if values.get("print_ir") and field in values:
            raise CommandError(
                f"--printIR prints text to standard output, but {BY_NAME[field].spelling} is given"
            )
    if "verify_numerics" not in values:
        for flag in FLAGS[PROOF]:
            if flag.field in values and flag.field not in ("prove", "check_rules"):
                raise CommandError(f"{flag.spelling} is for --verify-numerics, which is not given")
    return Options(
        input=inputs[0] if inputs else "-",
        passes=tuple(passes),
        pass_options=tuple(pass_options),
        **values,
    )


def _store(values: dict[str, Any], flag: Flag, text: str) -> None:
    value = flag.value_of(text)
    if flag.repeats and flag.field in values:
        old = values[flag.field]
        value = old | value if isinstance(old, frozenset) else old + value
    values[flag.field] = value
