// RUN: onnx-opt %s --split-input-file --canonicalize | FileCheck %s

// Constants go to the right, where other rules look for them.
// RULE: constant-to-the-right-of-add
// RULE: constant-to-the-right-of-mul
func.func @constant_to_the_right(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = "onnx.Add"(%0, %a) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = "onnx.Mul"(%0, %1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %2 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @constant_to_the_right
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Add"(%arg0, [[R0]])
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Mul"([[R1]], [[R0]])
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// 6 is 110 in binary: x^2 * x^4.
// RULE: pow-6
func.func @pow_as_products(%a: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = onnx.Constant dense<6.0> : tensor<1xf32>
  %1 = "onnx.Pow"(%a, %0) : (tensor<?x2xf32>, tensor<1xf32>) -> tensor<?x2xf32>
  onnx.Return %1 : tensor<?x2xf32>
}
// CHECK-LABEL:  func.func @pow_as_products
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Mul"(%arg0, %arg0)
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Mul"([[R0]], [[R0]])
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Mul"([[R0]], [[R1]])
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// Anything to the power of 0 is 1.
// RULE: pow-of-zero
func.func @pow_of_zero(%a: tensor<2xi32>) -> tensor<2xi32> {
  %0 = onnx.Constant dense<0> : tensor<i32>
  %1 = "onnx.Pow"(%a, %0) : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  onnx.Return %1 : tensor<2xi32>
}
// CHECK-LABEL:  func.func @pow_of_zero
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<1> : tensor<2xi32>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// The exponent is exact in 32 bits.
// RULE: pow-of-one-type
func.func @pow_of_one_type(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Constant dense<[0.5, 2.5]> : tensor<2xf64>
  %1 = "onnx.Pow"(%a, %0) : (tensor<2xf32>, tensor<2xf64>) -> tensor<2xf32>
  onnx.Return %1 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @pow_of_one_type
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[5.000000e-01, 2.500000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Pow"(%arg0, [[R0]])
// CHECK-NEXT:     onnx.Return [[R1]]

// -----
// Along axis 1 of four, as ops did it before opset 7.
// RULE: broadcast-from-axis
func.func @broadcast_from_axis(%a: tensor<1x3x2x2xf32>, %b: tensor<3xf32>) -> tensor<1x3x2x2xf32> {
  %0 = "onnx.AddV6"(%a, %b) {axis = 1 : si64, broadcast = 1 : si64} : (tensor<1x3x2x2xf32>, tensor<3xf32>) -> tensor<1x3x2x2xf32>
  onnx.Return %0 : tensor<1x3x2x2xf32>
}
// CHECK-LABEL:  func.func @broadcast_from_axis
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[1, 2]> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Unsqueeze"(%arg1, [[R0]])
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Add"(%arg0, [[R1]])
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// One element is computed once, not for each place that it fills.
// RULE: add-of-expand
// RULE: sub-of-expand
// RULE: sub-from-expand
// RULE: mul-of-expand
// RULE: div-of-expand
// RULE: div-from-expand
func.func @scalar_through_expand(%n: tensor<2xi64>) -> (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>) {
  %c = onnx.Constant dense<3.0> : tensor<f32>
  %d = onnx.Constant dense<2.0> : tensor<1xf32>
  %0 = "onnx.Expand"(%c, %n) : (tensor<f32>, tensor<2xi64>) -> tensor<?x?xf32>
  %1 = "onnx.Sub"(%d, %0) : (tensor<1xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %2 = "onnx.Expand"(%d, %n) : (tensor<1xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %3 = "onnx.Sub"(%2, %c) : (tensor<?x?xf32>, tensor<f32>) -> tensor<?x?xf32>
  %4 = "onnx.Expand"(%c, %n) : (tensor<f32>, tensor<2xi64>) -> tensor<?x?xf32>
  %5 = "onnx.Add"(%d, %4) : (tensor<1xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %6 = "onnx.Expand"(%c, %n) : (tensor<f32>, tensor<2xi64>) -> tensor<?x?xf32>
  %7 = "onnx.Mul"(%6, %d) : (tensor<?x?xf32>, tensor<1xf32>) -> tensor<?x?xf32>
  %8 = "onnx.Expand"(%c, %n) : (tensor<f32>, tensor<2xi64>) -> tensor<?x?xf32>
  %9 = "onnx.Div"(%8, %d) : (tensor<?x?xf32>, tensor<1xf32>) -> tensor<?x?xf32>
  %10 = "onnx.Expand"(%c, %n) : (tensor<f32>, tensor<2xi64>) -> tensor<?x?xf32>
  %11 = "onnx.Div"(%d, %10) : (tensor<1xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  onnx.Return %1, %3, %5, %7, %9, %11 : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>
}
// CHECK-LABEL:  func.func @scalar_through_expand
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<3.000000e+00> : tensor<f32>
// CHECK-DAG:      [[D:%.+]] = onnx.Constant dense<2.000000e+00> : tensor<1xf32>
// CHECK:          [[R0:%.+]] = "onnx.Sub"([[D]], [[C]])
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Expand"([[R0]], %arg0)
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Sub"([[D]], [[C]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Expand"([[R2]], %arg0)
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Add"([[C]], [[D]])
// CHECK-NEXT:     [[R5:%.+]] = "onnx.Expand"([[R4]], %arg0)
// CHECK-NEXT:     [[R6:%.+]] = "onnx.Mul"([[C]], [[D]])
// CHECK-NEXT:     [[R7:%.+]] = "onnx.Expand"([[R6]], %arg0)
// CHECK-NEXT:     [[R8:%.+]] = "onnx.Div"([[C]], [[D]])
// CHECK-NEXT:     [[R9:%.+]] = "onnx.Expand"([[R8]], %arg0)
// CHECK-NEXT:     [[R10:%.+]] = "onnx.Div"([[D]], [[C]])
// CHECK-NEXT:     [[R11:%.+]] = "onnx.Expand"([[R10]], %arg0)
// CHECK-NEXT:     onnx.Return [[R1]], [[R3]], [[R5]], [[R7]], [[R9]], [[R11]]

// -----
// What comes before the Reshape meets what comes before that.
// RULE: add-of-reshape
// RULE: sub-of-reshape
// RULE: mul-of-reshape
// RULE: div-of-reshape
func.func @scalar_before_reshape(%a: tensor<2x6xf32>, %c: tensor<1xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) {
  %0 = onnx.Constant dense<[3, 4]> : tensor<2xi64>
  %1 = "onnx.Reshape"(%a, %0) : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %2 = "onnx.Div"(%1, %c) : (tensor<3x4xf32>, tensor<1xf32>) -> tensor<3x4xf32>
  %3 = "onnx.Reshape"(%a, %0) : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %4 = "onnx.Sub"(%3, %c) : (tensor<3x4xf32>, tensor<1xf32>) -> tensor<3x4xf32>
  %5 = "onnx.Reshape"(%a, %0) : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %6 = "onnx.Add"(%c, %5) : (tensor<1xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %7 = "onnx.Reshape"(%a, %0) {allowzero = 1 : si64} : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %8 = "onnx.Mul"(%7, %c) : (tensor<3x4xf32>, tensor<1xf32>) -> tensor<3x4xf32>
  onnx.Return %2, %4, %6, %8 : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>
}
// CHECK-LABEL:  func.func @scalar_before_reshape
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[3, 4]> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Div"(%arg0, %arg1)
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Reshape"([[R1]], [[R0]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Sub"(%arg0, %arg1)
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Reshape"([[R3]], [[R0]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     [[R5:%.+]] = "onnx.Add"(%arg0, %arg1)
// CHECK-NEXT:     [[R6:%.+]] = "onnx.Reshape"([[R5]], [[R0]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     [[R7:%.+]] = "onnx.Mul"(%arg0, %arg1)
// CHECK-NEXT:     [[R8:%.+]] = "onnx.Reshape"([[R7]], [[R0]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R2]], [[R4]], [[R6]], [[R8]]

// -----
// The weights and the bias behind the second operand are constant, so the scale goes there.
// RULE: scale-inside-attention
func.func @scale_inside_attention(%q: tensor<2x3x4xf32>, %x: tensor<2x3x4xf32>) -> tensor<2x3x3xf32> {
  %w = onnx.Constant dense<2.0> : tensor<4x4xf32>
  %b = onnx.Constant dense<1.0> : tensor<4xf32>
  %c = onnx.Constant dense<0.5> : tensor<f32>
  %0 = "onnx.MatMul"(%x, %w) : (tensor<2x3x4xf32>, tensor<4x4xf32>) -> tensor<2x3x4xf32>
  %1 = "onnx.Add"(%0, %b) : (tensor<2x3x4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
  %2 = "onnx.Transpose"(%1) {perm = [0, 2, 1]} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %3 = "onnx.MatMul"(%q, %2) : (tensor<2x3x4xf32>, tensor<2x4x3xf32>) -> tensor<2x3x3xf32>
  %4 = "onnx.Mul"(%3, %c) : (tensor<2x3x3xf32>, tensor<f32>) -> tensor<2x3x3xf32>
  onnx.Return %4 : tensor<2x3x3xf32>
}
// CHECK-LABEL:  func.func @scale_inside_attention
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<2.000000e+00> : tensor<4x4xf32>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<1.000000e+00> : tensor<4xf32>
// CHECK-NEXT:     [[R2:%.+]] = onnx.Constant dense<5.000000e-01> : tensor<f32>
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Mul"([[R0]], [[R2]])
// CHECK-NEXT:     [[R4:%.+]] = "onnx.MatMul"(%arg1, [[R3]])
// CHECK-NEXT:     [[R5:%.+]] = "onnx.Mul"([[R1]], [[R2]])
// CHECK-NEXT:     [[R6:%.+]] = "onnx.Add"([[R4]], [[R5]])
// CHECK-NEXT:     [[R7:%.+]] = "onnx.Transpose"([[R6]]) <{perm = [0, 2, 1]}>
// CHECK-NEXT:     [[R8:%.+]] = "onnx.MatMul"(%arg0, [[R7]])
// CHECK-NEXT:     onnx.Return [[R8]]

// -----
// What is made of two nodes is called like neither; a node whose operands change places keeps its name.
func.func @names_of_nodes(%x: tensor<1x1x2x2xf32>, %w: tensor<1x1x1x1xf32>) -> (tensor<1x1x1x1xf32>, tensor<1x1x2x2xf32>) {
  %c = onnx.Constant dense<1.0> : tensor<1x1x2x2xf32>
  %0 = "onnx.Relu"(%x) {onnx_node_name = "relu"} : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  %1 = "onnx.MaxPoolSingleOut"(%0) {kernel_shape = [2, 2], onnx_node_name = "pool"} : (tensor<1x1x2x2xf32>) -> tensor<1x1x1x1xf32>
  %2 = "onnx.Add"(%c, %x) {onnx_node_name = "add"} : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  onnx.Return %1, %2 : tensor<1x1x1x1xf32>, tensor<1x1x2x2xf32>
}
// CHECK-LABEL:  func.func @names_of_nodes
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant
// CHECK-NEXT:     [[R0:%.+]] = "onnx.MaxPoolSingleOut"(%arg0) <{auto_pad = "NOTSET", ceil_mode = 0 : si64, kernel_shape = [2, 2], storage_order = 0 : si64}> : (
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Relu"([[R0]]) : (
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Add"(%arg0, [[C]]) {onnx_node_name = "add"} : (

// -----
// RULE: add-of-matmul
func.func @add_of_matmul(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>, %c: tensor<2x1xf32>) -> tensor<2x4xf32> {
  %0 = "onnx.MatMul"(%a, %b) : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %1 = "onnx.Add"(%c, %0) : (tensor<2x1xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  onnx.Return %1 : tensor<2x4xf32>
}
// CHECK-LABEL:  func.func @add_of_matmul
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Gemm"(%arg0, %arg1, %arg2) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// beta is of the C that is not there.
// RULE: add-of-gemm
func.func @add_of_gemm(%a: tensor<3x2xf32>, %b: tensor<3x4xf32>, %c: tensor<4xf32>) -> tensor<2x4xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Gemm"(%a, %b, %n) {alpha = 2.0 : f32, beta = 3.0 : f32, transA = 1 : si64} : (tensor<3x2xf32>, tensor<3x4xf32>, none) -> tensor<2x4xf32>
  %1 = "onnx.Add"(%0, %c) : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  onnx.Return %1 : tensor<2x4xf32>
}
// CHECK-LABEL:  func.func @add_of_gemm
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Gemm"(%arg0, %arg1, %arg2) <{alpha = 2.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 1 : si64, transB = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// RULE: mul-of-matmul
func.func @mul_of_matmul(%a: tensor<?x3xi32>) -> tensor<?x2xi32> {
  %b = onnx.Constant dense<3> : tensor<3x2xi32>
  %c = onnx.Constant dense<5> : tensor<i32>
  %0 = "onnx.MatMul"(%a, %b) : (tensor<?x3xi32>, tensor<3x2xi32>) -> tensor<?x2xi32>
  %1 = "onnx.Mul"(%c, %0) : (tensor<i32>, tensor<?x2xi32>) -> tensor<?x2xi32>
  onnx.Return %1 : tensor<?x2xi32>
}
// CHECK-LABEL:  func.func @mul_of_matmul
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<3> : tensor<3x2xi32>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<5> : tensor<i32>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Mul"([[R0]], [[R1]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.MatMul"(%arg0, [[R2]])
// CHECK-NEXT:     onnx.Return [[R3]]

// -----
// RULE: div-of-matmul
func.func @div_of_matmul(%a: tensor<?x3xf32>) -> tensor<?x2xf32> {
  %b = onnx.Constant dense<3.0> : tensor<3x2xf32>
  %c = onnx.Constant dense<5.0> : tensor<1xf32>
  %0 = "onnx.MatMul"(%a, %b) : (tensor<?x3xf32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %1 = "onnx.Div"(%0, %c) : (tensor<?x2xf32>, tensor<1xf32>) -> tensor<?x2xf32>
  onnx.Return %1 : tensor<?x2xf32>
}
// CHECK-LABEL:  func.func @div_of_matmul
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<3.000000e+00> : tensor<3x2xf32>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<5.000000e+00> : tensor<1xf32>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Div"([[R0]], [[R1]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.MatMul"(%arg0, [[R2]])
// CHECK-NEXT:     onnx.Return [[R3]]

// -----
// The bias gets one element a channel.
// RULE: add-of-conv
// RULE: add-of-conv-with-bias
func.func @add_of_conv(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x3x3xf32>, %b: tensor<2xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x2x2xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %c = onnx.Constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %0 = "onnx.Conv"(%x, %w, %b) {auto_pad = "SAME_UPPER", kernel_shape = [3, 3]} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %1 = "onnx.Add"(%0, %c) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  %2 = "onnx.Conv"(%x, %w, %n) {kernel_shape = [3, 3]} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>, none) -> tensor<1x2x2x2xf32>
  %3 = "onnx.Add"(%c, %2) : (tensor<2x1x1xf32>, tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  onnx.Return %1, %3 : tensor<1x2x4x4xf32>, tensor<1x2x2x2xf32>
}
// CHECK-LABEL:  func.func @add_of_conv
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Add"(%arg2, [[R0]])
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Conv"(%arg0, %arg1, [[R1]]) <{auto_pad = "SAME_UPPER", group = 1 : si64, kernel_shape = [3, 3]}>
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Conv"(%arg0, %arg1, [[R0]]) <{auto_pad = "NOTSET", group = 1 : si64, kernel_shape = [3, 3]}>
// CHECK-NEXT:     onnx.Return [[R2]], [[R3]]

// -----
// The weights, 1 and 3, times 1 and 2.
// RULE: mul-of-conv
func.func @mul_of_conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %w = onnx.Constant dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32>
  %c = onnx.Constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %0 = "onnx.Conv"(%x, %w, %n) {kernel_shape = [1, 1]} : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %1 = "onnx.Mul"(%0, %c) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %1 : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @mul_of_conv
// CHECK-DAG:      [[N:%.+]] = "onnx.NoValue"() <{value}>
// CHECK-DAG:      [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}1.000000e+00]]], {{\[\[\[}}6.000000e+00]]]]> : tensor<2x1x1x1xf32>
// CHECK:          [[R:%.+]] = "onnx.Conv"(%arg0, [[W]], [[N]]) <{auto_pad = "NOTSET", group = 1 : si64, kernel_shape = [1, 1]}>
// CHECK-NEXT:     onnx.Return [[R]]

// -----
// RULE: max-pool-of-relu
func.func @max_pool_of_relu(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32> {
  %0 = "onnx.Relu"(%x) : (tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  %1 = "onnx.MaxPoolSingleOut"(%0) {kernel_shape = [2, 2], strides = [2, 2]} : (tensor<1x2x4x4xf32>) -> tensor<1x2x2x2xf32>
  onnx.Return %1 : tensor<1x2x2x2xf32>
}
// CHECK-LABEL:  func.func @max_pool_of_relu
// CHECK-NEXT:     [[R0:%.+]] = "onnx.MaxPoolSingleOut"(%arg0) <{auto_pad = "NOTSET", ceil_mode = 0 : si64, kernel_shape = [2, 2], storage_order = 0 : si64, strides = [2, 2]}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Relu"([[R0]])
// CHECK-NEXT:     onnx.Return [[R1]]

// -----
// RULE: bias-into-layer-norm
// RULE: bias-into-rms-layer-norm
func.func @bias_into_layer_norm(%x: tensor<2x3xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %y, %m, %d = "onnx.LayerNormalization"(%x, %s, %n) {axis = -1 : si64} : (tensor<2x3xf32>, tensor<3xf32>, none) -> (tensor<2x3xf32>, none, none)
  %0 = "onnx.Add"(%y, %b) : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %z, %e = "onnx.RMSLayerNormalization"(%x, %s, %n) {axis = 1 : si64, epsilon = 0.5 : f32} : (tensor<2x3xf32>, tensor<3xf32>, none) -> (tensor<2x3xf32>, none)
  %1 = "onnx.Add"(%b, %z) : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @bias_into_layer_norm
// CHECK:          = "onnx.LayerNormalization"(%arg0, %arg1, %arg2) <{axis = -1 : si64, epsilon = 9.99999974E-6 : f32, stash_type = 1 : si64}>
// CHECK-SAME:       -> (tensor<2x3xf32>, none, none)
// CHECK:          = "onnx.RMSLayerNormalization"(%arg0, %arg1, %arg2) <{axis = 1 : si64, epsilon = 5.000000e-01 : f32, stash_type = 1 : si64}>

// -----
// RULE: global-average-pool-as-reduction
// RULE: global-max-pool-as-reduction
func.func @global_pool_as_reduction(%x: tensor<1x2x?xf32>) -> (tensor<1x2x1xf32>, tensor<1x2x1xf32>) {
  %0 = "onnx.GlobalAveragePool"(%x) : (tensor<1x2x?xf32>) -> tensor<1x2x1xf32>
  %1 = "onnx.GlobalMaxPool"(%x) : (tensor<1x2x?xf32>) -> tensor<1x2x1xf32>
  onnx.Return %0, %1 : tensor<1x2x1xf32>, tensor<1x2x1xf32>
}
// CHECK-LABEL:  func.func @global_pool_as_reduction
// CHECK-NEXT:     [[R0:%.+]] = "onnx.ReduceMeanV13"(%arg0) <{axes = [2], keepdims = 1 : si64}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.ReduceMaxV13"(%arg0) <{axes = [2], keepdims = 1 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]], [[R1]]

// -----
// From opset 18 on the axes of reductions are an operand.
module attributes {onnx.opset_import = [["", 18]]} {
// RULE: global-average-pool-as-reduction-by-operand
// RULE: global-max-pool-as-reduction-by-operand
func.func @axes_as_operand(%x: tensor<1x2x?x3xf32>) -> (tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>) {
  %0 = "onnx.GlobalAveragePool"(%x) : (tensor<1x2x?x3xf32>) -> tensor<1x2x1x1xf32>
  %1 = "onnx.GlobalMaxPool"(%x) : (tensor<1x2x?x3xf32>) -> tensor<1x2x1x1xf32>
  onnx.Return %0, %1 : tensor<1x2x1x1xf32>, tensor<1x2x1x1xf32>
}
}
// CHECK-LABEL:  func.func @axes_as_operand
// CHECK-NEXT:     [[A:%.+]] = onnx.Constant dense<[2, 3]> : tensor<2xi64>
// CHECK-NEXT:     [[R0:%.+]] = "onnx.ReduceMean"(%arg0, [[A]]) <{keepdims = 1 : si64, noop_with_empty_axes = 0 : si64}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.ReduceMax"(%arg0, [[A]]) <{keepdims = 1 : si64, noop_with_empty_axes = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]], [[R1]]

// -----
// RULE: softmax-of-last-axis
func.func @softmax_of_last_axis(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = "onnx.SoftmaxV11"(%x) {axis = 2 : si64} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  onnx.Return %0 : tensor<2x3x4xf32>
}
// CHECK-LABEL:  func.func @softmax_of_last_axis
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Softmax"(%arg0) <{axis = 2 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// RULE: instance-norm-as-layer-norm
func.func @instance_norm(%x: tensor<2x3x4x4xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>) -> tensor<2x3x4x4xf32> {
  %0 = "onnx.InstanceNormalization"(%x, %s, %b) {epsilon = 0.5 : f32} : (tensor<2x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4x4xf32>
  onnx.Return %0 : tensor<2x3x4x4xf32>
}
// CHECK-LABEL:  func.func @instance_norm
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[1, 2]> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Unsqueeze"(%arg1, [[R0]])
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Unsqueeze"(%arg2, [[R0]])
// CHECK:          = "onnx.LayerNormalization"(%arg0, [[R1]], [[R2]]) <{axis = 2 : si64, epsilon = 5.000000e-01 : f32, stash_type = 1 : si64}>

// -----
// Two groups of two channels, with one scale a channel.
// RULE: group-norm-as-layer-norm
func.func @group_norm(%x: tensor<3x4x5xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<3x4x5xf32> {
  %0 = "onnx.GroupNormalization"(%x, %s, %b) {epsilon = 0.5 : f32, num_groups = 2 : si64} : (tensor<3x4x5xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<3x4x5xf32>
  onnx.Return %0 : tensor<3x4x5xf32>
}
// CHECK-LABEL:  func.func @group_norm
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[3, 4, 5]> : tensor<3xi64>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<5> : tensor<1xi64>
// CHECK-NEXT:     [[R2:%.+]] = onnx.Constant dense<[2, -1]> : tensor<2xi64>
// CHECK-NEXT:     [[R3:%.+]] = onnx.Constant dense<3> : tensor<1xi64>
// CHECK-NEXT:     [[R4:%.+]] = onnx.Constant dense<2> : tensor<1xi64>
// CHECK-NEXT:     [[R5:%.+]] = onnx.Constant dense<1> : tensor<1xi64>
// CHECK-NEXT:     [[R6:%.+]] = "onnx.Concat"([[R4]], [[R4]], [[R5]]) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R7:%.+]] = "onnx.Reshape"(%arg1, [[R6]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     [[R8:%.+]] = "onnx.Reshape"(%arg2, [[R6]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     [[R9:%.+]] = "onnx.Concat"([[R3]], [[R2]], [[R1]]) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R10:%.+]] = "onnx.Reshape"(%arg0, [[R9]]) <{allowzero = 0 : si64}>
// CHECK:          = "onnx.LayerNormalization"([[R10]], [[R7]], [[R8]]) <{axis = 2 : si64, epsilon = 5.000000e-01 : f32, stash_type = 1 : si64}>

// -----
// RULE: layout-of-batches
func.func @layout_of_batches(%x: tensor<5x4x2xf32>, %w: tensor<1x3x2xf32>, %r: tensor<1x3x3xf32>) -> tensor<5x1x3xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %y, %h = "onnx.RNN"(%x, %w, %r, %n, %n, %n) {layout = 1 : si64, hidden_size = 3 : si64} : (tensor<5x4x2xf32>, tensor<1x3x2xf32>, tensor<1x3x3xf32>, none, none, none) -> (none, tensor<5x1x3xf32>)
  onnx.Return %h : tensor<5x1x3xf32>
}
// CHECK-LABEL:  func.func @layout_of_batches
// CHECK-NEXT:     [[R0:%.+]] = "onnx.NoValue"() <{value}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Transpose"(%arg0) <{perm = [1, 0, 2]}>
// CHECK:          = "onnx.RNN"([[R1]], %arg1, %arg2, [[R0]], [[R0]], [[R0]]) <{activations = ["Tanh", "Tanh"], direction = "forward", hidden_size = 3 : si64, layout = 0 : si64}>
