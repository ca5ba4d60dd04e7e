// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Types that a schema does not admit, alone or together.

func.func @operand_type(%a: tensor<2xi1>) {
  // expected-error @+1 {{'onnx.Relu' op operand 'X' (#0) must be one of}}
  %0 = "onnx.Relu"(%a) : (tensor<2xi1>) -> tensor<2xi1>
  onnx.Return
}

// -----
func.func @result_type(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Shape' op result 'shape' (#0) must be tensor(int64), got tensor<1xi32>}}
  %0 = "onnx.Shape"(%a) : (tensor<2xf32>) -> tensor<1xi32>
  onnx.Return
}

// -----
func.func @types_that_must_agree(%a: tensor<2xf32>, %b: tensor<2xf16>) {
  // expected-error @+1 {{'onnx.Add' op operand 'B' (#1) must have the element type of 'A', tensor(float), got tensor<2xf16>}}
  %0 = "onnx.Add"(%a, %b) : (tensor<2xf32>, tensor<2xf16>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @signature(%a: tensor<2xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{'onnx.Return' op operand #0 has type tensor<2xf32>, but the function returns tensor<3xf32>}}
  onnx.Return %a : tensor<2xf32>
}

// -----
func.func @k_disagrees(%a: tensor<1x2xf32>, %b: tensor<3x4xf32>) {
  %none = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Gemm' op A and B must agree on K, got 2 (A is (1, 2)) and 3 (B is (3, 4))}}
  %0 = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<3x4xf32>, none) -> tensor<1x4xf32>
  onnx.Return
}

// -----
func.func @gemm_of_rank_3(%a: tensor<1x2x3xf32>, %b: tensor<3x4xf32>) {
  %none = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Gemm' op expected A of rank 2, got shape (1, 2, 3)}}
  %0 = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2x3xf32>, tensor<3x4xf32>, none) -> tensor<2x4xf32>
  onnx.Return
}

// -----
func.func @parameters_of_another_size(%x: tensor<1x3xf32>, %p: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.BatchNormalizationInferenceMode' op expected scale of shape (3), the size of X's axis 1, got (2)}}
  %0 = "onnx.BatchNormalizationInferenceMode"(%x, %p, %p, %p, %p) : (tensor<1x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x3xf32>
  onnx.Return
}
