// RUN: onnx-opt %s --split-input-file --fold-bn-into-conv | FileCheck %s
// RUN: onnx-opt %s --split-input-file --fold-bn-into-conv --remarks --verify-diagnostics

// One function per promise: the IR stays as it is, and the remark says why.

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
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}

// -----
// B is an argument.
// CHECK-LABEL:  func.func @bias_not_constant(
func.func @bias_not_constant(%x: tensor<1x2x4x4xf32>, %b: tensor<2xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  %z = "onnx.Conv"(%x, %w, %b) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the Conv is not a constant [bn-of-conv]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}

// -----
// The other reader needs the unscaled value.
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
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}

// -----
// Relu(z) * s + t is no Relu of anything.
// CHECK-LABEL:  func.func @relu_between(
func.func @relu_between(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  %c = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.Relu"
  %z = "onnx.Relu"(%c) : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.Conv [bn-of-conv]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}

// -----
// Three channels cannot be two.
// CHECK-LABEL:  func.func @statistics_of_another_size(
func.func @statistics_of_another_size(%x: tensor<1x2x4x4xf32>) -> tensor<*xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %bias = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %mean = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %var = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  // CHECK:        "onnx.Conv"
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<*xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale of the BatchNormalization has shape (3,), not (2,) [bn-of-conv]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<*xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}

// -----
// Square images would hide it: axis 1 is the height now.
// CHECK-LABEL:  func.func @channels_moved_away(
func.func @channels_moved_away(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  %c = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x2x2xf32>
  // CHECK:        "onnx.Transpose"
  %z = "onnx.Transpose"(%c) {perm = [0, 2, 3, 1]} : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: axis 1 of the Conv's result is axis 3 where axis 1 counts [bn-of-conv]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  onnx.Return %y : tensor<1x2x2x2xf32>
}
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}

// -----
// Flatten joins channels and places: axis 1 is neither.
// CHECK-LABEL:  func.func @channels_flattened(
func.func @channels_flattened(%x: tensor<1x2x1x2xf32>) -> tensor<1x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[1.0, 1.0, 1.0, 1.0]> : tensor<4xf32>
  %bias = onnx.Constant dense<[1.0, 1.0, 1.0, 1.0]> : tensor<4xf32>
  %mean = onnx.Constant dense<[1.0, 1.0, 1.0, 1.0]> : tensor<4xf32>
  %var = onnx.Constant dense<[1.0, 1.0, 1.0, 1.0]> : tensor<4xf32>
  // CHECK:        "onnx.Conv"
  %c = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x1x2xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x1x2xf32>
  // CHECK:        "onnx.Flatten"
  %z = "onnx.Flatten"(%c) {axis = 1 : si64} : (tensor<1x2x1x2xf32>) -> tensor<1x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: the Flatten does not keep axis 1 of the Conv's result [bn-of-conv]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  onnx.Return %y : tensor<1x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}

// -----
// Statistics are those of the batch.
// CHECK-LABEL:  func.func @training_mode(
func.func @training_mode(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.BatchNormalization"
  // expected-remark @+1 {{not folded: the BatchNormalization is in training mode [bn-of-conv]}}
  %y, %m, %v = "onnx.BatchNormalization"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32, training_mode = 1 : si64} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>)
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}

// -----
// sqrt([-4, 1]) is no number.
// CHECK-LABEL:  func.func @variance_negative(
func.func @variance_negative(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[-4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale / sqrt(var + epsilon) is not finite [bn-of-conv]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// expected-remark @unknown {{fold-bn-into-conv: 0 folded, 1 not folded}}
