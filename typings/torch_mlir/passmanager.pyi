# SPDX-License-Identifier: Apache-2.0
"""Types of `mlir.passmanager`, as far as onnx-opt uses it: the wheel brings none."""

from collections.abc import Callable
from typing import overload

from .ir import Context, Operation, _OperationBase

class ExternalPass:
    def signal_pass_failure(self) -> None: ...

class PassManager:
    def __init__(self, anchor_op: str = "any", context: Context | None = None) -> None: ...
    @staticmethod
    def parse(pipeline: str, context: Context | None = None) -> PassManager: ...
    @overload
    def add(self, pipeline: str) -> None: ...
    @overload
    def add(
        self,
        run: Callable[[Operation, ExternalPass], None],
        name: str | None = None,
        argument: str | None = "",
        description: str | None = "",
        op_name: str | None = "",
    ) -> None: ...
    def enable_verifier(self, enable: bool) -> None: ...
    def enable_timing(self) -> None: ...
    def run(self, operation: _OperationBase) -> None: ...
