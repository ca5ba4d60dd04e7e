// RUN: onnx-opt %s --split-input-file --fold-bn-forward | FileCheck %s
// RUN: onnx-opt %s --split-input-file --fold-bn-forward --remarks --verify-diagnostics

// One function per promise: the IR stays as it is, and the remark says why.

// It would have to pad with t.
// CHECK-LABEL:  func.func @conv_pads(
func.func @conv_pads(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]], [[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]]]> : tensor<2x2x3x3xf32>
  %e = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of a BatchNormalization [bn-of-bn]}}
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.Conv"
  // expected-remark @+1 {{not folded: the Conv pads X [conv-of-bn]}}
  %y = "onnx.Conv"(%n, %w, %e) {pads = [1, 1, 1, 1]} : (tensor<1x2x4x4xf32>, tensor<2x2x3x3xf32>, none) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn-forward: 0 folded, 2 not folded}}

// -----
// W is an argument.
// CHECK-LABEL:  func.func @weights_not_constant(
func.func @weights_not_constant(%x: tensor<1x2x4x4xf32>, %w: tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> {
  %e = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of a BatchNormalization [bn-of-bn]}}
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.Conv"
  // expected-remark @+1 {{not folded: W of the Conv is not a constant [conv-of-bn]}}
  %y = "onnx.Conv"(%n, %w, %e) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn-forward: 0 folded, 2 not folded}}

// -----
// The other reader needs the normalized value.
// CHECK-LABEL:  func.func @another_use(
func.func @another_use(%x: tensor<5x2xf32>) -> (tensor<5x2xf32>, tensor<5x2xf32>) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of a BatchNormalization [bn-of-bn]}}
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: the result of the BatchNormalization has another use [gemm-of-bn]}}
  %y = "onnx.Gemm"(%n, %b, %c) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  onnx.Return %y, %n : tensor<5x2xf32>, tensor<5x2xf32>
}
// expected-remark @unknown {{fold-bn-forward: 0 folded, 2 not folded}}

// -----
// The channels of A are its rows' number then: what is summed over are the batches.
// CHECK-LABEL:  func.func @transposed_a(
func.func @transposed_a(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of a BatchNormalization [bn-of-bn]}}
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: transA of the Gemm is 1, not 0 [gemm-of-bn]}}
  %y = "onnx.Gemm"(%n, %b, %c) {transA = 1 : si64} : (tensor<2x2xf32>, tensor<2x2xf32>, none) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// expected-remark @unknown {{fold-bn-forward: 0 folded, 2 not folded}}

// -----
// Of rank 3, MatMul sums over axis 2.
// CHECK-LABEL:  func.func @channels_not_summed_over(
func.func @channels_not_summed_over(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of a BatchNormalization [bn-of-bn]}}
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
  // CHECK:        "onnx.MatMul"
  // expected-remark @+1 {{not folded: axis 1 of the BatchNormalization's result is axis 1 where axis -1 counts [matmul-of-bn]}}
  %y = "onnx.MatMul"(%n, %b) : (tensor<1x2x2xf32>, tensor<2x2xf32>) -> tensor<1x2x2xf32>
  onnx.Return %y : tensor<1x2x2xf32>
}
// expected-remark @unknown {{fold-bn-forward: 0 folded, 2 not folded}}

// -----
// Relu(x * s) is not Relu(x) * s where s is negative, and t is lost.
// CHECK-LABEL:  func.func @relu_between(
func.func @relu_between(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of a BatchNormalization [bn-of-bn]}}
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.Relu"
  %r = "onnx.Relu"(%n) : (tensor<5x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: A is not the result of a BatchNormalization [gemm-of-bn]}}
  %y = "onnx.Gemm"(%r, %b, %c) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-bn-forward: 0 folded, 2 not folded}}

// -----
// SAME_UPPER pads, too.
// CHECK-LABEL:  func.func @conv_pads_by_auto_pad(
func.func @conv_pads_by_auto_pad(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]], [[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]]]> : tensor<2x2x3x3xf32>
  %e = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of a BatchNormalization [bn-of-bn]}}
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.Conv"
  // expected-remark @+1 {{not folded: the Conv pads X [conv-of-bn]}}
  %y = "onnx.Conv"(%n, %w, %e) {auto_pad = "SAME_UPPER"} : (tensor<1x2x4x4xf32>, tensor<2x2x3x3xf32>, none) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn-forward: 0 folded, 2 not folded}}
