// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// What ONNX's shape inference refuses, and results that are declared otherwise than it infers.

func.func @broadcast(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Add' op is refused by ONNX: Incompatible dimensions}}
  %0 = "onnx.Add"(%x, %y) : (tensor<2x3xf32>, tensor<2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
// Before version 7; onnx-mlir's canonicalizer mends it.
func.func @broadcast_along_an_axis(%x: tensor<1x2x3xf32>, %y: tensor<2xf32>) {
  %0 = "onnx.Mul"(%x, %y) {axis = 1 : si64, broadcast = 1 : si64} : (tensor<1x2x3xf32>, tensor<2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @matmul(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.MatMul' op is refused by ONNX: Incompatible dimensions for matrix multiplication}}
  %0 = "onnx.MatMul"(%x, %x) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @einsum(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Einsum' op is refused by ONNX: }}
  %0 = "onnx.Einsum"(%x) {equation = "ijk->i"} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @result_size(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Transpose' op result 'transposed' (#0) must be tensor<3x2xf32>, as its operands and attributes say, got tensor<2x3xf32>}}
  %0 = "onnx.Transpose"(%x) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @result_rank(%x: tensor<2x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.ReduceMax' op result 'reduced' (#0) must be tensor<f32>, as its operands and attributes say, got tensor<1xf32>}}
  %0 = "onnx.ReduceMax"(%x, %n) {keepdims = 0 : si64} : (tensor<2x3xf32>, none) -> tensor<1xf32>
  onnx.Return
}

// -----
func.func @second_result(%x: tensor<2x3xf32>, %k: tensor<1xi64>) {
  // expected-error @+1 {{'onnx.TopK' op result 'Indices' (#1) must be tensor<?x?xi64>, as its operands and attributes say, got tensor<2xi64>}}
  %0, %1 = "onnx.TopK"(%x, %k) : (tensor<2x3xf32>, tensor<1xi64>) -> (tensor<2x?xf32>, tensor<2xi64>)
  onnx.Return
}

// -----
// What a small constant holds counts.
func.func @result_of_a_constant_shape(%x: tensor<2x3xf32>) {
  %s = onnx.Constant dense<[3, -1]> : tensor<2xi64>
  // expected-error @+1 {{'onnx.Reshape' op result 'reshaped' (#0) must be tensor<3x2xf32>, as its operands and attributes say, got tensor<2x3xf32>}}
  %0 = "onnx.Reshape"(%x, %s) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
// The type of a tensor in an attribute counts too.
func.func @element_type_of_an_attribute(%s: tensor<1xi64>) {
  %0 = "onnx.RandomNormal"() {shape = [2, 3]} : () -> tensor<2x3xf32>
  // expected-error @+1 {{'onnx.Multinomial' op result 'output' (#0) must be tensor<2x1xi32>, as its operands and attributes say, got tensor<2x1xi64>}}
  %1 = "onnx.Multinomial"(%0) : (tensor<2x3xf32>) -> tensor<2x1xi64>
  onnx.Return
}

// -----
func.func @sizes_that_are_not_known(%x: tensor<?x3xf32>, %y: tensor<*xf32>) {
  %0 = "onnx.Add"(%x, %y) : (tensor<?x3xf32>, tensor<*xf32>) -> tensor<7x2x3xf32>
  onnx.Return
}

// -----
func.func @less_than_is_known(%x: tensor<2x3xf32>) {
  %0 = "onnx.Relu"(%x) : (tensor<2x3xf32>) -> tensor<?x3xf32>
  onnx.Return
}

// -----
// A window that starts in the padding at the end counts before version 22 of pools, and no more since.
func.func @pool_of_either_version(%x: tensor<1x1x5xf32>) {
  %0 = "onnx.MaxPoolSingleOut"(%x) {ceil_mode = 1 : si64, kernel_shape = [2], pads = [1, 1], strides = [2]} : (tensor<1x1x5xf32>) -> tensor<1x1x4xf32>
  %1 = "onnx.MaxPoolSingleOut"(%x) {ceil_mode = 1 : si64, kernel_shape = [2], pads = [1, 1], strides = [2]} : (tensor<1x1x5xf32>) -> tensor<1x1x3xf32>
  onnx.Return
}

// -----
func.func @pool_without_rounding_up(%x: tensor<1x1x5xf32>) {
  // expected-error @+1 {{'onnx.MaxPoolSingleOut' op result 'o_Y' (#0) must be tensor<1x1x3xf32>, as its operands and attributes say, got tensor<1x1x4xf32>}}
  %0 = "onnx.MaxPoolSingleOut"(%x) {kernel_shape = [2], pads = [1, 1], strides = [2]} : (tensor<1x1x5xf32>) -> tensor<1x1x4xf32>
  onnx.Return
}

// -----
func.func @pool_on_which_versions_agree(%x: tensor<1x1x6xf32>) {
  // expected-error @+1 {{'onnx.AveragePool' op result 'Y' (#0) must be tensor<1x1x3xf32>, as its operands and attributes say, got tensor<1x1x4xf32>}}
  %0 = "onnx.AveragePool"(%x) {ceil_mode = 1 : si64, kernel_shape = [2], strides = [2]} : (tensor<1x1x6xf32>) -> tensor<1x1x4xf32>
  onnx.Return
}
