// RUN: onnx-opt %s --onnx-cse-with-node-name | FileCheck %s
// RUN: onnx-opt %s --cse | FileCheck %s

// Nodes that differ in their names alone are one node, under the first name.
func.func @names(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = "onnx.Exp"(%a) {onnx_node_name = "first"} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Exp"(%a) {onnx_node_name = "second"} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @names
// CHECK-NEXT:     [[E:%.+]] = "onnx.Exp"({{.*}}) {onnx_node_name = "first"}
// CHECK-NEXT:     onnx.Return [[E]], [[E]]
