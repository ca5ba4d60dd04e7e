// RUN: onnx-opt %s --split-input-file --load-pass-plugin=%S/relu_behind_max_pool.py --relu-behind-max-pool | FileCheck %s
// RUN: onnx-opt %s --split-input-file --load-pass-plugin=%S/relu_behind_max_pool.py --relu-behind-max-pool --remarks --verify-diagnostics

// The MaxPool that is built has no Relu before it, and is told about, too.
func.func @moves(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32> {
  %r = "onnx.Relu"(%x) : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  // expected-remark @+2 {{moved}}
  // expected-remark @+1 {{not moved: X is not the result of an onnx.Relu}}
  %y = "onnx.MaxPoolSingleOut"(%r) {kernel_shape = [2, 2], pads = [1, 1, 1, 1], strides = [2, 2]} : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
  onnx.Return %y : tensor<1x1x3x3xf32>
}
// expected-remark @unknown {{relu-behind-max-pool: 1 moved, 1 not moved}}
// CHECK-LABEL:  func.func @moves(
// CHECK-SAME:     [[X:%.+]]: tensor<1x1x4x4xf32>)
// CHECK-NEXT:     [[P:%.+]] = "onnx.MaxPoolSingleOut"([[X]]) <{
// CHECK-SAME:       kernel_shape = [2, 2], pads = [1, 1, 1, 1],
// CHECK-SAME:       strides = [2, 2]}> : (tensor<1x1x4x4xf32>) -> tensor<1x1x3x3xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Relu"([[P]]) : (tensor<1x1x3x3xf32>) -> tensor<1x1x3x3xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x1x3x3xf32>

// -----
// Two Relus would be more work than one.
// CHECK-LABEL:  func.func @keeps_relu_with_two_users
func.func @keeps_relu_with_two_users(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x1x4x4xf32>) {
  // CHECK:        "onnx.Relu"
  %r = "onnx.Relu"(%x) : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  // CHECK-NEXT:   "onnx.MaxPoolSingleOut"
  // expected-remark @+1 {{not moved: the result of the Relu has another use}}
  %y = "onnx.MaxPoolSingleOut"(%r) {kernel_shape = [2, 2], strides = [2, 2]} : (tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32>
  onnx.Return %y, %r : tensor<1x1x2x2xf32>, tensor<1x1x4x4xf32>
}
// expected-remark @unknown {{relu-behind-max-pool: 0 moved, 1 not moved}}
