# SPDX-License-Identifier: Apache-2.0
"""Why sections of onnx-mlir's tests do not pass: `file:function`, and a few words."""

from __future__ import annotations

REASONS: dict[str, str] = {
    "onnx_shape_inference.mlir:test_reshape_concat_0": "we know more: Concat of constants says the shape",
    "onnx_shape_inference.mlir:test_scan_simple_unranked_main_graph": "ours is careful: what a Scan carries may change its shape",
    "onnx_shape_inference.mlir:test_resize1": "another order of constants",
    "onnx_shape_inference.mlir:test_resize_scales_floor": "another order of constants",
    "onnx_shape_inference_einsum.mlir:test_einsum_qmark1": "we know more: `ii->i` of tensor<1x?> gives tensor<1>",
    "onnx_shape_inference_error.mlir:unsupport_maxpool_column_storage": "column-major indices of MaxPool are right; onnx-mlir cannot lower them",
    "onnx_shape_inference_error.mlir:test_category_mapper_diff_size_attrs": "types are called by ONNX's names in errors",
}
