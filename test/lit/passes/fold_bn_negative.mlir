// RUN: onnx-opt %s --split-input-file --fold-bn | FileCheck %s
// RUN: onnx-opt %s --split-input-file --fold-bn --remarks --verify-diagnostics

// One function per promise: the IR stays as it is, and the remark says why.

// Nothing linear beside it.
// CHECK-LABEL:  func.func @bn_alone(
func.func @bn_alone(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Relu"
  %r = "onnx.Relu"(%x) : (tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.Gemm [bn-of-gemm]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%r, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// expected-remark @unknown {{fold-bn: 0 folded, 1 not folded}}

// -----
// Neither before nor behind.
// CHECK-LABEL:  func.func @relu_between(
func.func @relu_between(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  %v = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.Relu"
  %z = "onnx.Relu"(%v) : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.Gemm [bn-of-gemm]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn: 0 folded, 1 not folded}}

// -----
// The reason is of the rule that came furthest.
// CHECK-LABEL:  func.func @another_use(
func.func @another_use(%x: tensor<1x2x4x4xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: the result of the Conv has another use [bn-of-conv]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y, %z : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn: 0 folded, 1 not folded}}

// -----
// W is an argument.
// CHECK-LABEL:  func.func @weights_not_constant(
func.func @weights_not_constant(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: W of the Conv is not a constant [bn-of-conv]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn: 0 folded, 1 not folded}}

// -----
// That a Mul is left is nothing to tell.
// CHECK-LABEL:  func.func @remarks_are_about_batch_normalizations(
func.func @remarks_are_about_batch_normalizations(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %c = onnx.Constant dense<2.0> : tensor<f32>
  // CHECK:        "onnx.Mul"
  %y = "onnx.Mul"(%x, %c) : (tensor<1x2x4xf32>, tensor<f32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// expected-remark @unknown {{fold-bn: 0 folded, 0 not folded}}
