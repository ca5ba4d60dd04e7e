// RUN: onnx-opt %s --split-input-file --simplify-shape-related-ops-onnx | FileCheck %s

// A sum of sizes is no size that a tensor has.
// CHECK-LABEL:  func.func @size_of_nothing
// CHECK:          "onnx.Add"
func.func @size_of_nothing(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<1xi64> {
  %0 = "onnx.Shape"(%x) : (tensor<?xf32>) -> tensor<1xi64>
  %1 = "onnx.Shape"(%y) : (tensor<?xf32>) -> tensor<1xi64>
  %2 = "onnx.Add"(%0, %1) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  onnx.Return %2 : tensor<1xi64>
}

// -----
// Numbers that are no sizes of anything are as many as they like.
// CHECK-LABEL:  func.func @more_than_a_shape_has
// CHECK:          "onnx.Concat"({{%[0-9]+}}, {{%[0-9]+}}) <
func.func @more_than_a_shape_has(%x: tensor<?xf32>) -> tensor<18xi64> {
  %many = onnx.Constant dense<5> : tensor<17xi64>
  %0 = "onnx.Dim"(%x) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
  %1 = "onnx.Concat"(%many, %0) {axis = 0 : si64} : (tensor<17xi64>, tensor<1xi64>) -> tensor<18xi64>
  onnx.Return %1 : tensor<18xi64>
}

// -----
// What a branch asks for is not seen outside of it.
// CHECK-LABEL:  func.func @size_in_a_branch
// CHECK:          "onnx.If"
// CHECK:            "onnx.Dim"
// CHECK:          }, {
// CHECK:            "onnx.Dim"
// CHECK:          }) : (tensor<i1>) -> tensor<2xi64>
// CHECK:          "onnx.Dim"
func.func @size_in_a_branch(%c: tensor<i1>, %x: tensor<?x2xf32>) -> (tensor<*xi64>, tensor<*xi64>) {
  %0 = "onnx.If"(%c) ({
    %1 = "onnx.Shape"(%x) : (tensor<?x2xf32>) -> tensor<*xi64>
    onnx.Yield %1 : tensor<*xi64>
  }, {
    %1 = "onnx.Shape"(%x) : (tensor<?x2xf32>) -> tensor<*xi64>
    onnx.Yield %1 : tensor<*xi64>
  }) : (tensor<i1>) -> tensor<*xi64>
  %2 = "onnx.Shape"(%x) {end = 1 : si64} : (tensor<?x2xf32>) -> tensor<*xi64>
  onnx.Return %0, %2 : tensor<*xi64>, tensor<*xi64>
}

// -----
// An int32 is no size that onnx.Dim gives.
// CHECK-LABEL:  func.func @other_integers
// CHECK:          "onnx.Gather"({{.*}}) {{.*}} : (tensor<2xi32>, tensor<i64>) -> tensor<i32>
func.func @other_integers(%x: tensor<?x2xf32>) -> tensor<i32> {
  %zero = onnx.Constant dense<0> : tensor<i64>
  %0 = "onnx.Shape"(%x) : (tensor<?x2xf32>) -> tensor<2xi64>
  %1 = "onnx.Cast"(%0) {to = i32} : (tensor<2xi64>) -> tensor<2xi32>
  %2 = "onnx.Gather"(%1, %zero) {axis = 0 : si64} : (tensor<2xi32>, tensor<i64>) -> tensor<i32>
  onnx.Return %2 : tensor<i32>
}

// -----
// What becomes of a size in a narrow type is a question of saturation.
// CHECK-LABEL:  func.func @narrow_types
// CHECK:          "onnx.Cast"({{.*}}) <{{.*}}> : (tensor<2xi64>) -> tensor<2xf8E4M3FN>
func.func @narrow_types(%x: tensor<?x1000xf32>) -> tensor<2xf8E4M3FN> {
  %0 = "onnx.Shape"(%x) : (tensor<?x1000xf32>) -> tensor<2xi64>
  %1 = "onnx.Cast"(%0) {saturate = 0 : si64, to = f8E4M3FN} : (tensor<2xi64>) -> tensor<2xf8E4M3FN>
  onnx.Return %1 : tensor<2xf8E4M3FN>
}
