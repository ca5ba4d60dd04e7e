# SPDX-License-Identifier: Apache-2.0
"""Types of the MLIR Python bindings, as far as onnx-opt uses them: the wheel brings none."""

from collections.abc import Callable
from typing import TypeVar

from torch_mlir.ir import Dialect, OpView

_DialectT = TypeVar("_DialectT", bound=Dialect)
_OpT = TypeVar("_OpT", bound=OpView)

class _Globals:
    def append_dialect_search_prefix(self, module_name: str) -> None: ...

globals: _Globals

def register_dialect(dialect_class: type[_DialectT]) -> type[_DialectT]: ...
def register_operation(
    dialect_class: type[Dialect], *, replace: bool = False
) -> Callable[[type[_OpT]], type[_OpT]]: ...
