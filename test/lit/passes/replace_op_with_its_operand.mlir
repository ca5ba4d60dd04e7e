// RUN: onnx-opt %s --replace-op-with-its-operand='list-id-regex=0:/layers.*/mask list-id-regex=1:other' | FileCheck %s

// Names match as a whole, in any layer; the node itself stays, dead.
// CHECK-LABEL:  func.func @masks(
// CHECK-SAME:     [[X:%.+]]: tensor<2xf32>, [[M:%.+]]: tensor<2xf32>)
func.func @masks(%x: tensor<2xf32>, %m: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK-NEXT:     "onnx.Add"([[X]], [[M]]) {onnx_node_name = "/layers.7/mask"}
  %a = "onnx.Add"(%x, %m) {onnx_node_name = "/layers.7/mask"} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // CHECK-NEXT:     [[B:%.+]] = "onnx.Add"([[X]], [[M]]) {onnx_node_name = "/layers.7/mask_2"}
  %b = "onnx.Add"(%x, %m) {onnx_node_name = "/layers.7/mask_2"} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // CHECK-NEXT:     "onnx.Sub"
  %c = "onnx.Sub"(%x, %m) {onnx_node_name = "other"} : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // CHECK-NEXT:     onnx.Return [[X]], [[B]], [[M]]
  onnx.Return %a, %b, %c : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
