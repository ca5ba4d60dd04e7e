// RUN: onnx-opt %s --split-input-file --fold-scale-axis | FileCheck %s

// c = [2, 3] wherever nothing else is said, and B = [[1, 2], [3, 4]].

// B~ = [[1, 2], [3, 4]] * [2, 3], C~ = 2 * [10, 20] * [2, 3] = [40, 120]; beta is absorbed.
// RULE: mul-of-gemm
func.func @mul_of_gemm(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %c) {beta = 2.0 : f32} : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Mul"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @mul_of_gemm(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[4.000000e+01, 1.200000e+02]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// The same with the constant first.
func.func @mul_of_gemm_constant_first(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %c) {beta = 2.0 : f32} : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Mul"(%k, %z) : (tensor<2xf32>, tensor<5x2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @mul_of_gemm_constant_first(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[4.000000e+01, 1.200000e+02]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// C~ = 2 * [10, 20] + [2, 3] = [22, 43].
// RULE: add-of-gemm
func.func @add_of_gemm(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %c) {beta = 2.0 : f32} : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Add"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @add_of_gemm(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.200000e+01, 4.300000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// C~ = 2 * [10, 20] - [2, 3] = [18, 37].
// RULE: sub-of-gemm
func.func @sub_of_gemm(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %c) {beta = 2.0 : f32} : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Sub"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @sub_of_gemm(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[1.800000e+01, 3.700000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// c - z: B~ = -B, C~ = [2, 3] - 2 * [10, 20] = [-18, -37].
// RULE: sub-from-of-gemm
func.func @sub_from_of_gemm(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %c) {beta = 2.0 : f32} : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Sub"(%k, %z) : (tensor<2xf32>, tensor<5x2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @sub_from_of_gemm(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}-1.000000e+00, -2.000000e+00], [-3.000000e+00, -4.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[-1.800000e+01, -3.700000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// By a scalar: B~ = B / 4, C~ = [10, 20] / 4 = [2.5, 5].
// RULE: div-of-gemm
func.func @div_of_gemm(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<4.0> : tensor<f32>
  %z = "onnx.Gemm"(%x, %b, %c) : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Div"(%z, %k) : (tensor<5x2xf32>, tensor<f32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @div_of_gemm(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.500000e-01, 5.000000e-01], [7.500000e-01, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.500000e+00, 5.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// Along axis 1, as (2, 1, 1): W~[o] = W[o] * c[o], B~ = [10, 20] * [2, 3] = [20, 60].
// RULE: mul-of-conv
func.func @mul_of_conv(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  %z = "onnx.Conv"(%x, %w, %b) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %y = "onnx.Mul"(%z, %k) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @mul_of_conv(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[2.000000e+01, 6.000000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// An Add becomes the bias of a Conv that has none.
// RULE: add-of-conv
func.func @add_of_conv(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[[[[2.0]], [[3.0]]]]> : tensor<1x2x1x1xf32>
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %y = "onnx.Add"(%z, %k) : (tensor<1x2x4x4xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @add_of_conv(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}2.000000e+00]]], {{\[\[\[}}3.000000e+00]], {{\[\[}}4.000000e+00]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[2.000000e+00, 3.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// Two groups: c as (G, O) is [[2, 3], [4, 5]]; B~ = 1 * c.
// RULE: mul-of-conv-transpose
func.func @mul_of_conv_transpose(%x: tensor<1x2x4xf32>) -> tensor<1x4x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[1.0, 1.0, 1.0, 1.0]> : tensor<4xf32>
  %k = onnx.Constant dense<[[2.0], [3.0], [4.0], [5.0]]> : tensor<4x1xf32>
  %z = "onnx.ConvTranspose"(%x, %w, %b) {group = 2 : si64} : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<4xf32>) -> tensor<1x4x4xf32>
  %y = "onnx.Mul"(%z, %k) : (tensor<1x4x4xf32>, tensor<4x1xf32>) -> tensor<1x4x4xf32>
  onnx.Return %y : tensor<1x4x4xf32>
}
// CHECK-LABEL:  func.func @mul_of_conv_transpose(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}2.000000e+00], [6.000000e+00]], {{\[\[}}1.200000e+01], [2.000000e+01]]]> : tensor<2x2x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<4xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 2 : si64}> : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<4xf32>) -> tensor<1x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x4x4xf32>

// -----
// Columns, of any rank: nothing is added, so no Add is needed.
// RULE: mul-of-matmul
func.func @mul_of_matmul(%x: tensor<1x5x2xf32>) -> tensor<1x5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %z = "onnx.MatMul"(%x, %b) : (tensor<1x5x2xf32>, tensor<2x2xf32>) -> tensor<1x5x2xf32>
  %y = "onnx.Mul"(%z, %k) : (tensor<1x5x2xf32>, tensor<2xf32>) -> tensor<1x5x2xf32>
  onnx.Return %y : tensor<1x5x2xf32>
}
// CHECK-LABEL:  func.func @mul_of_matmul(
// CHECK-SAME:     [[X:%.+]]: tensor<1x5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.MatMul"([[X]], [[B]]) : (tensor<1x5x2xf32>, tensor<2x2xf32>) -> tensor<1x5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x5x2xf32>

// -----
// Rows of a constant on the left: W~ = [[1, 2], [3, 4]] * [[2], [3]].
// RULE: mul-of-matmul-left
func.func @mul_of_matmul_left(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  %z = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %y = "onnx.Mul"(%z, %k) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @mul_of_matmul_left(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.MatMul"([[W]], [[X]]) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// Both are scaled: [10, 20] * [2, 3] = [20, 60].
// RULE: mul-of-matmul-add
func.func @mul_of_matmul_add(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%x, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Add"(%m, %c) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Mul"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @mul_of_matmul_add(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[M:%.+]] = "onnx.MatMul"([[X]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.000000e+01, 6.000000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[M]], [[C]]) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// Before a Gemm c scales rows: [[1, 2] * 2, [3, 4] * 3].
// RULE: gemm-of-mul
func.func @gemm_of_mul(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %v = "onnx.Mul"(%x, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Gemm"(%v, %b, %c) : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_of_mul(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[1.000000e+01, 2.000000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// C~ = c B + C = [2 + 9, 4 + 12] + [10, 20] = [21, 36].
// RULE: gemm-of-add
func.func @gemm_of_add(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %v = "onnx.Add"(%x, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Gemm"(%v, %b, %c) : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_of_add(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.100000e+01, 3.600000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// A Mul may stand before a Conv that pads: 0 * c = 0. W~[o, i] = W[o, i] * c[i].
// RULE: conv-of-mul
func.func @conv_of_mul(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x6x6xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  %v = "onnx.Mul"(%x, %k) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = "onnx.Conv"(%v, %w, %b) {pads = [1, 1, 1, 1]} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x6x6xf32>
  onnx.Return %y : tensor<1x2x6x6xf32>
}
// CHECK-LABEL:  func.func @conv_of_mul(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[1.000000e+01, 2.000000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}6.000000e+00]]], {{\[\[\[}}6.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64, pads = [1, 1, 1, 1]}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x6x6xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x6x6xf32>

// -----
// An image's mean before a Conv that does not pad: B~ = [10, 20] - W c = [10 - 2 - 6, 20 - 6 - 12] = [2, 2].
// RULE: conv-of-sub
func.func @conv_of_sub(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  %v = "onnx.Sub"(%x, %k) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %y = "onnx.Conv"(%v, %w, %b) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @conv_of_sub(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}2.000000e+00]]], {{\[\[\[}}3.000000e+00]], {{\[\[}}4.000000e+00]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<2.000000e+00> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// By a scalar: B~ = [[1, 2], [3, 4]] / 2.
// RULE: matmul-of-div
func.func @matmul_of_div(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<2.0> : tensor<f32>
  %v = "onnx.Div"(%x, %k) : (tensor<5x2xf32>, tensor<f32>) -> tensor<5x2xf32>
  %y = "onnx.MatMul"(%v, %b) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @matmul_of_div(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}5.000000e-01, 1.000000e+00], [1.500000e+00, 2.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.MatMul"([[X]], [[B]]) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// Before the right operand, by its rows: W~ = [[1, 2], [3, 4]] * [2, 3].
// RULE: matmul-left-of-mul
func.func @matmul_left_of_mul(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  %v = "onnx.Mul"(%x, %k) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  %y = "onnx.MatMul"(%w, %v) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @matmul_left_of_mul(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.MatMul"([[W]], [[X]]) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// Input channels are axis 0 of W: [[1, 2] * 2, [3, 4] * 3]; a bias stays.
// RULE: conv-transpose-biased-of-mul
func.func @conv_transpose_of_mul(%x: tensor<1x2x4xf32>, %b: tensor<2xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %k = onnx.Constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  %v = "onnx.Mul"(%x, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.ConvTranspose"(%v, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @conv_transpose_of_mul(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>, [[B:%.+]]: tensor<2xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}2.000000e+00], [4.000000e+00]], {{\[\[}}9.000000e+00], [1.200000e+01]]]> : tensor<2x2x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>
