// RUN: onnx-opt %s --split-input-file --decompose-onnx=enable-conv-to-matmul | FileCheck %s
// RUN: onnx-opt %s --split-input-file --decompose-onnx=enable-conv-to-matmul --remarks --verify-diagnostics

// CHECK-LABEL:  func.func @stays(
// CHECK-COUNT-3:  "onnx.Conv"
func.func @stays(%x: tensor<1x2x3x3xf32>, %l: tensor<1x2x3xf32>, %w: tensor<2x1x1x1xf32>, %u: tensor<*xf32>, %k: tensor<2x2x2xf32>) -> (tensor<1x2x3x3xf32>, tensor<*xf32>, tensor<1x2x2xf32>) {
  %none = "onnx.NoValue"() : () -> none
  // expected-remark @+1 {{not decomposed: it has groups}}
  %a = "onnx.Conv"(%x, %w, %none) {group = 2 : si64} : (tensor<1x2x3x3xf32>, tensor<2x1x1x1xf32>, none) -> tensor<1x2x3x3xf32>
  // expected-remark @+1 {{not decomposed: the rank of X or the shape of W is not known}}
  %b = "onnx.Conv"(%u, %w, %none) : (tensor<*xf32>, tensor<2x1x1x1xf32>, none) -> tensor<*xf32>
  // expected-remark @+1 {{not decomposed: Im2Col has two spatial axes}}
  %c = "onnx.Conv"(%l, %k, %none) : (tensor<1x2x3xf32>, tensor<2x2x2xf32>, none) -> tensor<1x2x2xf32>
  onnx.Return %a, %b, %c : tensor<1x2x3x3xf32>, tensor<*xf32>, tensor<1x2x2xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 3 not decomposed}}
