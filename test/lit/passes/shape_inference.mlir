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

// -----
// The K of a MatMul is one size: what the weights say, the argument and the function say, too.
// CHECK-LABEL:  func.func @operands_agree
// CHECK-SAME:     (%{{.*}}: tensor<2x3xf32>, {{.*}}) -> tensor<2x5xf32>
func.func @operands_agree(%x: tensor<2x?xf32>, %w: tensor<3x5xf32>) -> tensor<*xf32> {
  %0 = "onnx.MatMul"(%x, %w) : (tensor<2x?xf32>, tensor<3x5xf32>) -> tensor<*xf32>
  onnx.Return %0 : tensor<*xf32>
}

// -----
// Sizes that a model calls by one name are one size.
// CHECK-LABEL:  func.func @names_of_a_model
// CHECK-SAME:     -> tensor<?x4x5xf32>
func.func @names_of_a_model(%x: tensor<?x20xf32> {onnx.dim_params = "0:n"}, %y: tensor<?xf32> {onnx.dim_params = "0:n"}) -> tensor<*xf32> {
  %rest = onnx.Constant dense<[4, -1]> : tensor<2xi64>
  %n = "onnx.Shape"(%y) : (tensor<?xf32>) -> tensor<1xi64>
  %new = "onnx.Concat"(%n, %rest) {axis = 0 : si64} : (tensor<1xi64>, tensor<2xi64>) -> tensor<3xi64>
  %0 = "onnx.Reshape"(%x, %new) : (tensor<?x20xf32>, tensor<3xi64>) -> tensor<*xf32>
  onnx.Return %0 : tensor<*xf32>
}

// -----
// What an op leaves to the shape of its operand is written down.
// CHECK-LABEL:  func.func @writes_down
func.func @writes_down(%x: tensor<2x1x3xf32>) -> (tensor<*xf32>, tensor<*xf32>) {
  // CHECK: "onnx.Transpose"({{.*}}) <{perm = [2, 1, 0]}> : (tensor<2x1x3xf32>) -> tensor<3x1x2xf32>
  %0 = "onnx.Transpose"(%x) : (tensor<2x1x3xf32>) -> tensor<*xf32>
  // CHECK: [[AXES:%.+]] = onnx.Constant dense<1> : tensor<1xi64>
  // CHECK: "onnx.Squeeze"({{.*}}, [[AXES]]) : (tensor<2x1x3xf32>, tensor<1xi64>) -> tensor<2x3xf32>
  %none = "onnx.NoValue"() {value} : () -> none
  %1 = "onnx.Squeeze"(%x, %none) : (tensor<2x1x3xf32>, none) -> tensor<*xf32>
  onnx.Return %0, %1 : tensor<*xf32>, tensor<*xf32>
}

// -----
// A call has the types of what it calls, whichever comes first.
// CHECK-LABEL:  func.func @caller
// CHECK-SAME:     -> tensor<2x3xf32>
func.func @caller(%x: tensor<2x3xf32>) -> tensor<*xf32> {
  // CHECK: call @callee({{.*}}) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %0 = func.call @callee(%x) : (tensor<2x3xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
func.func private @callee(%x: tensor<2x3xf32>) -> tensor<*xf32> {
  %0 = "onnx.Relu"(%x) : (tensor<2x3xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
