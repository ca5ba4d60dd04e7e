// RUN: onnx-opt %s --split-input-file --fold-scale-axis | FileCheck %s

// The rules for which fold_scale_axis.mlir has no function.  W = [[1, 2], [3, 4]], B = [10, 20], c = [2, 4] everywhere.

// z * c: W~ = [[2, 4], [12, 16]], B~ = [20, 80].
// RULE: mul-of-matmul-left-add
func.func @mul_of_matmul_left_add(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  %y = "onnx.Mul"(%z, %k) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @mul_of_matmul_left_add(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [1.200000e+01, 1.600000e+01]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[W]], [[X]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+01], [8.000000e+01]]> : tensor<2x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// x * c: W~ = [[2, 4], [12, 16]].
// RULE: matmul-of-mul
func.func @matmul_of_mul(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %v = "onnx.Mul"(%x, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.MatMul"(%v, %w) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @matmul_of_mul(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [1.200000e+01, 1.600000e+01]]> : tensor<2x2xf32>
// CHECK:          [[Y:%.+]] = "onnx.MatMul"([[X]], [[W]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// x * c: W~ = [[2, 4], [12, 16]].
// RULE: conv-transpose-of-mul
func.func @conv_transpose_of_mul(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %b = "onnx.NoValue"() {value} : () -> none
  %v = "onnx.Mul"(%x, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.ConvTranspose"(%v, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @conv_transpose_of_mul(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}2.000000e+00], [4.000000e+00]], {{\[\[}}1.200000e+01], [1.600000e+01]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = "onnx.NoValue"
// CHECK:          [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// z / c: W~ = [[0.5, 1], [0.75, 1]], B~ = [5, 5].
// RULE: div-of-conv
func.func @div_of_conv(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %z = "onnx.Conv"(%x, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Div"(%z, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @div_of_conv(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}5.000000e-01], [1.000000e+00]], {{\[\[}}7.500000e-01], [1.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<5.000000e+00> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// z / c: W~ = [[0.5, 0.5], [1.5, 1]], B~ = [5, 5].
// RULE: div-of-conv-transpose
func.func @div_of_conv_transpose(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %z = "onnx.ConvTranspose"(%x, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Div"(%z, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @div_of_conv_transpose(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}5.000000e-01], [5.000000e-01]], {{\[\[}}1.500000e+00], [1.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<5.000000e+00> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// z / c: W~ = [[0.5, 0.5], [1.5, 1]].
// RULE: div-of-matmul
func.func @div_of_matmul(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %z = "onnx.MatMul"(%x, %w) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Div"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @div_of_matmul(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}5.000000e-01, 5.000000e-01], [1.500000e+00, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Y:%.+]] = "onnx.MatMul"([[X]], [[W]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// z / c: W~ = [[0.5, 1], [0.75, 1]].
// RULE: div-of-matmul-left
func.func @div_of_matmul_left(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %z = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %y = "onnx.Div"(%z, %k) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @div_of_matmul_left(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}5.000000e-01, 1.000000e+00], [7.500000e-01, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Y:%.+]] = "onnx.MatMul"([[W]], [[X]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// z / c: W~ = [[0.5, 0.5], [1.5, 1]], B~ = [5, 5].
// RULE: div-of-matmul-add
func.func @div_of_matmul_add(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%x, %w) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Div"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @div_of_matmul_add(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}5.000000e-01, 5.000000e-01], [1.500000e+00, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[X]], [[W]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<5.000000e+00> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// z / c: W~ = [[0.5, 1], [0.75, 1]], B~ = [5, 5].
// RULE: div-of-matmul-left-add
func.func @div_of_matmul_left_add(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  %y = "onnx.Div"(%z, %k) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @div_of_matmul_left_add(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}5.000000e-01, 1.000000e+00], [7.500000e-01, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[W]], [[X]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<5.000000e+00> : tensor<2x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// x / c: W~ = [[0.5, 1], [0.75, 1]], B~ = [10, 20].
// RULE: gemm-of-div
func.func @gemm_of_div(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %v = "onnx.Div"(%x, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Gemm"(%v, %w, %b) : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_of_div(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}5.000000e-01, 1.000000e+00], [7.500000e-01, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[1.000000e+01, 2.000000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// x / c: W~ = [[0.5, 0.5], [1.5, 1]], B~ = [10, 20].
// RULE: conv-of-div
func.func @conv_of_div(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %v = "onnx.Div"(%x, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Conv"(%v, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @conv_of_div(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}5.000000e-01], [5.000000e-01]], {{\[\[}}1.500000e+00], [1.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[1.000000e+01, 2.000000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// x / c: W~ = [[0.5, 0.5], [1.5, 1]].
// RULE: matmul-left-of-div
func.func @matmul_left_of_div(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %v = "onnx.Div"(%x, %k) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  %y = "onnx.MatMul"(%w, %v) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @matmul_left_of_div(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}5.000000e-01, 5.000000e-01], [1.500000e+00, 1.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Y:%.+]] = "onnx.MatMul"([[W]], [[X]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// x / c: W~ = [[0.5, 1], [0.75, 1]].
// RULE: conv-transpose-of-div
func.func @conv_transpose_of_div(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %b = "onnx.NoValue"() {value} : () -> none
  %v = "onnx.Div"(%x, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.ConvTranspose"(%v, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @conv_transpose_of_div(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}5.000000e-01], [1.000000e+00]], {{\[\[}}7.500000e-01], [1.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = "onnx.NoValue"
// CHECK:          [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// x / c: W~ = [[0.5, 1], [0.75, 1]].
// RULE: conv-transpose-biased-of-div
func.func @conv_transpose_biased_of_div(%x: tensor<1x2x4xf32>, %b: tensor<2xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %v = "onnx.Div"(%x, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.ConvTranspose"(%v, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @conv_transpose_biased_of_div(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>, [[B:%.+]]: tensor<2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}5.000000e-01], [1.000000e+00]], {{\[\[}}7.500000e-01], [1.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK:          [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// z + c: W~ = [[1, 2], [3, 4]], B~ = [12, 24].
// RULE: add-of-conv-transpose
func.func @add_of_conv_transpose(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %z = "onnx.ConvTranspose"(%x, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Add"(%z, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @add_of_conv_transpose(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}1.000000e+00], [2.000000e+00]], {{\[\[}}3.000000e+00], [4.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[1.200000e+01, 2.400000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// z + c: W~ = [[1, 2], [3, 4]], B~ = [12, 24].
// RULE: add-of-matmul-add
func.func @add_of_matmul_add(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%x, %w) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Add"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @add_of_matmul_add(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[X]], [[W]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[1.200000e+01, 2.400000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// z + c: W~ = [[1, 2], [3, 4]], B~ = [12, 24].
// RULE: add-of-matmul-left-add
func.func @add_of_matmul_left_add(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  %y = "onnx.Add"(%z, %k) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @add_of_matmul_left_add(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[W]], [[X]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}1.200000e+01], [2.400000e+01]]> : tensor<2x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// x + c: W~ = [[1, 2], [3, 4]], B~ = [20, 42].
// RULE: conv-of-add
func.func @conv_of_add(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %v = "onnx.Add"(%x, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Conv"(%v, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @conv_of_add(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}1.000000e+00], [2.000000e+00]], {{\[\[}}3.000000e+00], [4.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[2.000000e+01, 4.200000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// z - c: W~ = [[1, 2], [3, 4]], B~ = [8, 16].
// RULE: sub-of-conv
func.func @sub_of_conv(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %z = "onnx.Conv"(%x, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Sub"(%z, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @sub_of_conv(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}1.000000e+00], [2.000000e+00]], {{\[\[}}3.000000e+00], [4.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[8.000000e+00, 1.600000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// z - c: W~ = [[1, 2], [3, 4]], B~ = [8, 16].
// RULE: sub-of-conv-transpose
func.func @sub_of_conv_transpose(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %z = "onnx.ConvTranspose"(%x, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Sub"(%z, %k) : (tensor<1x2x4xf32>, tensor<2x1xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @sub_of_conv_transpose(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}1.000000e+00], [2.000000e+00]], {{\[\[}}3.000000e+00], [4.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[8.000000e+00, 1.600000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// z - c: W~ = [[1, 2], [3, 4]], B~ = [8, 16].
// RULE: sub-of-matmul-add
func.func @sub_of_matmul_add(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%x, %w) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Sub"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @sub_of_matmul_add(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[X]], [[W]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[8.000000e+00, 1.600000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// z - c: W~ = [[1, 2], [3, 4]], B~ = [8, 16].
// RULE: sub-of-matmul-left-add
func.func @sub_of_matmul_left_add(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  %y = "onnx.Sub"(%z, %k) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @sub_of_matmul_left_add(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[W]], [[X]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}8.000000e+00], [1.600000e+01]]> : tensor<2x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// x - c: W~ = [[1, 2], [3, 4]], B~ = [-4, 0].
// RULE: gemm-of-sub
func.func @gemm_of_sub(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %v = "onnx.Sub"(%x, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Gemm"(%v, %w, %b) : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_of_sub(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[-4.000000e+00, 0.000000e+00]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// c - z: W~ = [[-1, -2], [-3, -4]], B~ = [-8, -16].
// RULE: sub-from-of-conv
func.func @sub_from_of_conv(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %z = "onnx.Conv"(%x, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Sub"(%k, %z) : (tensor<2x1xf32>, tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @sub_from_of_conv(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}-1.000000e+00], [-2.000000e+00]], {{\[\[}}-3.000000e+00], [-4.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[-8.000000e+00, -1.600000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// c - z: W~ = [[-1, -2], [-3, -4]], B~ = [-8, -16].
// RULE: sub-from-of-conv-transpose
func.func @sub_from_of_conv_transpose(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %z = "onnx.ConvTranspose"(%x, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Sub"(%k, %z) : (tensor<2x1xf32>, tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @sub_from_of_conv_transpose(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}-1.000000e+00], [-2.000000e+00]], {{\[\[}}-3.000000e+00], [-4.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[-8.000000e+00, -1.600000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>

// -----
// c - z: W~ = [[-1, -2], [-3, -4]], B~ = [-8, -16].
// RULE: sub-from-of-matmul-add
func.func @sub_from_of_matmul_add(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %m = "onnx.MatMul"(%x, %w) : (tensor<5x2xf32>, tensor<2x2xf32>) -> tensor<5x2xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Sub"(%k, %z) : (tensor<2xf32>, tensor<5x2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @sub_from_of_matmul_add(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}-1.000000e+00, -2.000000e+00], [-3.000000e+00, -4.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[X]], [[W]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[-8.000000e+00, -1.600000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// c - z: W~ = [[-1, -2], [-3, -4]], B~ = [-8, -16].
// RULE: sub-from-of-matmul-left-add
func.func @sub_from_of_matmul_left_add(%x: tensor<2x5xf32>) -> tensor<2x5xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  %z = "onnx.Add"(%m, %b) : (tensor<2x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  %y = "onnx.Sub"(%k, %z) : (tensor<2x1xf32>, tensor<2x5xf32>) -> tensor<2x5xf32>
  onnx.Return %y : tensor<2x5xf32>
}
// CHECK-LABEL:  func.func @sub_from_of_matmul_left_add(
// CHECK-SAME:     [[X:%.+]]: tensor<2x5xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}-1.000000e+00, -2.000000e+00], [-3.000000e+00, -4.000000e+00]]> : tensor<2x2xf32>
// CHECK:          [[Z:%.+]] = "onnx.MatMul"([[W]], [[X]])
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}-8.000000e+00], [-1.600000e+01]]> : tensor<2x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[Z]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<2x5xf32>

// -----
// c - x: W~ = [[-1, -2], [-3, -4]], B~ = [24, 40].
// RULE: gemm-of-sub-from
func.func @gemm_of_sub_from(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[2.0, 4.0]> : tensor<2xf32>
  %v = "onnx.Sub"(%k, %x) : (tensor<2xf32>, tensor<5x2xf32>) -> tensor<5x2xf32>
  %y = "onnx.Gemm"(%v, %w, %b) : (tensor<5x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @gemm_of_sub_from(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[}}-1.000000e+00, -2.000000e+00], [-3.000000e+00, -4.000000e+00]]> : tensor<2x2xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[2.400000e+01, 4.000000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// c - x: W~ = [[-1, -2], [-3, -4]], B~ = [20, 42].
// RULE: conv-of-sub-from
func.func @conv_of_sub_from(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %k = onnx.Constant dense<[[2.0], [4.0]]> : tensor<2x1xf32>
  %v = "onnx.Sub"(%k, %x) : (tensor<2x1xf32>, tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.Conv"(%v, %w, %b) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @conv_of_sub_from(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}-1.000000e+00], [-2.000000e+00]], {{\[\[}}-3.000000e+00], [-4.000000e+00]]]> : tensor<2x2x1xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[2.000000e+01, 4.200000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>
