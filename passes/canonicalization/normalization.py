# SPDX-License-Identifier: Apache-2.0
"""Reductions and normalisations by the ops that mean them: global pooling, Softmax, instance and group norms.

GroupNormalization is a function: the shapes between are static, though a Concat makes them, as onnx-mlir's passes
expect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dialect.bindings import ir
from ..rewriting import (
    Rule,
    attributes,
    broadcasts_behind,
    first_result_only,
    last_axis,
    least_rank,
    values,
)
from ..rewriting.integers import rank_of, span
from ..rewriting.ops import (
    Add,
    GlobalAveragePool,
    GlobalMaxPool,
    InstanceNormalization,
    LayerNormalization,
    OpFamily,
    ReduceMax,
    ReduceMaxV13,
    ReduceMean,
    ReduceMeanV13,
    RMSLayerNormalization,
    Softmax,
    SoftmaxV11,
    Unsqueeze,
)
from ..rewriting.rewriter import NoMatch, Pattern, Rewriter, Rewritten, no_match
from . import looking
from .looking import build, concat, give, int64, typed_like

X, scale, b = values("X scale b")
axis, epsilon, stash_type = attributes("axis epsilon stash_type")


def _bias_into(name: str, norm: OpFamily) -> Rule:
    """Let a normalisation without a bias have what is added to it."""
    before = norm(X, scale, None, axis, epsilon, stash_type)
    return Rule(
        name,
        Add(before, b),
        norm(X, scale, b, axis, epsilon, stash_type),
        (broadcasts_behind(b, X, axis), first_result_only(before)),
    )


RULES = (
    # Before opset 13 Softmax works on all axes from `axis` on: of the last one that is what it does since.
    Rule("softmax-of-last-axis", SoftmaxV11(X, axis), Softmax(X, axis), (last_axis(axis, X),)),
    # All that a channel has: the axes from the third on, which are an operand since opset 18.
    *(
        Rule(f"{pool}-as-reduction{since}", of(X), reduced, (least_rank(X, 3),))
        for pool, of, mean in (
            ("global-average-pool", GlobalAveragePool, (ReduceMeanV13, ReduceMean)),
            ("global-max-pool", GlobalMaxPool, (ReduceMaxV13, ReduceMax)),
        )
        for since, reduced in (
            ("", mean[0](X, axes=span(2, rank_of(X)))),
            ("-by-operand", mean[1](X, span(2, rank_of(X)))),
        )
    ),
    Rule(
        "instance-norm-as-layer-norm",
        InstanceNormalization(X, scale, b, epsilon),
        LayerNormalization(
            X,
            Unsqueeze(scale, span(1, rank_of(X) - 1.0)),
            Unsqueeze(b, span(1, rank_of(X) - 1.0)),
            epsilon,
            axis=2,
        ),
        (least_rank(X, 3),),
    ),
    _bias_into("bias-into-layer-norm", LayerNormalization),
    _bias_into("bias-into-rms-layer-norm", RMSLayerNormalization),
)


def group_norm_as_layer_norm(norm: Any, rewriter: Rewriter) -> NoMatch | Rewritten:
    """GroupNormalization normalizes a group of channels: with an axis of groups, the axes from the third on.

    Before version 21 scale and bias have one element a group, since then one a channel.
    """
    x, groups = norm.operands[0], norm.num_groups
    shape = looking.static_shape(x)
    if shape is None or len(shape) < 3 or shape[1] % groups:
        return no_match("the shape is not known, or has no spatial axes")
    if getattr(norm, "stash_type", 1) != 1:
        return no_match("the statistics are in another type")
    spatial = len(shape) - 2
    if norm.SPEC.name == "GroupNormalizationV18":
        axes = int64(*range(1, spatial + 2))
        pair = [looking.value("Unsqueeze", each, axes) for each in list(norm.operands)[1:]]
    else:
        split = concat([int64(groups), int64(groups), int64(*[1] * spatial)])
        sizes = (groups, shape[1] // groups, *[1] * spatial)
        pair = [_reshape(each, split, sizes) for each in list(norm.operands)[1:]]
    inside = concat([int64(shape[0]), int64(groups, -1), int64(*shape[2:])])
    data = _reshape(x, inside, (shape[0], groups, shape[1] // groups, *shape[2:]))
    normal = _layer_norm(data, pair[0], pair[1], norm).results[0]
    return give(rewriter, norm, build("Reshape", normal, int64(*shape)))


def _layer_norm(x: ir.Value, scale: ir.Value, bias: ir.Value, norm: Any) -> Any:
    """LayerNormalization over the axes from the third on, without its further results."""
    none = ir.NoneType.get()
    attributes = {"axis": 2, "epsilon": norm.epsilon}
    return build("LayerNormalization", x, scale, bias, results=[x.type, none, none], **attributes)


def _reshape(data: ir.Value, shape: ir.Value, sizes: tuple[int, ...]) -> ir.Value:
    return looking.value("Reshape", data, shape, results=[typed_like(data, sizes)])


PATTERNS: Mapping[Pattern, str] = {
    group_norm_as_layer_norm: "GroupNormalization GroupNormalizationV18",
}
