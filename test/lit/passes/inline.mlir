// RUN: onnx-opt %s --split-input-file --inline | FileCheck %s

// MLIR's own pass asks the dialect of every op in the callee whether it may be inlined.  It does not know onnx's, so a
// body that holds onnx ops stays where it is, whichever return ends it ...
func.func private @onnx_body(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Relu"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @calls_onnx_body(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = call @onnx_body(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
// CHECK-LABEL:  func.func private @onnx_body
// CHECK-LABEL:  func.func @calls_onnx_body
// CHECK-NEXT:     [[R:%.+]] = call @onnx_body
// CHECK-NEXT:     onnx.Return [[R]]

// -----
// ... and so does one that ends in onnx.Return alone ...
func.func private @onnx_return(%a: tensor<2xf32>) -> tensor<2xf32> {
  onnx.Return %a : tensor<2xf32>
}
func.func @calls_onnx_return(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = call @onnx_return(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @calls_onnx_return
// CHECK-NEXT:     call @onnx_return

// -----
// ... while a body of MLIR's own ops is inlined between onnx ops.
func.func private @upstream_body(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = arith.addf %a, %a : tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @calls_upstream_body(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Relu"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = call @upstream_body(%0) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %1 : tensor<2xf32>
}
// CHECK-NOT:    @upstream_body
// CHECK-LABEL:  func.func @calls_upstream_body
// CHECK-NEXT:     [[R:%.+]] = "onnx.Relu"
// CHECK-NEXT:     [[S:%.+]] = arith.addf [[R]], [[R]]
// CHECK-NEXT:     onnx.Return [[S]]
