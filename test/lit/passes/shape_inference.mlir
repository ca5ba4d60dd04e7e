// RUN: onnx-opt %s --split-input-file --shape-inference | FileCheck %s

// What ONNX's inference says becomes the type of the result, and of the function.
// CHECK-LABEL:  func.func @refines_results
// CHECK-SAME:     -> tensor<2x?x5xf32>
func.func @refines_results(%x: tensor<2x?x3xf32>, %w: tensor<3x5xf32>) -> tensor<*xf32> {
  // CHECK: "onnx.MatMul"({{.*}}) : (tensor<2x?x3xf32>, tensor<3x5xf32>) -> tensor<2x?x5xf32>
  %0 = "onnx.MatMul"(%x, %w) : (tensor<2x?x3xf32>, tensor<3x5xf32>) -> tensor<*xf32>
  // CHECK: onnx.Return {{.*}} : tensor<2x?x5xf32>
  onnx.Return %0 : tensor<*xf32>
}

// -----
// What is known already is kept where inference knows less.
// CHECK-LABEL:  func.func @keeps_what_is_declared
func.func @keeps_what_is_declared(%x: tensor<?x3xf32>) -> tensor<2x?xf32> {
  // CHECK: "onnx.Relu"({{.*}}) : (tensor<?x3xf32>) -> tensor<2x3xf32>
  %0 = "onnx.Relu"(%x) : (tensor<?x3xf32>) -> tensor<2x?xf32>
  onnx.Return %0 : tensor<2x?xf32>
}

// -----
// A size that is not known goes by a name through Shape, Gather, Unsqueeze and Concat. It stands on both sides of the
// Reshape, so -1 is 60 / 12.
// CHECK-LABEL:  func.func @names_sizes
func.func @names_sizes(%x: tensor<?x60xf32>) -> tensor<*xf32> {
  %zero = onnx.Constant dense<0> : tensor<i64>
  %axes = onnx.Constant dense<0> : tensor<1xi64>
  %rest = onnx.Constant dense<[12, -1]> : tensor<2xi64>
  %shape = "onnx.Shape"(%x) : (tensor<?x60xf32>) -> tensor<*xi64>
  %size = "onnx.Gather"(%shape, %zero) {axis = 0 : si64} : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
  %one = "onnx.Unsqueeze"(%size, %axes) : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  %new = "onnx.Concat"(%one, %rest) {axis = 0 : si64} : (tensor<*xi64>, tensor<2xi64>) -> tensor<*xi64>
  // CHECK: "onnx.Reshape"({{.*}}) {{.*}} : (tensor<?x60xf32>, tensor<3xi64>) -> tensor<?x12x5xf32>
  %0 = "onnx.Reshape"(%x, %new) : (tensor<?x60xf32>, tensor<*xi64>) -> tensor<*xf32>
  onnx.Return %0 : tensor<*xf32>
}

// -----
// A branch that runs decides: only what both agree on is known.
// CHECK-LABEL:  func.func @joins_branches
// CHECK-SAME:     -> tensor<2x?xf32>
func.func @joins_branches(%c: tensor<i1>, %a: tensor<2x3xf32>, %b: tensor<2x4xf32>) -> tensor<*xf32> {
  %0 = "onnx.If"(%c) ({
    // CHECK: "onnx.Relu"({{.*}}) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    %1 = "onnx.Relu"(%a) : (tensor<2x3xf32>) -> tensor<*xf32>
    onnx.Yield %1 : tensor<*xf32>
  }, {
    %1 = "onnx.Relu"(%b) : (tensor<2x4xf32>) -> tensor<*xf32>
    onnx.Yield %1 : tensor<*xf32>
  // CHECK: }) : (tensor<i1>) -> tensor<2x?xf32>
  }) : (tensor<i1>) -> tensor<*xf32>
  onnx.Return %0 : tensor<*xf32>
}
