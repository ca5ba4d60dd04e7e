// RUN: onnx-opt %s --split-input-file --fold-bn-into-gemm | FileCheck %s

// Nearly every function here has the same batch normalization, with numbers that stay exact:
//   s  = scale / sqrt(var + epsilon) = [4, 3] / sqrt([4, 1] + 0) = [2, 3]
//   B~ = B * s, per column of B': [[1, 2], [3, 4]] * [2, 3] = [[2, 6], [6, 12]]

// C absent counts as 0: C~ = (0 - mean) * s + bias = [-1, -2] * [2, 3] + [5, 7] = [3, 1].
// RULE: fold-bn-into-gemm
func.func @c_absent(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @c_absent
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// C of shape (N): C~ = ([10, 20] - [1, 2]) * [2, 3] + [5, 7] = [23, 61].
func.func @c_n(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @c_n
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// C of shape (): C~ = (10 - [1, 2]) * [2, 3] + [5, 7] = [23, 31]; it needs N elements now.
func.func @c_scalar(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<10.0> : tensor<f32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<f32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @c_scalar
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 3.100000e+01]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// C of shape (1): as (), but not the same type.
func.func @c_1(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0]> : tensor<1xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<1xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @c_1
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 3.100000e+01]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// C of shape (1, 1): C~ has shape (1, N).
func.func @c_1_1(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[[10.0]]> : tensor<1x1xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x1xf32>) -> tensor<2x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// CHECK-LABEL:  func.func @c_1_1
// CHECK-SAME:     ([[A:%.+]]: tensor<2x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<{{\[\[}}2.300000e+01, 3.100000e+01]]> : tensor<1x2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x2xf32>

// -----
// C of shape (1, N).
func.func @c_1_n(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[[10.0, 20.0]]> : tensor<1x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// CHECK-LABEL:  func.func @c_1_n
// CHECK-SAME:     ([[A:%.+]]: tensor<2x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<{{\[\[}}2.300000e+01, 6.100000e+01]]> : tensor<1x2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2xf32>) -> tensor<2x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x2xf32>

// -----
// C of shape (M, 1) becomes (M, N), because the columns differ:
//   row 0: (10 - [1, 2]) * [2, 3] + [5, 7] = [23, 31]
//   row 1: (20 - [1, 2]) * [2, 3] + [5, 7] = [43, 61]
func.func @c_m_1(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// CHECK-LABEL:  func.func @c_m_1
// CHECK-SAME:     ([[A:%.+]]: tensor<2x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<{{\[\[}}2.300000e+01, 3.100000e+01], [4.300000e+01, 6.100000e+01]]> : tensor<2x2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x2xf32>

// -----
// C of shape (M, N):
//   row 0: ([10, 20] - [1, 2]) * [2, 3] + [5, 7] = [23, 61]
//   row 1: ([30, 40] - [1, 2]) * [2, 3] + [5, 7] = [63, 121]
func.func @c_m_n(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[[10.0, 20.0], [30.0, 40.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// CHECK-LABEL:  func.func @c_m_n
// CHECK-SAME:     ([[A:%.+]]: tensor<2x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<{{\[\[}}2.300000e+01, 6.100000e+01], [6.300000e+01, 1.210000e+02]]> : tensor<2x2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x2xf32>

// -----
// alpha scales A'B~, and so stays; C does not see it.
func.func @alpha_passes_through(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) {alpha = 0.5 : f32} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @alpha_passes_through
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 5.000000e-01 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// beta goes into C~ and is 1 afterwards: C~ = (0.5 * [10, 20] - [1, 2]) * [2, 3] + [5, 7] = [13, 31].
func.func @beta_is_absorbed(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) {beta = 0.5 : f32} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @beta_is_absorbed
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[1.300000e+01, 3.100000e+01]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// beta of a C that is absent means nothing; kept, it would scale C~.
func.func @beta_of_absent_c(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) {beta = 0.5 : f32} : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @beta_of_absent_c
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// beta = 0 takes C out: as if it were absent.
func.func @beta_zero(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) {beta = 0.0 : f32} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @beta_zero
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// transA passes through.
func.func @trans_a(%a: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) {transA = 1 : si64} : (tensor<2x3xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  onnx.Return %y : tensor<3x2xf32>
}
// CHECK-LABEL:  func.func @trans_a
// CHECK-SAME:     ([[A:%.+]]: tensor<2x3xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 1 : si64, transB = 0 : si64}> : (tensor<2x3xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<3x2xf32>

// -----
// With transB = 1 a column of B' is a row of B. B is square: nothing but the numbers shows it.
func.func @trans_b(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) {transB = 1 : si64} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @trans_b
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 1 : si64}> : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// All four attributes at once, and no two sizes equal: M = 1, K = 3, N = 2.
func.func @all_attributes(%a: tensor<3x1xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) {alpha = 0.25 : f32, beta = 0.5 : f32, transA = 1 : si64, transB = 1 : si64} : (tensor<3x1xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @all_attributes
// CHECK-SAME:     ([[A:%.+]]: tensor<3x1xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00, 6.000000e+00], [1.200000e+01, 1.500000e+01, 1.800000e+01]]> : tensor<2x3xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[1.300000e+01, 3.100000e+01]> : tensor<2xf32>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 2.500000e-01 : f32, beta = 1.000000e+00 : f32, transA = 1 : si64, transB = 1 : si64}> : (tensor<3x1xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// Results have the type of the Gemm.
func.func @f16(%a: tensor<1x2xf16>) -> tensor<1x2xf16> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf16>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf16>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf16>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf16>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf16>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf16>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf16>, tensor<2x2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
  onnx.Return %y : tensor<1x2xf16>
}
// CHECK-LABEL:  func.func @f16
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf16>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf16>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf16>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf16>, tensor<2x2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf16>

// -----
// 121 has 7 significant bits: exact in bf16.
func.func @bf16(%a: tensor<2x2xbf16>) -> tensor<2x2xbf16> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xbf16>
  %c = onnx.Constant dense<[[10.0, 20.0], [30.0, 40.0]]> : tensor<2x2xbf16>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xbf16>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xbf16>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xbf16>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xbf16>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<2x2xbf16>, tensor<2x2xbf16>, tensor<2x2xbf16>) -> tensor<2x2xbf16>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2xbf16>, tensor<2xbf16>, tensor<2xbf16>, tensor<2xbf16>, tensor<2xbf16>) -> tensor<2x2xbf16>
  onnx.Return %y : tensor<2x2xbf16>
}
// CHECK-LABEL:  func.func @bf16
// CHECK-SAME:     ([[A:%.+]]: tensor<2x2xbf16>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xbf16>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<{{\[\[}}2.300000e+01, 6.100000e+01], [6.300000e+01, 1.210000e+02]]> : tensor<2x2xbf16>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<2x2xbf16>, tensor<2x2xbf16>, tensor<2x2xbf16>) -> tensor<2x2xbf16>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x2xbf16>

// -----
func.func @f64(%a: tensor<1x2xf64>) -> tensor<1x2xf64> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf64>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf64>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf64>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf64>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf64>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf64>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf64>, tensor<2x2xf64>, tensor<2xf64>) -> tensor<1x2xf64>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<1x2xf64>
  onnx.Return %y : tensor<1x2xf64>
}
// CHECK-LABEL:  func.func @f64
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf64>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf64>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf64>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf64>, tensor<2x2xf64>, tensor<2xf64>) -> tensor<1x2xf64>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf64>

// -----
// Parameters of another type than X: C~ has the type of X all the same.
func.func @parameters_of_another_type(%a: tensor<1x2xf16>) -> tensor<1x2xf16> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf16>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf16>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf16>, tensor<2x2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf16>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf16>
  onnx.Return %y : tensor<1x2xf16>
}
// CHECK-LABEL:  func.func @parameters_of_another_type
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf16>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf16>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf16>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<1x2xf16>, tensor<2x2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf16>
