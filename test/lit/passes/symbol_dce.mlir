// RUN: onnx-opt %s --symbol-dce | FileCheck %s

// MLIR's own pass: private functions that nobody names go.  onnx.EntryPoint names one, and so does a call.

// CHECK-NOT: @unused
func.func private @unused(%a: tensor<2xf32>) -> tensor<2xf32> {
  onnx.Return %a : tensor<2xf32>
}
// CHECK: func.func private @called
func.func private @called(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Relu"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
// CHECK: func.func private @main_graph
func.func private @main_graph(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = call @called(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
// CHECK: func.func @public
func.func @public() {
  return
}
// CHECK: "onnx.EntryPoint"() <{func = @main_graph}> : () -> ()
"onnx.EntryPoint"() {func = @main_graph} : () -> ()
