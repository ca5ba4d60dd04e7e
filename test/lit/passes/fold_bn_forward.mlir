// RUN: onnx-opt %s --split-input-file --fold-bn-forward | FileCheck %s

// Nearly every function here has the same batch normalization, with numbers that stay exact:
//   s = scale / sqrt(var + epsilon) = [4, 3] / sqrt([4, 1] + 0) = [2, 3]
//   t = bias - mean * s = [5, 7] - [1, 2] * [2, 3] = [3, 1], so that Y = Z * s + t

// gemm-of-bn. B~ = B * s by rows: [[1, 2] * 2, [3, 4] * 3] = [[2, 4], [9, 12]].
// C~ = alpha * t B + beta * C = 0.5 * [3 + 3, 6 + 4] + 2 * [10, 20] = [23, 45]; alpha stays, beta is absorbed.
// RULE: gemm-of-bn
func.func @gemm_of_bn(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Gemm"(%n, %b, %c) {alpha = 0.5 : f32, beta = 2.0 : f32} : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_of_bn(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 4.500000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 5.000000e-01 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// With transB the columns are scaled, [[1, 2], [3, 4]] * [2, 3] = [[2, 6], [6, 12]]; no C is 0: t B' = [3 + 2, 9 + 4] = [5, 13].
func.func @gemm_transposed(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Gemm"(%n, %b, %c) {transB = 1 : si64} : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_transposed(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[5.000000e+00, 1.300000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 1 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// matmul-of-bn. t B = [3 + 3, 6 + 4] = [6, 10] is added.
// RULE: matmul-of-bn
func.func @matmul_of_bn(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.MatMul"(%n, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @matmul_of_bn(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[X]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[6.000000e+00, 1.000000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[M]], [[C]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// conv-of-bn. W~[o, i] = W[o, i] * s[i]; B~ = W t + B = [3 + 2, 9 + 4] + [10, 20] = [15, 33].
// RULE: conv-of-bn
func.func @conv_of_bn(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %y = "onnx.Conv"(%n, %w, %b) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @conv_of_bn(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}6.000000e+00]]], {{\[\[\[}}6.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[1.500000e+01, 3.300000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// Of two groups each sees its own channel: W~ = [[1, 2] * 2, [3, 4] * 3], B~ = [(1 + 2) * 3, (3 + 4) * 1] = [9, 7].
func.func @depthwise_of_bn(%x: tensor<1x2x4xf32>) -> tensor<1x2x3xf32> {
  %w = onnx.Constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf32>
  %e = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Conv"(%n, %w, %e) {group = 2 : si64} : (tensor<1x2x4xf32>, tensor<2x1x2xf32>, none) -> tensor<1x2x3xf32>
  onnx.Return %y : tensor<1x2x3xf32>
}
// CHECK-LABEL:  func.func @depthwise_of_bn(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}2.000000e+00, 4.000000e+00]], {{\[\[}}9.000000e+00, 1.200000e+01]]]> : tensor<2x1x2xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[9.000000e+00, 7.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 2 : si64}> : (tensor<1x2x4xf32>, tensor<2x1x2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x3xf32>

// -----
// bn-of-bn. The outer s' = [6, 10] / sqrt([9, 4]) = [2, 5] and its mean' = [1, 2], bias' = [1, 1]:
// scale~ = [4, 3] * [2, 5] = [8, 15], bias~ = ([5, 7] - [1, 2]) * [2, 5] + 1 = [9, 26]; mean and var stay.
// RULE: bn-of-bn
func.func @bn_of_bn(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %oscale = onnx.Constant dense<[6.0, 10.0]> : tensor<2xf32>
  %obias = onnx.Constant dense<[1.0, 1.0]> : tensor<2xf32>
  %omean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %ovar = onnx.Constant dense<[9.0, 4.0]> : tensor<2xf32>
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%n, %oscale, %obias, %omean, %ovar) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @bn_of_bn(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-NEXT:     [[MEAN:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[VAR:%.+]] = onnx.Constant dense<[4.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[SCALE:%.+]] = onnx.Constant dense<[8.000000e+00, 1.500000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[BIAS:%.+]] = onnx.Constant dense<[9.000000e+00, 2.600000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.BatchNormalizationInferenceMode"([[X]], [[SCALE]], [[BIAS]], [[MEAN]], [[VAR]]) <{epsilon = 0.000000e+00 : f32, momentum = 0.899999976 : f32}> : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// A Flatten that keeps axis 1 moves X instead.
func.func @gemm_behind_flatten(%x: tensor<5x2x1xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %n = "onnx.BatchNormalizationInferenceMode"(%x, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2x1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2x1xf32>
  %v = "onnx.Flatten"(%n) {axis = 1 : si64} : (tensor<5x2x1xf32>) -> tensor<5x2xf32>
  %y = "onnx.Gemm"(%v, %b, %c) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_behind_flatten(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2x1xf32>)
// CHECK-NEXT:     [[V:%.+]] = "onnx.Flatten"([[X]]) <{axis = 1 : si64}> : (tensor<5x2x1xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[6.000000e+00, 1.000000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[V]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>
