// RUN: onnx-opt %s --split-input-file --canonicalize | FileCheck %s

// Two constants stay as they are.
func.func @both_constant() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = onnx.Constant dense<[3.0, 4.0]> : tensor<2xf32>
  %2 = "onnx.Add"(%0, %1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = "onnx.Mul"(%0, %1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %2, %3 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @both_constant
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Add"([[R0]], [[R1]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Mul"([[R0]], [[R1]])
// CHECK-NEXT:     onnx.Return [[R2]], [[R3]]

// -----
// Neither a fraction nor 65 becomes products.
func.func @other_exponents(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = onnx.Constant dense<0.5> : tensor<f32>
  %1 = onnx.Constant dense<65.0> : tensor<f32>
  %2 = "onnx.Pow"(%a, %0) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %3 = "onnx.Pow"(%a, %1) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  onnx.Return %2, %3 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @other_exponents
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<5.000000e-01> : tensor<f32>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<6.500000e+01> : tensor<f32>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Pow"(%arg0, [[R0]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Pow"(%arg0, [[R1]])
// CHECK-NEXT:     onnx.Return [[R2]], [[R3]]

// -----
// 2 ** 0.5 is no integer power, though X is of integers.
func.func @inexact_exponent(%a: tensor<2xi32>, %b: tensor<1xi64>) -> (tensor<2xi32>, tensor<2xi32>) {
  %0 = onnx.Constant dense<0.5> : tensor<f32>
  %1 = "onnx.Pow"(%a, %0) : (tensor<2xi32>, tensor<f32>) -> tensor<2xi32>
  %2 = "onnx.Pow"(%a, %b) : (tensor<2xi32>, tensor<1xi64>) -> tensor<2xi32>
  onnx.Return %1, %2 : tensor<2xi32>, tensor<2xi32>
}
// CHECK-LABEL:  func.func @inexact_exponent
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<5.000000e-01> : tensor<f32>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Pow"(%arg0, [[R0]])
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Pow"(%arg0, %arg1)
// CHECK-NEXT:     onnx.Return [[R1]], [[R2]]

// -----
// C has more axes than a Gemm's result may have; or makes the product larger.
func.func @add_that_broadcasts_matmul(%a: tensor<1x2xf32>, %b: tensor<2x1xf32>, %c: tensor<3x1x1xf32>, %d: tensor<2x1xf32>) -> (tensor<3x1x1xf32>, tensor<2x1xf32>) {
  %0 = "onnx.MatMul"(%a, %b) : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  %1 = "onnx.Add"(%0, %c) : (tensor<1x1xf32>, tensor<3x1x1xf32>) -> tensor<3x1x1xf32>
  %2 = "onnx.MatMul"(%a, %b) : (tensor<1x2xf32>, tensor<2x1xf32>) -> tensor<1x1xf32>
  %3 = "onnx.Add"(%2, %d) : (tensor<1x1xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  onnx.Return %1, %3 : tensor<3x1x1xf32>, tensor<2x1xf32>
}
// CHECK-LABEL:  func.func @add_that_broadcasts_matmul
// CHECK-NEXT:     [[R0:%.+]] = "onnx.MatMul"(%arg0, %arg1)
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Add"([[R0]], %arg2)
// CHECK-NEXT:     [[R2:%.+]] = "onnx.MatMul"(%arg0, %arg1)
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Add"([[R2]], %arg3)
// CHECK-NEXT:     onnx.Return [[R1]], [[R3]]

// -----
// Matrices of rank 3 are no operands of Gemm.
func.func @matmul_of_rank_3(%a: tensor<1x1x2xf32>, %b: tensor<1x2x1xf32>, %c: tensor<1xf32>) -> tensor<1x1x1xf32> {
  %0 = "onnx.MatMul"(%a, %b) : (tensor<1x1x2xf32>, tensor<1x2x1xf32>) -> tensor<1x1x1xf32>
  %1 = "onnx.Add"(%0, %c) : (tensor<1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x1xf32>
  onnx.Return %1 : tensor<1x1x1xf32>
}
// CHECK-LABEL:  func.func @matmul_of_rank_3
// CHECK-NEXT:     [[R0:%.+]] = "onnx.MatMul"(%arg0, %arg1)
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Add"([[R0]], %arg2)
// CHECK-NEXT:     onnx.Return [[R1]]

// -----
// Integers: (2 * 3) / 2 = 3, but 2 * (3 / 2) = 2.
func.func @div_of_integers(%a: tensor<1x1xi32>) -> tensor<1x1xi32> {
  %b = onnx.Constant dense<3> : tensor<1x1xi32>
  %c = onnx.Constant dense<2> : tensor<i32>
  %0 = "onnx.MatMul"(%a, %b) : (tensor<1x1xi32>, tensor<1x1xi32>) -> tensor<1x1xi32>
  %1 = "onnx.Div"(%0, %c) : (tensor<1x1xi32>, tensor<i32>) -> tensor<1x1xi32>
  onnx.Return %1 : tensor<1x1xi32>
}
// CHECK-LABEL:  func.func @div_of_integers
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<3> : tensor<1x1xi32>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<2> : tensor<i32>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.MatMul"(%arg0, [[R0]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Div"([[R2]], [[R1]])
// CHECK-NEXT:     onnx.Return [[R3]]

// -----
// A vector as B: its product with one element has an axis more than a scalar has. And c with two elements.
func.func @mul_of_matmul(%a: tensor<2xf32>, %d: tensor<1x2xf32>) -> (tensor<1xf32>, tensor<1x2xf32>) {
  %b = onnx.Constant dense<3.0> : tensor<2xf32>
  %c = onnx.Constant dense<5.0> : tensor<1xf32>
  %e = onnx.Constant dense<3.0> : tensor<2x2xf32>
  %f = onnx.Constant dense<[5.0, 6.0]> : tensor<2xf32>
  %0 = "onnx.MatMul"(%a, %b) : (tensor<2xf32>, tensor<2xf32>) -> tensor<f32>
  %1 = "onnx.Mul"(%0, %c) : (tensor<f32>, tensor<1xf32>) -> tensor<1xf32>
  %2 = "onnx.MatMul"(%d, %e) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %3 = "onnx.Mul"(%2, %f) : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %1, %3 : tensor<1xf32>, tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @mul_of_matmul
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<3.000000e+00> : tensor<2xf32>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<5.000000e+00> : tensor<1xf32>
// CHECK-NEXT:     [[R2:%.+]] = onnx.Constant dense<3.000000e+00> : tensor<2x2xf32>
// CHECK-NEXT:     [[R3:%.+]] = onnx.Constant dense<[5.000000e+00, 6.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[R4:%.+]] = "onnx.MatMul"(%arg0, [[R0]])
// CHECK-NEXT:     [[R5:%.+]] = "onnx.Mul"([[R4]], [[R1]])
// CHECK-NEXT:     [[R6:%.+]] = "onnx.MatMul"(%arg1, [[R2]])
// CHECK-NEXT:     [[R7:%.+]] = "onnx.Mul"([[R6]], [[R3]])
// CHECK-NEXT:     onnx.Return [[R5]], [[R7]]

// -----
// A number for all channels, and the Relu behind a Conv.
func.func @conv(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x3x3xf32>, %b: tensor<2xf32>) -> (tensor<1x2x2x2xf32>, tensor<1x2x1x1xf32>) {
  %c = onnx.Constant dense<1.0> : tensor<f32>
  %0 = "onnx.Conv"(%x, %w, %b) {kernel_shape = [3, 3]} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %1 = "onnx.Add"(%0, %c) : (tensor<1x2x2x2xf32>, tensor<f32>) -> tensor<1x2x2x2xf32>
  %2 = "onnx.Conv"(%x, %w, %b) {kernel_shape = [3, 3]} : (tensor<1x1x4x4xf32>, tensor<2x1x3x3xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  %3 = "onnx.Relu"(%2) : (tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %4 = "onnx.MaxPoolSingleOut"(%3) {kernel_shape = [2, 2]} : (tensor<1x2x2x2xf32>) -> tensor<1x2x1x1xf32>
  onnx.Return %1, %4 : tensor<1x2x2x2xf32>, tensor<1x2x1x1xf32>
}
// CHECK-LABEL:  func.func @conv
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<1.000000e+00> : tensor<f32>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Conv"(%arg0, %arg1, %arg2) <{auto_pad = "NOTSET", group = 1 : si64, kernel_shape = [3, 3]}>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Add"([[R1]], [[R0]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Conv"(%arg0, %arg1, %arg2) <{auto_pad = "NOTSET", group = 1 : si64, kernel_shape = [3, 3]}>
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Relu"([[R3]])
// CHECK-NEXT:     [[R5:%.+]] = "onnx.MaxPoolSingleOut"([[R4]]) <{auto_pad = "NOTSET", ceil_mode = 0 : si64, kernel_shape = [2, 2], storage_order = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R2]], [[R5]]

// -----
// The bias has more axes than are normalized.
func.func @bias_of_more_axes(%x: tensor<2x3xf32>, %s: tensor<3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %y, %m, %d = "onnx.LayerNormalization"(%x, %s, %n) {axis = -1 : si64} : (tensor<2x3xf32>, tensor<3xf32>, none) -> (tensor<2x3xf32>, none, none)
  %1 = "onnx.Add"(%y, %b) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return %1 : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @bias_of_more_axes
// CHECK-NEXT:     [[R0:%.+]] = "onnx.NoValue"() <{value}>
// CHECK:          = "onnx.LayerNormalization"(%arg0, %arg1, [[R0]]) <{axis = -1 : si64, epsilon = 9.99999974E-6 : f32, stash_type = 1 : si64}>

// -----
// Without spatial axes ONNX leaves open what is pooled.
func.func @global_pool_of_nothing(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = "onnx.GlobalAveragePool"(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return %0 : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @global_pool_of_nothing
// CHECK-NEXT:     [[R0:%.+]] = "onnx.GlobalAveragePool"(%arg0)
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// Axis 1 of three: the old Softmax works on the last two.
func.func @softmax_of_two_axes(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = "onnx.SoftmaxV11"(%x) {axis = 1 : si64} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  onnx.Return %0 : tensor<2x3x4xf32>
}
// CHECK-LABEL:  func.func @softmax_of_two_axes
// CHECK-NEXT:     [[R0:%.+]] = "onnx.SoftmaxV11"(%arg0) <{axis = 1 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// CRD is no inverse of SpaceToDepth.
func.func @crd(%a: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %0 = "onnx.SpaceToDepth"(%a) {blocksize = 2 : si64} : (tensor<1x2x4x4xf32>) -> tensor<1x8x2x2xf32>
  %1 = "onnx.DepthToSpace"(%0) {blocksize = 2 : si64, mode = "CRD"} : (tensor<1x8x2x2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %1 : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @crd
// CHECK-NEXT:     [[R0:%.+]] = "onnx.SpaceToDepth"(%arg0) <{blocksize = 2 : si64}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.DepthToSpace"([[R0]]) <{blocksize = 2 : si64, mode = "CRD"}>
// CHECK-NEXT:     onnx.Return [[R1]]

// -----
// In training mode Dropout is random, and its mask may be read.
func.func @training(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xi1>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %t = onnx.Constant dense<true> : tensor<i1>
  %0, %m = "onnx.Dropout"(%a, %n, %t) : (tensor<2xf32>, none, tensor<i1>) -> (tensor<2xf32>, none)
  %1, %k = "onnx.Dropout"(%a, %n, %n) : (tensor<2xf32>, none, none) -> (tensor<2xf32>, tensor<2xi1>)
  onnx.Return %0, %k : tensor<2xf32>, tensor<2xi1>
}
// CHECK-LABEL:  func.func @training
// CHECK-NEXT:     [[R0:%.+]] = "onnx.NoValue"() <{value}>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<true> : tensor<i1>
// CHECK:          = "onnx.Dropout"(%arg0, [[R0]], [[R1]])
// CHECK:          = "onnx.Dropout"(%arg0, [[R0]], [[R0]])

// -----
// The second min, 3, is larger than the first max, 2: what was 2 becomes 3, not 2, whichever other bounds there are.
func.func @clips_apart(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %a = onnx.Constant dense<1.0> : tensor<f32>
  %b = onnx.Constant dense<2.0> : tensor<f32>
  %c = onnx.Constant dense<3.0> : tensor<f32>
  %d = onnx.Constant dense<4.0> : tensor<f32>
  %0 = "onnx.Clip"(%x, %n, %b) : (tensor<2xf32>, none, tensor<f32>) -> tensor<2xf32>
  %1 = "onnx.Clip"(%0, %c, %n) : (tensor<2xf32>, tensor<f32>, none) -> tensor<2xf32>
  %2 = "onnx.Clip"(%x, %a, %b) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  %3 = "onnx.Clip"(%2, %c, %n) : (tensor<2xf32>, tensor<f32>, none) -> tensor<2xf32>
  %4 = "onnx.Clip"(%x, %n, %b) : (tensor<2xf32>, none, tensor<f32>) -> tensor<2xf32>
  %5 = "onnx.Clip"(%4, %c, %d) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  %6 = "onnx.Clip"(%x, %a, %b) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  %7 = "onnx.Clip"(%6, %c, %d) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  onnx.Return %1, %3, %5, %7 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:    func.func @clips_apart
// CHECK-COUNT-8:    "onnx.Clip"

// -----
// Rounded to 32 bits, numbers that differ may be equal: the Casts decide.
func.func @less_of_casts(%a: tensor<i32>, %b: tensor<i32>) -> tensor<i1> {
  %0 = "onnx.Cast"(%a) {to = f32} : (tensor<i32>) -> tensor<f32>
  %1 = "onnx.Cast"(%b) {to = f32} : (tensor<i32>) -> tensor<f32>
  %2 = "onnx.Less"(%0, %1) : (tensor<f32>, tensor<f32>) -> tensor<i1>
  onnx.Return %2 : tensor<i1>
}
// CHECK-LABEL:  func.func @less_of_casts
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Cast"(%arg0) <{saturate = 1 : si64, to = f32}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Cast"(%arg1) <{saturate = 1 : si64, to = f32}>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Less"([[R0]], [[R1]])
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// The size may be what is looked for, for it is not negative.
func.func @where_of_sizes(%a: tensor<?xf32>) -> tensor<2xi64> {
  %0 = onnx.Constant dense<1> : tensor<2xi64>
  %1 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
  %2 = "onnx.Concat"(%1, %1) {axis = 0 : si64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %3 = "onnx.Equal"(%2, %0) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  %4 = "onnx.Where"(%3, %0, %2) : (tensor<2xi1>, tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  onnx.Return %4 : tensor<2xi64>
}
// CHECK-LABEL:  func.func @where_of_sizes
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<1> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Dim"(%arg0) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Concat"([[R1]], [[R1]]) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Equal"([[R2]], [[R0]])
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Where"([[R3]], [[R0]], [[R2]])
// CHECK-NEXT:     onnx.Return [[R4]]

// -----
// Two sizes are open: which is which, nobody knows.
func.func @reshapes(%a: tensor<?x?xf32>, %s: tensor<2xi64>) -> (tensor<?x?xf32>, tensor<?x?xf32>) {
  %0 = onnx.Constant dense<[-1, 2]> : tensor<2xi64>
  %1 = onnx.Constant dense<[0, -1]> : tensor<2xi64>
  %2 = "onnx.Reshape"(%a, %0) : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %3 = "onnx.Reshape"(%2, %1) : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %4 = "onnx.Reshape"(%a, %s) {allowzero = 1 : si64} : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  onnx.Return %3, %4 : tensor<?x?xf32>, tensor<?x?xf32>
}
// CHECK-LABEL:  func.func @reshapes
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[-1, 2]> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<[0, -1]> : tensor<2xi64>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Reshape"(%arg0, [[R0]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Reshape"([[R2]], [[R1]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Reshape"(%arg0, %arg1) <{allowzero = 1 : si64}>
// CHECK-NEXT:     onnx.Return [[R3]], [[R4]]

// -----
// Axis 0 is not axis -1 of two.
func.func @squeeze_of_another_axis(%a: tensor<1x2xf32>) -> tensor<2x1xf32> {
  %0 = onnx.Constant dense<0> : tensor<1xi64>
  %1 = onnx.Constant dense<-1> : tensor<1xi64>
  %2 = "onnx.Squeeze"(%a, %0) : (tensor<1x2xf32>, tensor<1xi64>) -> tensor<2xf32>
  %3 = "onnx.Unsqueeze"(%2, %1) : (tensor<2xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  onnx.Return %3 : tensor<2x1xf32>
}
// CHECK-LABEL:  func.func @squeeze_of_another_axis
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<0> : tensor<1xi64>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<-1> : tensor<1xi64>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Squeeze"(%arg0, [[R0]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Unsqueeze"([[R2]], [[R1]])
// CHECK-NEXT:     onnx.Return [[R3]]

// -----
// The only sequence may be shorter than X: what comes behind its end is 0.
func.func @sequence_lengths(%x: tensor<7x1x3xf32>, %w: tensor<1x4x3xf32>, %r: tensor<1x4x4xf32>, %l: tensor<1xi32>) -> tensor<1x1x4xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %y, %h = "onnx.RNN"(%x, %w, %r, %n, %l, %n) {hidden_size = 4 : si64} : (tensor<7x1x3xf32>, tensor<1x4x3xf32>, tensor<1x4x4xf32>, none, tensor<1xi32>, none) -> (none, tensor<1x1x4xf32>)
  onnx.Return %h : tensor<1x1x4xf32>
}
// CHECK-LABEL:  func.func @sequence_lengths
// CHECK-NEXT:     [[R0:%.+]] = "onnx.NoValue"() <{value}>
// CHECK:          = "onnx.RNN"(%arg0, %arg1, %arg2, [[R0]], %arg3, [[R0]]) <{activations = ["Tanh", "Tanh"], direction = "forward", hidden_size = 4 : si64, layout = 0 : si64}>

// -----
// A loop body runs once before its condition is asked: how often this one does, nobody knows.
func.func @loop_to_unknown_bound(%a: tensor<2xf32>, %n: tensor<i32>) -> tensor<2xf32> {
  %0 = onnx.Constant dense<100> : tensor<i64>
  %1 = onnx.Constant dense<true> : tensor<i1>
  %2 = onnx.Constant dense<0> : tensor<i32>
  %3 = onnx.Constant dense<4> : tensor<i32>
  %4:2 = "onnx.Loop"(%0, %1, %2, %a) ({
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %k: tensor<i32>, %x: tensor<2xf32>):
    %6 = "onnx.Add"(%k, %3) : (tensor<i32>, tensor<i32>) -> tensor<i32>
    %7 = "onnx.Sin"(%x) : (tensor<2xf32>) -> tensor<2xf32>
    %8 = "onnx.Less"(%6, %n) : (tensor<i32>, tensor<i32>) -> tensor<i1>
    onnx.Yield %8, %6, %7 : tensor<i1>, tensor<i32>, tensor<2xf32>
  }) : (tensor<i64>, tensor<i1>, tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>)
  onnx.Return %4#1 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @loop_to_unknown_bound
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<100> : tensor<i64>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<true> : tensor<i1>
// CHECK-NEXT:     [[R2:%.+]] = onnx.Constant dense<0> : tensor<i32>
// CHECK-NEXT:     [[R3:%.+]] = onnx.Constant dense<4> : tensor<i32>
// CHECK-NEXT:     [[R4:%.+]]:2 = "onnx.Loop"([[R0]], [[R1]], [[R2]], %arg0) ({
// CHECK:          [[R5:%.+]] = "onnx.Add"(%arg4, [[R3]])
// CHECK-NEXT:     [[R6:%.+]] = "onnx.Sin"(%arg5)
// CHECK-NEXT:     [[R7:%.+]] = "onnx.Less"([[R5]], %arg1)
// CHECK-NEXT:     onnx.Yield [[R7]], [[R5]], [[R6]]
// CHECK:          onnx.Return [[R4]]#1

// -----
// One part is read as it is; or the functions differ.
func.func @split(%a: tensor<2x2xf32>) -> (tensor<2x1xf32>, tensor<2x1xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %0:2 = "onnx.Split"(%a, %n) {axis = 1 : si64} : (tensor<2x2xf32>, none) -> (tensor<2x1xf32>, tensor<2x1xf32>)
  %1 = "onnx.Relu"(%0#0) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  onnx.Return %1, %0#1 : tensor<2x1xf32>, tensor<2x1xf32>
}
// CHECK-LABEL:  func.func @split
// CHECK-NEXT:     [[R0:%.+]] = "onnx.NoValue"() <{value}>
// CHECK-NEXT:     [[R1:%.+]]:2 = "onnx.Split"(%arg0, [[R0]]) <{axis = 1 : si64}>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Relu"([[R1]]#0)
// CHECK-NEXT:     onnx.Return [[R2]], [[R1]]#1

// -----
// The Concat's other reader needs it as it is.
func.func @shared_concat(%a: tensor<2xf32>) -> (tensor<4xf32>, tensor<6xf32>) {
  %0 = "onnx.Concat"(%a, %a) {axis = 0 : si64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  %1 = "onnx.Concat"(%0, %a) {axis = 0 : si64} : (tensor<4xf32>, tensor<2xf32>) -> tensor<6xf32>
  onnx.Return %0, %1 : tensor<4xf32>, tensor<6xf32>
}
// CHECK-LABEL:  func.func @shared_concat
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Concat"(%arg0, %arg0) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Concat"([[R0]], %arg0) <{axis = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]], [[R1]]

// -----
// Of integers a product is rounded before the sum, or behind it: -3 / 2 + 4 is 3 or 2.
func.func @gemm_of_integers(%a: tensor<1x1xi32>, %b: tensor<1x1xi32>, %c: tensor<1xi32>) -> tensor<1x1xi32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Gemm"(%a, %b, %n) {alpha = 0.5 : f32} : (tensor<1x1xi32>, tensor<1x1xi32>, none) -> tensor<1x1xi32>
  %1 = "onnx.Add"(%0, %c) : (tensor<1x1xi32>, tensor<1xi32>) -> tensor<1x1xi32>
  onnx.Return %1 : tensor<1x1xi32>
}
// CHECK-LABEL:  func.func @gemm_of_integers
// CHECK-NEXT:     [[R0:%.+]] = "onnx.NoValue"() <{value}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Gemm"(%arg0, %arg1, [[R0]]) <{alpha = 5.000000e-01 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Add"([[R1]], %arg2)
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// The mean is read: the normalisation without a bias would have to stay.
func.func @mean_is_read(%x: tensor<2x3xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>) -> (tensor<2x3xf32>, tensor<2x1xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %y, %m, %d = "onnx.LayerNormalization"(%x, %s, %n) {axis = -1 : si64} : (tensor<2x3xf32>, tensor<3xf32>, none) -> (tensor<2x3xf32>, tensor<2x1xf32>, none)
  %1 = "onnx.Add"(%y, %b) : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  onnx.Return %1, %m : tensor<2x3xf32>, tensor<2x1xf32>
}
// CHECK-LABEL:  func.func @mean_is_read
// CHECK:          [[Y:%.+]], [[M:%.+]], {{%.+}} = "onnx.LayerNormalization"(%arg0, %arg1, {{%.+}})
// CHECK-NEXT:     [[R:%.+]] = "onnx.Add"([[Y]], %arg2)
// CHECK-NEXT:     onnx.Return [[R]], [[M]]

// -----
// Four elements; a Reshape of what has no axis, or to what may have none, which the one element would give one.
func.func @no_scalars_to_move(%x: tensor<?x?xf32>, %y: tensor<f32>, %z: tensor<1xf32>, %m: tensor<?xi64>, %c: tensor<4xf32>, %d: tensor<1xf32>) -> (tensor<3x4xf32>, tensor<?xf32>, tensor<*xf32>) {
  %s = onnx.Constant dense<[3, 4]> : tensor<2xi64>
  %t = onnx.Constant dense<-1> : tensor<1xi64>
  %0 = "onnx.Reshape"(%x, %s) : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %1 = "onnx.Add"(%0, %c) : (tensor<3x4xf32>, tensor<4xf32>) -> tensor<3x4xf32>
  %2 = "onnx.Reshape"(%y, %t) : (tensor<f32>, tensor<1xi64>) -> tensor<?xf32>
  %3 = "onnx.Add"(%2, %d) : (tensor<?xf32>, tensor<1xf32>) -> tensor<?xf32>
  %4 = "onnx.Reshape"(%z, %m) : (tensor<1xf32>, tensor<?xi64>) -> tensor<*xf32>
  %5 = "onnx.Add"(%4, %d) : (tensor<*xf32>, tensor<1xf32>) -> tensor<*xf32>
  onnx.Return %1, %3, %5 : tensor<3x4xf32>, tensor<?xf32>, tensor<*xf32>
}
// CHECK-LABEL:  func.func @no_scalars_to_move
// CHECK:          [[R0:%.+]] = "onnx.Reshape"(%arg0,
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Add"([[R0]], %arg4)
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Reshape"(%arg1,
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Add"([[R2]], %arg5)
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Reshape"(%arg2,
// CHECK-NEXT:     [[R5:%.+]] = "onnx.Add"([[R4]], %arg5)
// CHECK-NEXT:     onnx.Return [[R1]], [[R3]], [[R5]]

// -----
// Two elements that are expanded, or combined with what is; and no axes, which the one element would give one.
func.func @no_scalars_to_expand(%n: tensor<2xi64>, %m: tensor<?xi64>) -> (tensor<?x?xf32>, tensor<?x?xf32>, tensor<*xf32>) {
  %c = onnx.Constant dense<[3.0, 4.0]> : tensor<2xf32>
  %d = onnx.Constant dense<5.0> : tensor<1xf32>
  %e = onnx.Constant dense<6.0> : tensor<f32>
  %0 = "onnx.Expand"(%c, %n) : (tensor<2xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %1 = "onnx.Add"(%0, %d) : (tensor<?x?xf32>, tensor<1xf32>) -> tensor<?x?xf32>
  %2 = "onnx.Expand"(%d, %n) : (tensor<1xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %3 = "onnx.Add"(%2, %c) : (tensor<?x?xf32>, tensor<2xf32>) -> tensor<?x?xf32>
  %4 = "onnx.Expand"(%e, %m) : (tensor<f32>, tensor<?xi64>) -> tensor<*xf32>
  %5 = "onnx.Add"(%4, %d) : (tensor<*xf32>, tensor<1xf32>) -> tensor<*xf32>
  onnx.Return %1, %3, %5 : tensor<?x?xf32>, tensor<?x?xf32>, tensor<*xf32>
}
// CHECK-LABEL:  func.func @no_scalars_to_expand
// CHECK:          [[R0:%.+]] = "onnx.Expand"(
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Add"([[R0]],
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Expand"(
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Add"([[R2]],
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Expand"(
// CHECK-NEXT:     [[R5:%.+]] = "onnx.Add"([[R4]],
// CHECK-NEXT:     onnx.Return [[R1]], [[R3]], [[R5]]

// -----
// Another type, a copy more, two exponents for what may be one number, a bound that is not known.
func.func @what_changes_something(%a: tensor<2xf32>, %x: tensor<?xf32>, %q: tensor<f32>) -> (tensor<2xf64>, tensor<?xf32>, tensor<?xf32>, tensor<2xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %c = onnx.Constant dense<1.0> : tensor<f32>
  %r = onnx.Constant dense<2> : tensor<1xi64>
  %e = onnx.Constant dense<2.0> : tensor<2xf32>
  %0 = "onnx.Cast"(%a) {to = f64} : (tensor<2xf32>) -> tensor<2xf64>
  %1 = "onnx.Tile"(%x, %r) : (tensor<?xf32>, tensor<1xi64>) -> tensor<?xf32>
  %2 = "onnx.Pow"(%x, %e) : (tensor<?xf32>, tensor<2xf32>) -> tensor<?xf32>
  %3 = "onnx.Clip"(%a, %n, %q) : (tensor<2xf32>, none, tensor<f32>) -> tensor<2xf32>
  %4 = "onnx.Clip"(%3, %c, %n) : (tensor<2xf32>, tensor<f32>, none) -> tensor<2xf32>
  onnx.Return %0, %1, %2, %4 : tensor<2xf64>, tensor<?xf32>, tensor<?xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @what_changes_something
// CHECK:          [[R0:%.+]] = "onnx.Cast"(%arg0)
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Tile"(%arg1,
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Pow"(%arg1,
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Clip"(%arg0,
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Clip"([[R3]],
// CHECK-NEXT:     onnx.Return [[R0]], [[R1]], [[R2]], [[R4]]

// -----
// How many axes there are, and so their order, is not known.
func.func @unknown_rank(%a: tensor<*xf32>) -> tensor<*xf32> {
  %0 = "onnx.Transpose"(%a) : (tensor<*xf32>) -> tensor<*xf32>
  onnx.Return %0 : tensor<*xf32>
}
// CHECK-LABEL:  func.func @unknown_rank
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Transpose"(%arg0) :

// -----
// Sizes of 1 do not make it the same order; nor does what stands between only because it looks at single elements in turn.
func.func @other_orders(%a: tensor<1x1xf32>, %b: tensor<2x3xf32>) -> (tensor<1x1xf32>, tensor<2x3xf32>) {
  %0 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<1x1xf32>) -> tensor<1x1xf32>
  %1 = "onnx.Transpose"(%b) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %2 = "onnx.Softmax"(%1) {axis = -1 : si64} : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %3 = "onnx.Transpose"(%2) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  onnx.Return %0, %3 : tensor<1x1xf32>, tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @other_orders
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Transpose"(%arg0)
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Transpose"(%arg1)
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Softmax"([[R1]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Transpose"([[R2]])
// CHECK-NEXT:     onnx.Return [[R0]], [[R3]]

// -----
// One of what is joined is no result of a Transpose.
func.func @not_each(%a: tensor<2x2xf32>) -> tensor<4x2xf32> {
  %0 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = "onnx.Concat"(%0, %a) {axis = 1 : si64} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x4xf32>
  %2 = "onnx.Transpose"(%1) {perm = [1, 0]} : (tensor<2x4xf32>) -> tensor<4x2xf32>
  onnx.Return %2 : tensor<4x2xf32>
}
// CHECK-LABEL:  func.func @not_each
// CHECK:          [[R0:%.+]] = "onnx.Concat"
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Transpose"([[R0]])
// CHECK-NEXT:     onnx.Return [[R1]]

// -----
// Along another axis, read by another op, or of a size that is not known to be 0.
func.func @other_concats(%a: tensor<1x2xf32>, %b: tensor<?x4xf32>) -> (tensor<2x4xf32>, tensor<1x4xf32>, tensor<?x4xf32>) {
  %0 = "onnx.Concat"(%a, %a) {axis = 1 : si64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %1 = "onnx.Concat"(%a, %a) {axis = -1 : si64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %2 = "onnx.Concat"(%0, %1) {axis = 0 : si64} : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<2x4xf32>
  %3 = "onnx.Concat"(%a, %a) {axis = 1 : si64} : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x4xf32>
  %4 = "onnx.Concat"(%b, %3) {axis = 0 : si64} : (tensor<?x4xf32>, tensor<1x4xf32>) -> tensor<?x4xf32>
  onnx.Return %2, %3, %4 : tensor<2x4xf32>, tensor<1x4xf32>, tensor<?x4xf32>
}
// CHECK-LABEL:  func.func @other_concats
// CHECK:          [[R0:%.+]] = "onnx.Concat"([[A:%.+]], [[B:%.+]]) <{axis = 0 : si64}>
// CHECK:          [[R1:%.+]] = "onnx.Concat"(%arg0, %arg0)
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Concat"(%arg1, [[R1]]) <{axis = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]], [[R1]], [[R2]]

// -----
// Of what type the result is stands in the attribute only.
func.func @cast_to_what_nobody_wrote_down(%x: tensor<*xi64>) -> !onnx.Any {
  %0 = "onnx.Cast"(%x) {to = f32} : (tensor<*xi64>) -> !onnx.Any
  onnx.Return %0 : !onnx.Any
}
// CHECK-LABEL:  func.func @cast_to_what_nobody_wrote_down
// CHECK-NEXT:     [[R:%.+]] = "onnx.Cast"(%arg0)
// CHECK-NEXT:     onnx.Return [[R]]
