// RUN: onnx-opt %s --split-input-file --set-onnx-node-name | FileCheck %s

// Ops without a name are called after their kind, the next ones after what they read.
func.func @kinds(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Neg"(%0) {onnx_node_name = "neg"} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = "onnx.Abs"(%1) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %2 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @kinds
// CHECK:          "onnx.Exp"({{.*}}) {onnx_node_name = "onnx.Exp_0"}
// CHECK:          "onnx.Neg"({{.*}}) {onnx_node_name = "neg"}
// CHECK:          "onnx.Abs"({{.*}}) {onnx_node_name = "neg_onnx.Abs_1"}

// -----
// Of two with one name the first keeps it; a fresh name is nobody else's.
func.func @twice(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %0 = "onnx.Exp"(%a) {onnx_node_name = "n"} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Exp"(%a) {onnx_node_name = "n"} : (tensor<2xf32>) -> tensor<2xf32>
  %2 = "onnx.Exp"(%a) {onnx_node_name = "n_0"} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @twice
// CHECK:          "onnx.Exp"({{.*}}) {onnx_node_name = "n"}
// CHECK:          "onnx.Exp"({{.*}}) {onnx_node_name = "onnx.Exp_1"}
// CHECK:          "onnx.Exp"({{.*}}) {onnx_node_name = "n_0"}

// -----
// Nodes of bodies have names, too.
func.func @body(%c: tensor<i1>, %a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.If"(%c) ({
    %1 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  }, {
    %1 = "onnx.Neg"(%a) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @body
// CHECK:          "onnx.Exp"({{.*}}) {onnx_node_name = "onnx.Exp_1"}
// CHECK:          "onnx.Neg"({{.*}}) {onnx_node_name = "onnx.Neg_2"}
// CHECK:          }) {onnx_node_name = "onnx.If_0"}
