// RUN: onnx-opt %s --split-input-file --onnx-dim-analysis | FileCheck %s

// Either of two sizes that broadcast may be 1: nothing follows.
func.func @broadcast(%a: tensor<?xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %0 = "onnx.Mul"(%a, %b) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  onnx.Return %0 : tensor<?xf32>
}
// CHECK-LABEL:  func.func @broadcast
// CHECK-DAG:      group_id = 0 : si64
// CHECK-DAG:      group_id = 1 : si64
// CHECK-DAG:      group_id = 2 : si64

// -----
// Known sizes have no group, and along its axis Concat's operands may differ.
func.func @joined(%a: tensor<?x3xf32>, %b: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %0 = "onnx.Concat"(%a, %b) {axis = 0 : si64} : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  onnx.Return %0 : tensor<?x3xf32>
}
// CHECK-LABEL:  func.func @joined
// CHECK-NOT:      axis = 1
// CHECK-DAG:      group_id = 0 : si64
// CHECK-DAG:      group_id = 1 : si64
// CHECK-DAG:      group_id = 2 : si64
