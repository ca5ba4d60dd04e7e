# SPDX-License-Identifier: Apache-2.0
"""How IR becomes better IR: one pass a file, all of them in `ALL_PASSES`.

A pass is called as its file is, so that looking one up in `BY_ARGUMENT` imports no other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rewriting.base import Pass

    ALL_PASSES: tuple[Pass, ...]
    """Every pass of the project; `--help`, the README's table and the tests are made from it."""

__all__ = ["ALL_PASSES", "BY_ARGUMENT", "FROM_PLUGINS", "STEMS", "known_passes"]

STEMS = (
    "fold_bn",
    "fold_bn_into_gemm",
    "fold_bn_into_matmul",
    "fold_bn_into_conv",
    "fold_bn_into_conv_transpose",
    "fold_bn_forward",
    "fold_scale_axis",
    "constprop_onnx",
    "canonicalize",
    "decompose_onnx",
    "recompose_onnx",
    "cse",
    "onnx_cse_with_node_name",
    "shape_inference",
    "simplify_shape_related_ops_onnx",
    "set_onnx_node_name",
    "onnx_dim_analysis",
    "remove_same_onnx_dim",
    "replace_op_with_its_operand",
    "onnx_pre_krnl_verify",
)
"""The files with passes, in the order of the README's table."""


class _ByArgument(Mapping[str, "Pass"]):
    """Passes by their flags, imported when they are looked up."""

    def __getitem__(self, argument: str) -> Pass:
        if argument not in _ARGUMENTS:
            raise KeyError(argument)
        from .rewriting import own_rules

        with own_rules.making():
            found: Pass = import_module(f".{_ARGUMENTS[argument]}", __name__).PASS
        return found

    def __contains__(self, argument: object) -> bool:
        return argument in _ARGUMENTS

    def __iter__(self) -> Iterator[str]:
        return iter(_ARGUMENTS)

    def __len__(self) -> int:
        return len(_ARGUMENTS)


_ARGUMENTS = {stem.replace("_", "-"): stem for stem in STEMS}

BY_ARGUMENT: Mapping[str, Pass] = _ByArgument()
"""The passes by their flags; each is imported when it is looked up."""

FROM_PLUGINS: dict[str, Pass] = {}
"""The passes of plugins that a Python caller loaded, by their flags."""


def known_passes() -> tuple[Pass, ...]:
    """Every pass that is written in Python: the project's, then those of plugins that were loaded.

    Of each there are `argument`, which is its name, `summary`, one line, and `options`.
    """
    return (*BY_ARGUMENT.values(), *FROM_PLUGINS.values())


class _CallablePackage(ModuleType):
    """This package: `onnx_opt.passes` is its name as a package, and that of a function for Python callers."""

    def __call__(self) -> tuple[Pass, ...]:
        return known_passes()


sys.modules[__name__].__class__ = _CallablePackage


def __getattr__(name: str) -> Any:
    if name == "ALL_PASSES":
        return tuple(BY_ARGUMENT.values())
    if name in STEMS:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
