# SPDX-License-Identifier: Apache-2.0
"""Types of `mlir.rewrite`, as far as onnx-opt uses it: the wheel brings none."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, overload

from .ir import Context, InsertionPoint, Module, Value, _OperationBase

class GreedyRewriteStrictness(Enum):
    ANY_OP = 0
    EXISTING_AND_NEW_OPS = 1
    EXISTING_OPS = 2

class GreedySimplifyRegionLevel(Enum):
    DISABLED = 0
    NORMAL = 1
    AGGRESSIVE = 2

class PatternRewriter:
    @property
    def ip(self) -> InsertionPoint: ...
    @overload
    def replace_op(self, op: _OperationBase, new_op: _OperationBase) -> None: ...
    @overload
    def replace_op(self, op: _OperationBase, values: Sequence[Value]) -> None: ...
    def erase_op(self, op: _OperationBase) -> None: ...

class FrozenRewritePatternSet: ...

class RewritePatternSet:
    def __init__(self, context: Context | None = None) -> None: ...
    # A callback matched if it returns something falsy.
    def add(
        self, root: object, fn: Callable[[Any, PatternRewriter], object], benefit: int = 1
    ) -> None: ...
    def freeze(self) -> FrozenRewritePatternSet: ...

class GreedyRewriteConfig:
    def __init__(self) -> None: ...
    max_iterations: int
    max_num_rewrites: int
    use_top_down_traversal: bool
    enable_folding: bool
    strictness: GreedyRewriteStrictness
    region_simplification_level: GreedySimplifyRegionLevel
    enable_constant_cse: bool

def apply_patterns_and_fold_greedily(
    op: Module | _OperationBase,
    set: FrozenRewritePatternSet,
    config: GreedyRewriteConfig | None = None,
) -> None: ...
def walk_and_apply_patterns(op: _OperationBase, set: FrozenRewritePatternSet) -> None: ...
