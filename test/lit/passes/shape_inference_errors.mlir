// RUN: onnx-opt %s --split-input-file --verify-diagnostics --shape-inference

// What is declared and what follows from afar cannot both be true: the verifier looks at one op at a time.
func.func @contradicting_sizes(%x: tensor<2x3xf32>) -> tensor<2x4xf32> {
  %0 = "onnx.Relu"(%x) : (tensor<2x3xf32>) -> tensor<*xf32>
  // expected-error @+1 {{'onnx.Relu' op shape inference failed: size 3 of axis 1 is inferred, but 4 is declared}}
  %1 = "onnx.Relu"(%0) : (tensor<*xf32>) -> tensor<2x4xf32>
  onnx.Return %1 : tensor<2x4xf32>
}

// -----
func.func @contradicting_ranks(%x: tensor<2x3xf32>) -> tensor<?xf32> {
  %0 = "onnx.Relu"(%x) : (tensor<2x3xf32>) -> tensor<*xf32>
  // expected-error @+1 {{'onnx.Relu' op shape inference failed: rank 2 is inferred, but rank 1 is declared}}
  %1 = "onnx.Relu"(%0) : (tensor<*xf32>) -> tensor<?xf32>
  onnx.Return %1 : tensor<?xf32>
}

// -----
func.func @recurrence_of_matrices(%x: tensor<4x3xf32>, %w: tensor<1x9x3xf32>, %r: tensor<1x9x3xf32>) -> tensor<*xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  // expected-error @+3 {{The first input tensor must have rank 3}}
  // expected-error @+2 {{Failed to scan parameters successfully}}
  // expected-error @+1 {{'onnx.GRU' op shape inference failed}}
  %y, %h = "onnx.GRU"(%x, %w, %r, %none, %none, %none) : (tensor<4x3xf32>, tensor<1x9x3xf32>, tensor<1x9x3xf32>, none, none, none) -> (tensor<*xf32>, none)
  onnx.Return %y : tensor<*xf32>
}
