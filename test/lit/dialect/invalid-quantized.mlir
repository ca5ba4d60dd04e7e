// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Scales and zero points that do not fit what they scale.

func.func @dequantize_scale_rank(%x: tensor<2x3xi8>, %s: tensor<1x3xf32>, %z: tensor<3xi8>) {
  // expected-error @+1 {{'onnx.DequantizeLinear' op x_scale must be a scalar or 1-D tensor}}
  %0 = "onnx.DequantizeLinear"(%x, %s, %z) : (tensor<2x3xi8>, tensor<1x3xf32>, tensor<3xi8>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @dequantize_zero_point_rank(%x: tensor<2x3xi8>, %s: tensor<3xf32>, %z: tensor<1x3xi8>) {
  // expected-error @+1 {{'onnx.DequantizeLinear' op x_zero_point must be a scalar or 1-D tensor}}
  %0 = "onnx.DequantizeLinear"(%x, %s, %z) : (tensor<2x3xi8>, tensor<3xf32>, tensor<1x3xi8>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @dequantize_scale_and_zero_point(%x: tensor<2x3xi8>, %s: tensor<3xf32>, %z: tensor<2xi8>) {
  // expected-error @+1 {{'onnx.DequantizeLinear' op x_scale and x_zero_point must have the same shape}}
  %0 = "onnx.DequantizeLinear"(%x, %s, %z) : (tensor<2x3xi8>, tensor<3xf32>, tensor<2xi8>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @dequantize_zero_point(%x: tensor<2x3xi32>, %s: tensor<3xf32>) {
  %z = onnx.Constant dense<[0, 1, 0]> : tensor<3xi32>
  // expected-error @+1 {{'onnx.DequantizeLinear' op x_zero_point must be 0 for data type int32}}
  %0 = "onnx.DequantizeLinear"(%x, %s, %z) : (tensor<2x3xi32>, tensor<3xf32>, tensor<3xi32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @dequantize_axis(%x: tensor<2x3xi8>, %s: tensor<3xf32>, %z: tensor<3xi8>) {
  // expected-error @+1 {{onnx.DequantizeLinear: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.DequantizeLinear"(%x, %s, %z) {axis = 2 : si64} : (tensor<2x3xi8>, tensor<3xf32>, tensor<3xi8>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @dequantize_length(%x: tensor<2x3xi8>, %s: tensor<?xf32>, %z: tensor<3xi8>) {
  // expected-error @+1 {{'onnx.DequantizeLinear' op x_scale and x_zero_point 1-D tensor length must match the input axis dim size}}
  %0 = "onnx.DequantizeLinear"(%x, %s, %z) {axis = 0 : si64} : (tensor<2x3xi8>, tensor<?xf32>, tensor<3xi8>) -> tensor<*xf32>
  onnx.Return
}

// -----
// Where there is one scale, the axis does not matter.
func.func @dequantize_one_for_all(%x: tensor<2x3xi8>, %s: tensor<f32>, %z: tensor<1xi8>) {
  %0 = "onnx.DequantizeLinear"(%x, %s, %z) {axis = 7 : si64} : (tensor<2x3xi8>, tensor<f32>, tensor<1xi8>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @matmul_integer_rows(%a: tensor<5x2x3xui8>, %b: tensor<5x3x4xui8>, %za: tensor<2xui8>, %zb: tensor<1xui8>) {
  // expected-error @+1 {{onnx.MatMulInteger: operand '<block argument> of type 'tensor<5x2x3xui8>' at index: 0' has rank 3, rank should be 2}}
  %0 = "onnx.MatMulInteger"(%a, %b, %za, %zb) : (tensor<5x2x3xui8>, tensor<5x3x4xui8>, tensor<2xui8>, tensor<1xui8>) -> tensor<*xi32>
  onnx.Return
}

// -----
func.func @matmul_integer_columns(%a: tensor<2x3xui8>, %b: tensor<5x3x4xui8>, %za: tensor<1xui8>, %zb: tensor<4xui8>) {
  // expected-error @+1 {{onnx.MatMulInteger: operand '<block argument> of type 'tensor<5x3x4xui8>' at index: 1' has rank 3, rank should be 2}}
  %0 = "onnx.MatMulInteger"(%a, %b, %za, %zb) : (tensor<2x3xui8>, tensor<5x3x4xui8>, tensor<1xui8>, tensor<4xui8>) -> tensor<*xi32>
  onnx.Return
}

// -----
func.func @matmul_integer_rank(%a: tensor<5x2x3xui8>, %b: tensor<5x3x4xui8>, %za: tensor<5x2xui8>, %zb: tensor<1xui8>) {
  // expected-error @+1 {{onnx.MatMulInteger: 'A' has rank 3, 'aZeroPoint' has rank 2. The two inputs must have the same rank}}
  %0 = "onnx.MatMulInteger"(%a, %b, %za, %zb) : (tensor<5x2x3xui8>, tensor<5x3x4xui8>, tensor<5x2xui8>, tensor<1xui8>) -> tensor<*xi32>
  onnx.Return
}

// -----
func.func @matmul_integer_size(%a: tensor<5x2x3xui8>, %b: tensor<5x3x4xui8>, %za: tensor<5x1x1xui8>, %zb: tensor<1xui8>) {
  // expected-error @+1 {{onnx.MatMulInteger: 'A' dimension at index 1 has value 2, 'aZeroPoint' dimension at index 1 has value 1. The two dimensions must have the same value}}
  %0 = "onnx.MatMulInteger"(%a, %b, %za, %zb) : (tensor<5x2x3xui8>, tensor<5x3x4xui8>, tensor<5x1x1xui8>, tensor<1xui8>) -> tensor<*xi32>
  onnx.Return
}

// -----
func.func @matmul_integer_k_of_a(%a: tensor<5x2x3xui8>, %b: tensor<5x3x4xui8>, %za: tensor<5x2x3xui8>, %zb: tensor<1xui8>) {
  // expected-error @+1 {{has dimension at index 2 with value 3, value should be 1}}
  %0 = "onnx.MatMulInteger"(%a, %b, %za, %zb) : (tensor<5x2x3xui8>, tensor<5x3x4xui8>, tensor<5x2x3xui8>, tensor<1xui8>) -> tensor<*xi32>
  onnx.Return
}

// -----
func.func @matmul_integer_k_of_b(%a: tensor<5x2x3xui8>, %b: tensor<5x3x4xui8>, %za: tensor<1xui8>, %zb: tensor<5x3x4xui8>) {
  // expected-error @+1 {{has dimension at index 1 with value 3, value should be 1}}
  %0 = "onnx.MatMulInteger"(%a, %b, %za, %zb) : (tensor<5x2x3xui8>, tensor<5x3x4xui8>, tensor<1xui8>, tensor<5x3x4xui8>) -> tensor<*xi32>
  onnx.Return
}
