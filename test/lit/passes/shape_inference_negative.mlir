// RUN: onnx-opt %s --split-input-file --shape-inference | FileCheck %s

// What a Loop carries may grow from one iteration to the next: its first size is not its size.
// CHECK-LABEL:  func.func @carried_size_that_grows
// CHECK-SAME:     -> tensor<?x3xf32>
func.func @carried_size_that_grows(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<1x3xf32>) -> tensor<*xf32> {
  // CHECK: ^bb0(%{{.*}}: tensor<i64>, %{{.*}}: tensor<i1>, %{{.*}}: tensor<?x3xf32>):
  %0 = "onnx.Loop"(%n, %c, %x) ({
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %v: tensor<*xf32>):
    // CHECK: "onnx.Concat"({{.*}}) {{.*}} -> tensor<?x3xf32>
    %1 = "onnx.Concat"(%v, %x) {axis = 0 : si64} : (tensor<*xf32>, tensor<1x3xf32>) -> tensor<*xf32>
    onnx.Yield %go, %1 : tensor<i1>, tensor<*xf32>
  }) : (tensor<i64>, tensor<i1>, tensor<1x3xf32>) -> tensor<*xf32>
  onnx.Return %0 : tensor<*xf32>
}

// -----
// Two sizes that are not known need not be equal.
// CHECK-LABEL:  func.func @sizes_that_differ
func.func @sizes_that_differ(%x: tensor<?x60xf32>, %y: tensor<?x7xf32>) -> tensor<*xf32> {
  %size = "onnx.Dim"(%y) {axis = 0 : si64} : (tensor<?x7xf32>) -> tensor<1xi64>
  %rest = onnx.Constant dense<[12, -1]> : tensor<2xi64>
  %new = "onnx.Concat"(%size, %rest) {axis = 0 : si64} : (tensor<1xi64>, tensor<2xi64>) -> tensor<*xi64>
  // CHECK: "onnx.Reshape"({{.*}}) {{.*}} -> tensor<?x12x?xf32>
  %0 = "onnx.Reshape"(%x, %new) : (tensor<?x60xf32>, tensor<*xi64>) -> tensor<*xf32>
  onnx.Return %0 : tensor<*xf32>
}

// -----
// A branch need not run: what an op in it asks of its operands does not hold outside.
// CHECK-LABEL:  func.func @agreement_in_a_branch
// CHECK-SAME:     (%{{.*}}: tensor<i1>, %{{.*}}: tensor<2x?xf32>, {{.*}}) -> tensor<2x?xf32>
func.func @agreement_in_a_branch(%c: tensor<i1>, %x: tensor<2x?xf32>, %w: tensor<3x5xf32>) -> tensor<*xf32> {
  %0 = "onnx.If"(%c) ({
    %1 = "onnx.MatMul"(%x, %w) : (tensor<2x?xf32>, tensor<3x5xf32>) -> tensor<*xf32>
    onnx.Yield %1 : tensor<*xf32>
  }, {
    onnx.Yield %x : tensor<2x?xf32>
  }) : (tensor<i1>) -> tensor<*xf32>
  onnx.Return %0 : tensor<*xf32>
}

// -----
// The callers of a function rely on the types of its arguments.
// CHECK-LABEL:  func.func private @called
// CHECK-SAME:     (%{{.*}}: tensor<2x?xf32>, {{.*}}) -> tensor<2x5xf32>
func.func private @called(%x: tensor<2x?xf32>, %w: tensor<3x5xf32>) -> tensor<*xf32> {
  %0 = "onnx.MatMul"(%x, %w) : (tensor<2x?xf32>, tensor<3x5xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
func.func @caller(%x: tensor<2x?xf32>, %w: tensor<3x5xf32>) -> tensor<*xf32> {
  %0 = func.call @called(%x, %w) : (tensor<2x?xf32>, tensor<3x5xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
