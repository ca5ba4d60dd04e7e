// RUN: onnx-opt %s --split-input-file --onnx-dim-analysis | FileCheck %s

// Dimensions that ops hand on are in one group, and so are those that operands must share.
func.func @handed_on(%a: tensor<?x?xf32>, %b: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = "onnx.Exp"(%a) : (tensor<?x?xf32>) -> tensor<?x?xf32>
  %1 = "onnx.MatMul"(%0, %b) : (tensor<?x?xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  onnx.Return %1 : tensor<?x4xf32>
}
// CHECK-LABEL:  func.func @handed_on
// CHECK-SAME:     ([[A:%.+]]: tensor<?x?xf32>, [[B:%.+]]: tensor<?x4xf32>)
// CHECK-DAG:      "onnx.DimGroup"([[A]]) <{axis = 0 : si64, group_id = [[M:[0-9]+]] : si64}>
// CHECK-DAG:      "onnx.DimGroup"([[A]]) <{axis = 1 : si64, group_id = [[K:[0-9]+]] : si64}>
// CHECK-DAG:      "onnx.DimGroup"([[B]]) <{axis = 0 : si64, group_id = [[K]] : si64}>
// CHECK:          [[E:%.+]] = "onnx.Exp"([[A]])
// CHECK-DAG:      "onnx.DimGroup"([[E]]) <{axis = 0 : si64, group_id = [[M]] : si64}>
// CHECK-DAG:      "onnx.DimGroup"([[E]]) <{axis = 1 : si64, group_id = [[K]] : si64}>
// CHECK:          [[P:%.+]] = "onnx.MatMul"([[E]], [[B]])
// CHECK-NEXT:     "onnx.DimGroup"([[P]]) <{axis = 0 : si64, group_id = [[M]] : si64}>

// -----
// Sizes that are computed, and sums with numbers.
func.func @computed(%a: tensor<?xf32>, %b: tensor<1xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %one = onnx.Constant dense<1> : tensor<1xi64>
  %0 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
  %1 = "onnx.Add"(%0, %one) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %2 = "onnx.Expand"(%b, %1) : (tensor<1xf32>, tensor<1xi64>) -> tensor<?xf32>
  %3 = "onnx.Concat"(%b, %a) {axis = 0 : si64} : (tensor<1xf32>, tensor<?xf32>) -> tensor<?xf32>
  onnx.Return %2, %3 : tensor<?xf32>, tensor<?xf32>
}
// CHECK-LABEL:  func.func @computed
// CHECK:          [[E:%.+]] = "onnx.Expand"
// CHECK-NEXT:     "onnx.DimGroup"([[E]]) <{axis = 0 : si64, group_id = [[N:[0-9]+]] : si64}>
// CHECK:          [[C:%.+]] = "onnx.Concat"
// CHECK-NEXT:     "onnx.DimGroup"([[C]]) <{axis = 0 : si64, group_id = [[N]] : si64}>

// -----
// Names that a model gives to sizes; the same name is the same size.
func.func @named(%a: tensor<?xf32> {onnx.dim_params = "0:N"}, %b: tensor<?xf32> {onnx.dim_params = "0:N"}) -> tensor<?xf32> {
  %0 = "onnx.Exp"(%b) : (tensor<?xf32>) -> tensor<?xf32>
  onnx.Return %0 : tensor<?xf32>
}
// CHECK-LABEL:  func.func @named
// CHECK-COUNT-3:  group_id = 0 : si64

// -----
// What a reshape leaves over on each side is equal.
func.func @left_over(%a: tensor<?x?x6xf32>) -> tensor<?x2x3x?xf32> {
  %m = onnx.Constant dense<[-1, 2, 3]> : tensor<3xi64>
  %0 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?x?x6xf32>) -> tensor<1xi64>
  %1 = "onnx.Concat"(%m, %0) {axis = 0 : si64} : (tensor<3xi64>, tensor<1xi64>) -> tensor<4xi64>
  %2 = "onnx.Reshape"(%a, %1) : (tensor<?x?x6xf32>, tensor<4xi64>) -> tensor<?x2x3x?xf32>
  onnx.Return %2 : tensor<?x2x3x?xf32>
}
// CHECK-LABEL:  func.func @left_over
// CHECK-SAME:     ([[A:%.+]]: tensor<?x?x6xf32>)
// CHECK-DAG:      "onnx.DimGroup"([[A]]) <{axis = 0 : si64, group_id = [[M:[0-9]+]] : si64}>
// CHECK-DAG:      "onnx.DimGroup"([[A]]) <{axis = 1 : si64, group_id = [[N:[0-9]+]] : si64}>
// CHECK:          [[R:%.+]] = "onnx.Reshape"
// CHECK-DAG:      "onnx.DimGroup"([[R]]) <{axis = 0 : si64, group_id = [[N]] : si64}>
// CHECK-DAG:      "onnx.DimGroup"([[R]]) <{axis = 3 : si64, group_id = [[M]] : si64}>
