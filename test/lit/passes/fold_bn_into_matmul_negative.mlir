// RUN: onnx-opt %s --split-input-file --fold-bn-into-matmul | FileCheck %s
// RUN: onnx-opt %s --split-input-file --fold-bn-into-matmul --remarks --verify-diagnostics

// One function per promise: the IR stays as it is, and the remark says why.

// Columns are the last axis, whatever the rank; that all sizes are 2 would hide a mistake.
// CHECK-LABEL:  func.func @columns_are_not_axis_1(
func.func @columns_are_not_axis_1(%a: tensor<2x2x2x2xf32>) -> tensor<2x2x2x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%a, %b) : (tensor<2x2x2x2xf32>, tensor<2x2xf32>) -> tensor<2x2x2x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: axis -1 of the MatMul's result is axis 3 where axis 1 counts [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x2x2xf32>
  onnx.Return %y : tensor<2x2x2x2xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// B is an argument.
// CHECK-LABEL:  func.func @weights_not_constant(
func.func @weights_not_constant(%a: tensor<5x2xf32>, %b: tensor<2x2xf32>) -> tensor<5x2xf32> {
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the MatMul is not a constant [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// The product is needed as it is.
// CHECK-LABEL:  func.func @another_use(
func.func @another_use(%a: tensor<5x2xf32>) -> (tensor<5x2xf32>, tensor<5x2xf32>) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: the result of the MatMul has another use [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y, %z : tensor<5x2xf32>, tensor<5x2xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// Nobody knows whether the last axis is axis 1.
// CHECK-LABEL:  func.func @rank_unknown(
func.func @rank_unknown(%a: tensor<*xf32>) -> tensor<*xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%a, %b) : (tensor<*xf32>, tensor<2x2xf32>) -> tensor<*xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: the rank of the MatMul's result is not known [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<*xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// A matrix for each of the batch.
// CHECK-LABEL:  func.func @batch_of_weights(
func.func @batch_of_weights(%a: tensor<5x2xf32>) -> tensor<1x2x5xf32> {
  %b = onnx.Constant dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<1x2x2xf32>) -> tensor<1x5x2xf32>
  // CHECK:        "onnx.Transpose"
  %v = "onnx.Transpose"(%z) {perm = [0, 2, 1]} : (tensor<1x5x2xf32>) -> tensor<1x2x5xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the MatMul has shape (1, 2, 2), not rank 2 [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%v, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x5xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x5xf32>
  onnx.Return %y : tensor<1x2x5xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// Of the Add between the two.
// CHECK-LABEL:  func.func @addend_not_constant(
func.func @addend_not_constant(%a: tensor<5x2xf32>, %c: tensor<2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %m = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.Add"
  %z = "onnx.Add"(%m, %c) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: C of the Add is not a constant [bn-of-matmul-add]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// Relu(z) * s + t is no Relu of anything.
// CHECK-LABEL:  func.func @relu_between(
func.func @relu_between(%a: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %m = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.Relu"
  %z = "onnx.Relu"(%m) : (tensor<5x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.MatMul [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// Three channels cannot be two columns.
// CHECK-LABEL:  func.func @statistics_of_another_size(
func.func @statistics_of_another_size(%a: tensor<*xf32>) -> tensor<*xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %bias = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %mean = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  %var = onnx.Constant dense<[1.0, 1.0, 1.0]> : tensor<3xf32>
  // CHECK:        "onnx.MatMul"
  %m = "onnx.MatMul"(%a, %b) : (tensor<*xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.Identity"
  %z = "onnx.Identity"(%m) : (tensor<5x2xf32>) -> tensor<*xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale of the BatchNormalization has shape (3,), not (2,) [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<*xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// [4, 3] / sqrt([0, 1]) is not finite.
// CHECK-LABEL:  func.func @variance_zero(
func.func @variance_zero(%a: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[0.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale / sqrt(var + epsilon) is not finite [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// The product of a vector has no rows: axis 1 of the sum is an axis that C makes, though all sizes are 2.
// CHECK-LABEL:  func.func @left_vector(
func.func @left_vector(%x: tensor<2xf32>) -> tensor<1x2x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[[[1.0, 2.0], [4.0, 5.0]]]> : tensor<1x2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %z = "onnx.Add"(%m, %c) : (tensor<2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B has rank 1, less than 2 [bn-of-matmul-left-add]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
  onnx.Return %y : tensor<1x2x2xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// The columns of B are axis 2; of the two rules the one speaks whose constant is there.
// CHECK-LABEL:  func.func @columns_are_axis_2(
func.func @columns_are_axis_2(%x: tensor<2x3x3xf32>) -> tensor<2x3x3xf32> {
  %w = onnx.Constant dense<1.0> : tensor<3x3xf32>
  %s = onnx.Constant dense<1.0> : tensor<3xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%x, %w) : (tensor<2x3x3xf32>, tensor<3x3xf32>) -> tensor<2x3x3xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: axis -1 of the MatMul's result is axis 2 where axis 1 counts [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %s, %s, %s, %s) : (tensor<2x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x3xf32>
  onnx.Return %y : tensor<2x3x3xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// The rows of A are axis 0.
// CHECK-LABEL:  func.func @rows_are_axis_0(
func.func @rows_are_axis_0(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %w = onnx.Constant dense<1.0> : tensor<3x3xf32>
  %s = onnx.Constant dense<1.0> : tensor<3xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%w, %x) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: axis -2 of the MatMul's result is axis 0 where axis 1 counts [bn-of-matmul-left]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %s, %s, %s, %s) : (tensor<3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<3x3xf32>
  onnx.Return %y : tensor<3x3xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}

// -----
// Neither is constant: the first rule speaks.
// CHECK-LABEL:  func.func @neither_is_constant(
func.func @neither_is_constant(%x: tensor<2x3x3xf32>, %w: tensor<3x3xf32>) -> tensor<2x3x3xf32> {
  %s = onnx.Constant dense<1.0> : tensor<3xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%x, %w) : (tensor<2x3x3xf32>, tensor<3x3xf32>) -> tensor<2x3x3xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the MatMul is not a constant [bn-of-matmul]}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %s, %s, %s, %s) : (tensor<2x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x3xf32>
  onnx.Return %y : tensor<2x3x3xf32>
}
// expected-remark @unknown {{fold-bn-into-matmul: 0 folded, 1 not folded}}
