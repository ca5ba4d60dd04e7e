# SPDX-License-Identifier: Apache-2.0
"""The options of passes that are flags of the command line too: `--onnx-const-prop-expansion-bound=2`.

Nothing here needs MLIR: a command line is read with it before anything else is loaded.
"""

from __future__ import annotations

from .rewriting.options import Option

CONSTPROP_ONNX = (
    Option(
        "expansion-bound",
        int,
        -1,
        "Leave an op if its result takes more bytes than so many times its operands; -1 for no bound",
        flag="onnx-const-prop-expansion-bound",
    ),
    Option(
        "round-fp-to-int",
        bool,
        False,
        "Round to nearest, ties to even, where Cast makes integers; otherwise towards zero",
        flag="onnx-const-prop-round-fp-to-int",
    ),
    Option(
        "disable-pattern",
        frozenset,
        frozenset(),
        "Leave out these rules, as `add-const-commutative-1`, and the ops of `AddConstProp`",
        flag="onnx-const-prop-disable-pattern",
    ),
    Option("disable", bool, False, "Do nothing", flag="disable-constant-prop"),
)

DECOMPOSE_ONNX = (
    Option(
        "enable-conv-to-matmul",
        bool,
        False,
        "Decompose a Conv into MatMul, by Im2Col where its kernel is larger than 1",
    ),
    Option(
        "decompose-op-in-onnx",
        frozenset,
        frozenset(),
        "Ops to decompose that else stay: HardSwish",
        flag="decompose-op-in-onnx",
    ),
)

OF_FLAGS = {option.flag: option for option in (*CONSTPROP_ONNX, *DECOMPOSE_ONNX) if option.flag}
"""The option that a flag, without dashes, gives to each pass that has it."""
