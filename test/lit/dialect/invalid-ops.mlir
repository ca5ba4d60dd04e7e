// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Ops that do not exist, and ops with too many or too few values.

func.func @unknown_op(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Gem' op is not an op of the onnx dialect; did you mean 'Gemm'?}}
  %0 = "onnx.Gem"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @unknown_version(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.ReluV99' op is not an op of the onnx dialect}}
  %0 = "onnx.ReluV99"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @too_few_operands(%a: tensor<2x2xf32>) {
  // expected-error @+1 {{'onnx.Gemm' op expected 3 operands, got 2}}
  %0 = "onnx.Gemm"(%a, %a) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  onnx.Return
}

// -----
func.func @too_many_results(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Relu' op expected 1 result, got 2}}
  %0:2 = "onnx.Relu"(%a) : (tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  onnx.Return
}

// -----
func.func @required_operand(%a: tensor<2xf32>) {
  %none = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Add' op operand 'B' (#1) is required, but it is none}}
  %0 = "onnx.Add"(%a, %none) : (tensor<2xf32>, none) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @other_dialect() {
  // expected-error @+1 {{'krnl.memcpy' op is of a dialect that is not registered}}
  "krnl.memcpy"() : () -> ()
  onnx.Return
}
