# SPDX-License-Identifier: Apache-2.0
"""The package `onnx`, without what `import onnx` imports and a run of `onnx-opt` seldom needs.

Its messages, schemas and shape inference are modules of their own, which take 20 ms; all of it takes 65, a fifth of a
start.  Only the command does this, to its own process and without plugins: a library leaves other packages alone.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

__all__ = ["import_lazily"]


class _Package(ModuleType):
    """A package whose modules are imported when they are named, and whose `__init__` runs for any other name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        if find_spec(f"{self.__name__}.{name}"):
            return import_module(f"{self.__name__}.{name}")
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec = self.__spec__
        assert spec is not None and spec.loader is not None  # or it would not have been found
        spec.loader.exec_module(self)
        return getattr(self, name)


def import_lazily() -> None:
    """Let `import onnx` give its messages at once and the rest when a name of it is used."""
    spec = find_spec("onnx")
    if "onnx" in sys.modules or spec is None:
        return
    package = module_from_spec(spec)
    package.__class__ = _Package
    sys.modules["onnx"] = package
    vars(package).update(
        (name, value)
        for name, value in vars(import_module("onnx.onnx_ml_pb2")).items()
        if name[0].isupper()
    )
