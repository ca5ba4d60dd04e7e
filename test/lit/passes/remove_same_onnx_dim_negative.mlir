// RUN: onnx-opt %s --remove-same-onnx-dim | FileCheck %s

func.func @different(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>) -> (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) {
  %0 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?x?xf32>) -> tensor<1xi64>
  %1 = "onnx.Dim"(%a) {axis = 1 : si64} : (tensor<?x?xf32>) -> tensor<1xi64>
  %2 = "onnx.Dim"(%b) {axis = 0 : si64} : (tensor<?x?xf32>) -> tensor<1xi64>
  onnx.Return %0, %1, %2 : tensor<1xi64>, tensor<1xi64>, tensor<1xi64>
}
// CHECK-LABEL:  func.func @different
// CHECK-COUNT-3:  "onnx.Dim"
