// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Attributes that are missing, mistyped or misplaced.

func.func @missing(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Concat' op requires attribute 'axis': a 64-bit signed integer (`1 : si64`)}}
  %0 = "onnx.Concat"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @misspelled(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Concat' op requires attribute 'axis': a 64-bit signed integer (`1 : si64`); did you mean 'axes'?}}
  %0 = "onnx.Concat"(%a) {axes = 0 : si64} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @signless(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Concat' op attribute 'axis' must be a 64-bit signed integer (`1 : si64`), got 0 : i64}}
  %0 = "onnx.Concat"(%a) {axis = 0} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @double(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Elu' op attribute 'alpha' must be a 32-bit float (`1.0 : f32`), got 1.000000e+00 : f64}}
  %0 = "onnx.Elu"(%a) {alpha = 1.0} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @unknown_property(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Elu' op has no attribute 'alhpa'; did you mean 'alpha'?}}
  %0 = "onnx.Elu"(%a) <{alhpa = 1.0 : f32}> : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @two_values() {
  // expected-error @+1 {{'onnx.Constant' op expected one attribute that gives the value, got value_float, value_int}}
  %0 = onnx.Constant {value_float = 1.0 : f32, value_int = 1 : si64} : tensor<f32>
  onnx.Return
}
