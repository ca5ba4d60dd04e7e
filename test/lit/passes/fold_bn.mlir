// RUN: onnx-opt %s --split-input-file --fold-bn | FileCheck %s

// Nearly every function here has the same batch normalization, with numbers that stay exact:
//   s = scale / sqrt(var + epsilon) = [4, 3] / sqrt([4, 1] + 0) = [2, 3]
//   t = bias - mean * s = [5, 7] - [1, 2] * [2, 3] = [3, 1], so that Y = Z * s + t

// bn-of-gemm. B~ = [[1, 2], [3, 4]] * [2, 3] = [[2, 6], [6, 12]].
// RULE: bn-of-gemm
func.func @gemm(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %c) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// Unlike --fold-bn-into-gemm it looks through ops that only move, and moves them behind.
func.func @gemm_behind_identity(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %g = "onnx.Gemm"(%x, %b, %c) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  %z = "onnx.Identity"(%g) : (tensor<5x2xf32>) -> tensor<5x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_behind_identity(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[G:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Identity"([[G]]) : (tensor<5x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// To a fixed point: the Add of [10, 20] goes into the Conv as its bias, then the normalization: ([10, 20] - [1, 2]) * [2, 3] + [5, 7] = [23, 61].
// RULE: add-of-conv
// RULE: bn-of-conv
func.func @conv_add_bn(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %c = onnx.Constant dense<[[[10.0]], [[20.0]]]> : tensor<2x1x1xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %v = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %z = "onnx.Add"(%v, %c) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @conv_add_bn(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// As Keras writes it: MatMul, Add, Mul, Add. ([10, 20] * [2, 3]) + [3, 1] = [23, 61].
// RULE: add-of-matmul-add
// RULE: mul-of-matmul-add
func.func @keras(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %s = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %t = onnx.Constant dense<[3.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%x, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Add"(%m, %c) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %v = "onnx.Mul"(%z, %s) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Add"(%v, %t) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @keras(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[X]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[M]], [[C]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>
