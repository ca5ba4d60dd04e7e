# SPDX-License-Identifier: Apache-2.0
"""From our rules to onnx-mlir's: the same equations in its language.

Imports run one way, from the top down, and nothing is imported before the names below are used:

    patch           what a pull request touches, as a diff
    lit_tests       its tests, in onnx-mlir's style
      constraints   which conditions hold on an instance
      instances     small functions that a pattern rewrites, or just does not
    drr             a pass as declarative rules: `Pat`s below a banner
      cases         what is one rule here and several there
      sources       a left side: the source pattern and its conditions
      results       a right side: the result pattern
        element_types  which values ONNX gives one type
        numbers     its arithmetic, as ONNX ops on constants
          simplify  without what is absent
      dags          how TableGen writes both
    checkout        what a checkout of onnx-mlir has already
    ods             the dialect from our own specs, to check rules against without onnx-mlir
      vocabulary    the constraints and native calls that rules use

docs/upstream.md is the way from a rule to a pull request.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checkout import CheckoutError, defined_names
    from .drr import DrrError, as_drr
    from .ods import as_ods
    from .patch import as_patch

__all__ = ["CheckoutError", "DrrError", "as_drr", "as_ods", "as_patch", "defined_names"]

_HOME = {
    "checkout": "CheckoutError defined_names",
    "drr": "DrrError as_drr",
    "ods": "as_ods",
    "patch": "as_patch",
}


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names.split():
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
