// RUN: onnx-opt %s --split-input-file --fold-bn-into-conv-transpose | FileCheck %s
// RUN: onnx-opt %s --split-input-file --fold-bn-into-conv-transpose --remarks --verify-diagnostics

// One function per promise: the IR stays as it is, and the remark says why.

// W is an argument.
// CHECK-LABEL:  func.func @weights_not_constant(
func.func @weights_not_constant(%x: tensor<1x2x4xf32>, %w: tensor<2x2x1xf32>) -> tensor<1x2x4xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.ConvTranspose"
  %z = "onnx.ConvTranspose"(%x, %w, %n) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<1x2x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: W of the ConvTranspose is not a constant [bn-of-conv-transpose]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv-transpose: 0 folded, 1 not folded}}

// -----
// B is an argument.
// CHECK-LABEL:  func.func @bias_not_constant(
func.func @bias_not_constant(%x: tensor<1x2x4xf32>, %b: tensor<2xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.ConvTranspose"
  %z = "onnx.ConvTranspose"(%x, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the ConvTranspose is not a constant [bn-of-conv-transpose]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv-transpose: 0 folded, 1 not folded}}

// -----
// The other reader needs the unscaled value.
// CHECK-LABEL:  func.func @another_use(
func.func @another_use(%x: tensor<1x2x4xf32>) -> (tensor<1x2x4xf32>, tensor<1x2x4xf32>) {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.ConvTranspose"
  %z = "onnx.ConvTranspose"(%x, %w, %n) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<1x2x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: the result of the ConvTranspose has another use [bn-of-conv-transpose]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y, %z : tensor<1x2x4xf32>, tensor<1x2x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv-transpose: 0 folded, 1 not folded}}

// -----
// Relu(z) * s + t is no Relu of anything.
// CHECK-LABEL:  func.func @relu_between(
func.func @relu_between(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.ConvTranspose"
  %c = "onnx.ConvTranspose"(%x, %w, %n) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<1x2x4xf32>
  // CHECK:        "onnx.Relu"
  %z = "onnx.Relu"(%c) : (tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.ConvTranspose [bn-of-conv-transpose]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv-transpose: 0 folded, 1 not folded}}

// -----
// A caller gives the scale.
// CHECK-LABEL:  func.func @statistics_not_constant(
func.func @statistics_not_constant(%x: tensor<1x2x4xf32>, %scale: tensor<2xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.ConvTranspose"
  %z = "onnx.ConvTranspose"(%x, %w, %n) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<1x2x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale of the BatchNormalization is not a constant [bn-of-conv-transpose]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv-transpose: 0 folded, 1 not folded}}

// -----
// Three channels cannot be two.
// CHECK-LABEL:  func.func @statistics_of_another_size(
func.func @statistics_of_another_size(%x: tensor<1x2x4xf32>) -> tensor<*xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %bias = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %mean = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %var = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  // CHECK:        "onnx.ConvTranspose"
  %z = "onnx.ConvTranspose"(%x, %w, %n) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<*xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale of the BatchNormalization has shape (3,), not (1, 2) [bn-of-conv-transpose]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<*xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{fold-bn-into-conv-transpose: 0 folded, 1 not folded}}
