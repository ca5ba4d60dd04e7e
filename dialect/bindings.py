# SPDX-License-Identifier: Apache-2.0
"""Which wheel provides MLIR: the only module that knows.

Two wheels carry the complete upstream Python bindings: `mlir-python-bindings`, which installs `mlir`, and
`torch-mlir`, which installs `torch_mlir`.  PyPI also has unrelated or empty projects called `mlir`, so a
provider counts only if it has both `ir` and `rewrite`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["PROVIDER", "ir", "passmanager", "register_dialect", "register_operation", "rewrite"]

if TYPE_CHECKING:
    from torch_mlir import ir, passmanager, rewrite
    from torch_mlir._mlir_libs._mlir import register_dialect, register_operation

    PROVIDER: str
else:
    from importlib import import_module
    from importlib.util import find_spec

    def _has(module: str) -> bool:
        try:
            return find_spec(module) is not None
        except ModuleNotFoundError:
            return False

    def _provider() -> str:
        for name in ("mlir", "torch_mlir"):
            if _has(f"{name}.ir") and _has(f"{name}.rewrite"):
                return name
        raise ImportError(
            "onnx-opt needs the MLIR Python bindings: install `torch-mlir` or `mlir-python-bindings`"
        )

    PROVIDER = _provider()
    ir = import_module(f"{PROVIDER}.ir")
    passmanager = import_module(f"{PROVIDER}.passmanager")
    rewrite = import_module(f"{PROVIDER}.rewrite")
    _mlir = import_module(f"{PROVIDER}._mlir_libs._mlir")
    register_dialect = _mlir.register_dialect
    register_operation = _mlir.register_operation

    def _cast_locations(location_class: Any) -> None:
        """Locations may stand among an op's attributes: the bindings' own cast fails for one that it meets there."""

        @ir.register_type_caster(location_class.static_typeid, replace=True)
        def cast(value: Any) -> Any:
            return value if isinstance(value, ir.Attribute) else location_class(value)

    for _name in ("CallSiteLoc", "FileLineColLoc", "FusedLoc", "NameLoc", "UnknownLoc"):
        _cast_locations(getattr(ir, _name))

    # Without a prefix under which `onnx` is found, every access to an op's view retries a failing import.
    _mlir.globals.append_dialect_search_prefix(__name__.rpartition(".")[0])
