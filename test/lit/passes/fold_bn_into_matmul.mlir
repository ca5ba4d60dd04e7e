// RUN: onnx-opt %s --split-input-file --fold-bn-into-matmul | FileCheck %s

// Nearly every function here has the same batch normalization, with numbers that stay exact:
//   s = scale / sqrt(var + epsilon) = [4, 3] / sqrt([4, 1] + 0) = [2, 3]
//   t = bias - mean * s = [5, 7] - [1, 2] * [2, 3] = [3, 1], so that Y = Z * s + t

// bn-of-matmul. B~ = B * s = [[1, 2], [3, 4]] * [2, 3] = [[2, 6], [6, 12]]; an Add of t takes the normalization's place.
// RULE: bn-of-matmul
func.func @matmul(%a: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @matmul(
// CHECK-SAME:     [[A:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[T:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[T]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// bn-of-matmul-add. C~ = (C - mean) * s + bias = ([10, 20] - [1, 2]) * [2, 3] + [5, 7] = [23, 61].
// RULE: bn-of-matmul-add
func.func @matmul_add(%a: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Add"(%m, %c) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @matmul_add(
// CHECK-SAME:     [[A:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[M]], [[C]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// The same with the constant first; a scalar grows: (10 - [1, 2]) * [2, 3] + [5, 7] = [23, 31].
func.func @add_matmul(%a: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<10.0> : tensor<f32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Add"(%c, %m) : (tensor<f32>, tensor<5x2xf32>) -> tensor<5x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @add_matmul(
// CHECK-SAME:     [[A:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 3.100000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[M]], [[C]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// An addend per row needs a number per element: C~ = ([[10], [20]] - [1, 2]) * [2, 3] + [5, 7].
func.func @addend_per_row(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%a, %b) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %z = "onnx.Add"(%m, %c) : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// CHECK-LABEL:  func.func @addend_per_row(
// CHECK-SAME:     [[A:%.+]]: tensor<2x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<{{\[\[}}2.300000e+01, 3.100000e+01], [4.300000e+01, 6.100000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[M]], [[C]]) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x2xf32>

// -----
// Of rank 3 the columns become axis 1 under a Transpose, which stays, behind the Add.
func.func @behind_transpose(%a: tensor<1x5x2xf32>) -> tensor<1x2x5xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%a, %b) : (tensor<1x5x2xf32>, tensor<2x2xf32>) -> tensor<1x5x2xf32>
  %z = "onnx.Transpose"(%m) {perm = [0, 2, 1]} : (tensor<1x5x2xf32>) -> tensor<1x2x5xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x5xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x5xf32>
  onnx.Return %y : tensor<1x2x5xf32>
}
// CHECK-LABEL:  func.func @behind_transpose(
// CHECK-SAME:     [[A:%.+]]: tensor<1x5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<1x5x2xf32>, tensor<2x2xf32>) -> tensor<1x5x2xf32>
// CHECK-NEXT:     [[T:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.Add"([[M]], [[T]]) : (tensor<1x5x2xf32>, tensor<2xf32>) -> tensor<1x5x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Transpose"([[Z]]) <{perm = [0, 2, 1]}> : (tensor<1x5x2xf32>) -> tensor<1x2x5xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x5xf32>

// -----
// Identity changes nothing, and an axis behind the last one leaves axis 1 where it is.
func.func @behind_identity_and_unsqueeze(%a: tensor<5x2xf32>) -> tensor<5x2x1xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %axes = onnx.Constant dense<[2]> : tensor<1xi64>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %i = "onnx.Identity"(%m) : (tensor<5x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Unsqueeze"(%i, %axes) : (tensor<5x2xf32>, tensor<1xi64>) -> tensor<5x2x1xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2x1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2x1xf32>
  onnx.Return %y : tensor<5x2x1xf32>
}
// CHECK-LABEL:  func.func @behind_identity_and_unsqueeze(
// CHECK-SAME:     [[A:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[AXES:%.+]] = onnx.Constant dense<2> : tensor<1xi64>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[T:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.Add"([[M]], [[T]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[I:%.+]] = "onnx.Identity"([[Z]]) : (tensor<5x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Unsqueeze"([[I]], [[AXES]]) : (tensor<5x2xf32>, tensor<1xi64>) -> tensor<5x2x1xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2x1xf32>

// -----
// B is the transpose of a constant: B~ = [[1, 3], [2, 4]] * [2, 3] = [[2, 9], [4, 12]].
func.func @weights_behind_transpose(%a: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %bt = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %b = "onnx.Transpose"(%bt) {perm = [1, 0]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %z = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @weights_behind_transpose(
// CHECK-SAME:     [[A:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 9.000000e+00], [4.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[T:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[T]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// bn-of-matmul-left. The rows of a constant on the left are the channels: W~ = [[1, 2], [3, 4]] * [[2], [3]], and t becomes a column.
// RULE: bn-of-matmul-left
func.func @left(%x: tensor<1x2x5xf32>) -> tensor<1x2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<1x2x5xf32>) -> tensor<1x2x5xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x5xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x5xf32>
  onnx.Return %y : tensor<1x2x5xf32>
}
// CHECK-LABEL:  func.func @left(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x5xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.MatMul"([[W]], [[X]]) : (tensor<2x2xf32>, tensor<1x2x5xf32>) -> tensor<1x2x5xf32>
// CHECK-NEXT:     [[T:%.+]] = onnx.Constant dense<{{\[\[}}3.000000e+00], [1.000000e+00]]> : tensor<2x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[T]]) : (tensor<1x2x5xf32>, tensor<2x1xf32>) -> tensor<1x2x5xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x5xf32>

// -----
// bn-of-matmul-left-add. C~ = ([[10], [20]] - [[1], [2]]) * [[2], [3]] + [[5], [7]] = [[23], [61]].
// RULE: bn-of-matmul-left-add
func.func @left_add(%x: tensor<1x2x5xf32>) -> tensor<1x2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<1x2x5xf32>) -> tensor<1x2x5xf32>
  %z = "onnx.Add"(%m, %c) : (tensor<1x2x5xf32>, tensor<2x1xf32>) -> tensor<1x2x5xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x5xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x5xf32>
  onnx.Return %y : tensor<1x2x5xf32>
}
// CHECK-LABEL:  func.func @left_add(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x5xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[W]], [[X]]) : (tensor<2x2xf32>, tensor<1x2x5xf32>) -> tensor<1x2x5xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<{{\[\[}}2.300000e+01], [6.100000e+01]]> : tensor<2x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[M]], [[C]]) : (tensor<1x2x5xf32>, tensor<2x1xf32>) -> tensor<1x2x5xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x5xf32>

// -----
// Dropout of a model that runs is Identity, unless somebody reads its mask.
func.func @behind_dropout(%a: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %e = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z, %mask = "onnx.Dropout"(%m, %e, %e) : (tensor<5x2xf32>, none, none) -> (tensor<5x2xf32>, tensor<5x2xi1>)
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @behind_dropout(
// CHECK-SAME:     [[A:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[E:%.+]] = "onnx.NoValue"() <{value}> : () -> none
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[T:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.Add"([[M]], [[T]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     %output, %mask = "onnx.Dropout"([[Z]], [[E]], [[E]])
// CHECK-NEXT:     onnx.Return %output : tensor<5x2xf32>

// -----
// Columns stay axis 1 where a Reshape only adds axes behind them.
func.func @behind_reshape(%a: tensor<5x2xf32>) -> tensor<5x2x1xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %shape = onnx.Constant dense<[5, 2, 1]> : tensor<3xi64>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%a, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Reshape"(%m, %shape) : (tensor<5x2xf32>, tensor<3xi64>) -> tensor<5x2x1xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2x1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2x1xf32>
  onnx.Return %y : tensor<5x2x1xf32>
}
// CHECK-LABEL:  func.func @behind_reshape(
// CHECK-SAME:     [[A:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[SHAPE:%.+]] = onnx.Constant dense<[5, 2, 1]> : tensor<3xi64>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[A]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[T:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.Add"([[M]], [[T]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Reshape"([[Z]], [[SHAPE]]) <{allowzero = 0 : si64}> : (tensor<5x2xf32>, tensor<3xi64>) -> tensor<5x2x1xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2x1xf32>
