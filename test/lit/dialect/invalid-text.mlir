// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Text that ends too early or says something else.

func.func @constant_without_type() {
  // expected-error @+1 {{expected ':' and a type in 'onnx.Constant'}}
  %0 = onnx.Constant dense<1> tensor<i64>
  onnx.Return
}

// -----
func.func @constant_of_shape_without_operand() {
  // expected-error @+1 {{expected '(' in 'onnx.ConstantOfShape'}}
  %0 = onnx.ConstantOfShape : tensor<i64>
  onnx.Return
}

// -----
func.func @return_without_type(%a: tensor<i64>) {
  // expected-error @+1 {{expected ':' in 'onnx.Return'}}
  onnx.Return %a tensor<i64>
}

// -----
func.func @undeclared_value() {
  %0 = onnx.Constant dense<1> : tensor<i64>
  // expected-error @+1 {{use of undeclared SSA value name}}
  onnx.Return %nothing : tensor<i64>
}
