// RUN: onnx-opt %s --set-onnx-node-name | FileCheck %s

// Constants, absent operands and terminators stand for no node; nor does a name that fits change.
func.func @left_alone(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Constant dense<1.0> : tensor<2xf32>
  %1 = "onnx.NoValue"() {value} : () -> none
  %2 = "onnx.Clip"(%a, %1, %1) {onnx_node_name = "clip"} : (tensor<2xf32>, none, none) -> tensor<2xf32>
  onnx.Return %2 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @left_alone
// CHECK-NEXT:     onnx.Constant dense<1.000000e+00> : tensor<2xf32>
// CHECK-NEXT:     "onnx.NoValue"() <{value}> : () -> none
// CHECK-NEXT:     "onnx.Clip"({{.*}}) {onnx_node_name = "clip"}
// CHECK-NEXT:     onnx.Return %{{[0-9]+}} : tensor<2xf32>
