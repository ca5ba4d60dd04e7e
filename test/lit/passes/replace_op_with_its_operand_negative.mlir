// RUN: onnx-opt %s --split-input-file --replace-op-with-its-operand=list-id-regex=1:n --verify-diagnostics
// RUN: not onnx-opt %s --replace-op-with-its-operand=list-id-regex=n 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not onnx-opt %s --replace-op-with-its-operand='list-id-regex=0:(' 2>&1 | FileCheck %s --check-prefix=REGEX

// FORM: error: {{.*}}list-id-regex is a number, a colon and an expression, not 'n'
// REGEX: error: {{.*}}list-id-regex '0:(':

func.func @no_such_operand(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'onnx.Relu' op has 1 operands, and so none of number 1}}
  %y = "onnx.Relu"(%x) {onnx_node_name = "n"} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
func.func @another_type(%x: tensor<2xf32>, %k: tensor<1xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{gives tensor<2xf32>, which its operand 1 of type tensor<1xf32> cannot replace}}
  %y = "onnx.Add"(%x, %k) {onnx_node_name = "n"} : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}
