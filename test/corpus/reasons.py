# SPDX-License-Identifier: Apache-2.0
"""Why sections of onnx-mlir's tests do not pass: `file:function`, and a few words."""

from __future__ import annotations

from collections.abc import Iterator

_UNRANKED = "ours is better: results of new ops have inferred types, not `tensor<*xf32>`"
_BATCH_NORM = "not done: BatchNormalization behind Conv is folded by `--fold-bn`, exactly; alone it stays an op"
_SEQUENCE = "theirs is wrong where `sequence_lens` are shorter than X"
_EXPONENT = "theirs gives Mul an operand of another type"
_DCR = "theirs is wrong for mode CRD: SpaceToDepth is DCR's inverse"
_HASH = "the same groups; there their numbers follow the order of a hash table"
_CONVS = "not done: Convs side by side made one"
_HALF_PIXEL = "theirs is wrong: the older op rounds down, its decomposition takes centres of pixels"
_PATHS = "taste: errors begin with `error:` as in MLIR, not with `Error:`"
_COMPILER = "the compiler's: ops that the lowering makes"

_BY_FILE: dict[str, dict[str, str]] = {
    "onnx_canonicalization.mlir": {
        "test_gemm_add_fusion_rank3": "theirs is invalid: ONNX's Gemm has rank 2",
        "cast_slice_swap": _UNRANKED,
        "test_reshape_fusion3": "the type of a function's result stays as it is",
        "test_fuse_mul_conv": _UNRANKED,
        "test_fuse_add_conv_bias": _UNRANKED,
        "test_reorder_relu_maxpool": _UNRANKED,
        "test_conv_batchnormtestmode_fusion_nobias": _BATCH_NORM,
        "test_conv_batchnormtestmode_fusion": _BATCH_NORM,
        "test_rewrite_batchnormtestmode_Nd": _BATCH_NORM,
        "test_rewrite_batchnormtestmode_1d": _BATCH_NORM,
        "test_rewrite_batchnormtestmode_1d_f16": _BATCH_NORM,
        "test_resize_empty_tensor_inputs": "equal `onnx.NoValue` ops are one here",
        "test_remove_depth_to_space_space_to_depth": _DCR,
        "test_remove_space_to_depth_depth_to_space": _DCR,
        "test_less": "theirs is wrong: floats that a cast cuts to one integer compare otherwise",
        "test_loop_derive_max_trip_count_non_constant_ub": "theirs is wrong where the bound is below the start",
        **dict.fromkeys(
            (
                f"test_{op}_seq_lens_bs1_in_{where}"
                for op in ("lstm", "gru", "rnn")
                for where in ("X", "seq_lens", "initial_h")
            ),
            _SEQUENCE,
        ),
        **dict.fromkeys((f"pow_convert_size{number}" for number in (1, 2, 3, 4)), _EXPONENT),
    },
    "onnx_constprop.mlir": {
        "test_add_constant_5": "the new constant stands before its user, not first in its block",
        "test_mul_constant_5": "the new constant stands before its user, not first in its block",
        "test_pad_edge": "ours is better: Pad of a constant is computed in every mode",
    },
    "onnx_conv_opt.mlir": {"test_onnx_conv_simple_pattern": _COMPILER},
    "onnx_decompose.mlir": {
        "test_upsample": _HALF_PIXEL,
        "test_upsamplev7": _HALF_PIXEL,
        "test_resizev10": _HALF_PIXEL,
        "test_reducelogsumexp": "theirs is wrong: axes that the operand may leave out are all to ReduceMax, and not to Squeeze",
        "test_splitV11_no_split": "theirs is invalid: a Split with neither sizes nor their number",
    },
    "onnx_decompose_conv.mlir": {
        "test_conv_1x1_with_bias": "ours is better: two Reshapes to a known shape are one",
    },
    "onnx_decompose_convtranspose_output_shape.mlir": {
        "test_convtranspose_output_shape_positive_pads": "theirs is wrong: an odd rest of padding stands in front",
    },
    "onnx_decompose_customop.mlir": {
        "customop_fusedmatmul_onnxruntime_no_transpose": "a factor is a scalar: [1] would give a product of vectors an axis",
    },
    "onnx_dim_analysis.mlir": {
        "test_lstm_input_dims": "taste: `onnx.NoValue` moves to the front of its block as constants do",
        "test_reshape_rank_2": _HASH,
        "test_reshape_mix_dynamic_static_dims_middle": _HASH,
        "test_reshape_mix_dynamic_static_dims_head": _HASH,
        "test_reshape_mix_dynamic_static_dims_tail": _HASH,
    },
    "onnx_hybrid_transform.mlir": {
        "test_inception_v2_6_snippet": "not done: `--onnx-hybrid-transform`",
    },
    "onnx_lowering_call_canonicalize_O3.mlir": {"test_conv_unknown_dimensions": _COMPILER},
    "onnx_recompose_combine_parallel_conv.mlir": dict.fromkeys(
        (
            *("test_conv_concat_simple", "test_conv_concat_complex", "test_conv_concat_fail"),
            *("test_combine_conv_split", "test_conv_concat_dependency"),
            *("test_conv_concat_not_static_shape", "complex_and_bias_none"),
        ),
        _CONVS,
    ),
    "onnx_recompose_locations.mlir": {"test_combine_conv_split": _CONVS},
    "onnx_reify_result_shapes_add.mlir": {
        "test_add_reify_dynamic_batch": _COMPILER,
        "test_add_reify_static": _COMPILER,
    },
    "onnx_replace_op_with_its_operand.mlir": {
        "test_ignore_attention_layer": "not done: `--EmitONNXIR`, which the second RUN line asks for",
    },
    "onnx_shape_inference.mlir": {
        "test_reshape_concat_0": "ours is better: Concat of constants says the shape",
        "test_scan_simple_unranked_main_graph": "ours is careful: what a Scan carries may change its shape",
        "test_resize1": "another order of constants",
        "test_resize_scales_floor": "another order of constants",
    },
    "onnx_shape_inference_einsum.mlir": {
        "test_einsum_qmark1": "ours is better: `ii->i` of tensor<1x?> gives tensor<1>",
    },
    "onnx_shape_inference_error.mlir": {
        "unsupport_maxpool_column_storage": "column-major indices of MaxPool are right in ONNX; onnx-mlir cannot lower them",
        "test_category_mapper_diff_size_attrs": "taste: types are called by ONNX's names in errors",
    },
    "parse/external_data_traversal.json": {"external_data_traversal": _PATHS},
    "parse/external_data_traversal_v2.json": {"external_data_traversal_v2": _PATHS},
    "parse/external_data_traversal_v3.json": {"external_data_traversal_v3": _PATHS},
    "parse/fusedmatmul.onnxtext": {"main_graph": "not done: `--EmitONNXIR`"},
    "parse/layer_normalization_function_decomposition.onnxtext": {
        "main_graph": "theirs makes an `onnx.NoValue` that nobody reads",
    },
    "parse/zipmap.onnxtext": {
        "zipmap": "ours is better: the error names the node and what is wrong"
    },
    "test_conv1x1_decompose.mlir": {
        "main_graph": "not done: `--EmitONNXIR`, and Conv to MatMul where nobody asks for it",
    },
}


def _reasons() -> Iterator[tuple[str, str]]:
    for file, reasons in _BY_FILE.items():
        for name, reason in reasons.items():
            yield f"{file}:{name}", reason


REASONS: dict[str, str] = dict(_reasons())
