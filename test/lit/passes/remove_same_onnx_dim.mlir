// RUN: onnx-opt %s --split-input-file --remove-same-onnx-dim | FileCheck %s

func.func @same(%a: tensor<?x?xf32>) -> (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) {
  %0 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?x?xf32>) -> tensor<1xi64>
  %2 = "onnx.Dim"(%0) {axis = 1 : si64} : (tensor<?x?xf32>) -> tensor<1xi64>
  %3 = "onnx.Dim"(%0) {axis = 0 : si64} : (tensor<?x?xf32>) -> tensor<1xi64>
  onnx.Return %1, %2, %3 : tensor<1xi64>, tensor<1xi64>, tensor<1xi64>
}
// CHECK-LABEL:  func.func @same
// CHECK:          [[M:%.+]] = "onnx.Dim"(%arg0) <{axis = 0 : si64}>
// CHECK-NEXT:     [[N:%.+]] = "onnx.Dim"(%0) <{axis = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[M]], [[M]], [[N]]

// -----
// One from around a body serves inside it, but not the other way round.
func.func @bodies(%c: tensor<i1>, %a: tensor<?xf32>) -> (tensor<1xi64>, tensor<1xi64>) {
  %0 = "onnx.If"(%c) ({
    %1 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
    onnx.Yield %1 : tensor<1xi64>
  }, {
    %1 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
    onnx.Yield %1 : tensor<1xi64>
  }) : (tensor<i1>) -> tensor<1xi64>
  %2 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
  onnx.Return %0, %2 : tensor<1xi64>, tensor<1xi64>
}
// CHECK-LABEL:  func.func @bodies
// CHECK-COUNT-3:  "onnx.Dim"
