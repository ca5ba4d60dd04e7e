// RUN: onnx-opt %s --split-input-file --canonicalize | FileCheck %s

// Equal constants become one; so do absent values.
func.func @equal_constants(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %n0 = "onnx.NoValue"() {value} : () -> none
  %n1 = "onnx.NoValue"() {value} : () -> none
  %0 = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %2 = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %3 = "onnx.Clip"(%a, %n0, %n1) : (tensor<2xf32>, none, none) -> tensor<2xf32>
  %4 = "onnx.Add"(%3, %1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %5 = "onnx.Mul"(%4, %2) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0, %4, %5 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @equal_constants
// CHECK-SAME:     ([[A:%.+]]: tensor<2xf32>)
// CHECK-DAG:      [[N:%.+]] = "onnx.NoValue"
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00]>
// CHECK-NOT:      onnx.Constant
// CHECK:          [[R:%.+]] = "onnx.Clip"([[A]], [[N]], [[N]])
// CHECK-NEXT:     [[S:%.+]] = "onnx.Add"([[R]], [[C]])
// CHECK-NEXT:     [[P:%.+]] = "onnx.Mul"([[S]], [[C]])
// CHECK-NEXT:     onnx.Return [[C]], [[S]], [[P]]

// -----
// An initializer and the node Constant are equal whatever they, and the tensor in the node, are called.
func.func @names(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Constant {onnx.name = "w", value = dense<[1.0, 2.0]> : tensor<2xf32>} : tensor<2xf32>
  %1 = onnx.Constant {onnx.outputs = ["c"], onnx.tensors = {value = "name: \22t\22"}, value = dense<[1.0, 2.0]> : tensor<2xf32>} : tensor<2xf32>
  %2 = "onnx.Add"(%a, %0) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = "onnx.Mul"(%2, %1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %3 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @names
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00]>
// CHECK-NEXT:     [[S:%.+]] = "onnx.Add"({{%.+}}, [[C]])
// CHECK-NEXT:     [[P:%.+]] = "onnx.Mul"([[S]], [[C]])
// CHECK-NEXT:     onnx.Return [[P]]

// -----
// Constants that only look alike: another type, another shape, minus zero, another form.
func.func @different_constants() -> (tensor<2xf32>, tensor<2xi32>, tensor<1x2xf32>, tensor<2xf32>) {
  %0 = onnx.Constant dense<0.0> : tensor<2xf32>
  %1 = onnx.Constant dense<0> : tensor<2xi32>
  %2 = onnx.Constant dense<0.0> : tensor<1x2xf32>
  %3 = onnx.Constant dense<-0.0> : tensor<2xf32>
  onnx.Return %0, %1, %2, %3 : tensor<2xf32>, tensor<2xi32>, tensor<1x2xf32>, tensor<2xf32>
}
// CHECK-LABEL:   func.func @different_constants
// CHECK-COUNT-4:   onnx.Constant
// CHECK:           onnx.Return

// -----
// What nobody reads goes, upwards; ops that are no constants are not merged.
func.func @dead_ops(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = onnx.Constant dense<1.0> : tensor<2xf32>
  %1 = "onnx.Add"(%a, %0) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = "onnx.Relu"(%1) : (tensor<2xf32>) -> tensor<2xf32>
  %3 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %4 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %3, %4 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @dead_ops
// CHECK-NEXT:     "onnx.Exp"
// CHECK-NEXT:     "onnx.Exp"
// CHECK-NEXT:     onnx.Return

// -----
// An effect is a reason to stay, also inside a body; a body without one goes as a whole.
func.func @effects(%a: tensor<2xf32>, %cond: tensor<i1>) {
  %0 = "onnx.Custom"(%a) {function_name = "log"} : (tensor<2xf32>) -> tensor<2xf32>
  "onnx.PrintSignature"(%a) {op_name = "a", print_data = 0 : si64} : (tensor<2xf32>) -> ()
  %1 = "onnx.If"(%cond) ({
    "onnx.PrintSignature"(%a) {op_name = "then", print_data = 0 : si64} : (tensor<2xf32>) -> ()
    onnx.Yield %a : tensor<2xf32>
  }, {
    %2 = "onnx.Neg"(%a) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %a : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  %3 = "onnx.If"(%cond) ({
    onnx.Yield %a : tensor<2xf32>
  }, {
    %4 = "onnx.Neg"(%a) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %4 : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}
// CHECK-LABEL:  func.func @effects
// CHECK-NEXT:     "onnx.Custom"
// CHECK-NEXT:     "onnx.PrintSignature"({{.*}} <{op_name = "a",
// CHECK-NEXT:     "onnx.If"
// CHECK-NEXT:       "onnx.PrintSignature"({{.*}} <{op_name = "then",
// CHECK-NEXT:       onnx.Yield
// CHECK-NEXT:     }, {
// CHECK-NEXT:       onnx.Yield
// CHECK-NEXT:     })
// CHECK-NEXT:     onnx.Return

// -----
// MLIR's own canonicalizer still does its work.
func.func @upstream(%x: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %0 = arith.addi %x, %c0 : i32
  return %0 : i32
}
// CHECK-LABEL:  func.func @upstream
// CHECK-SAME:     ([[X:%.+]]: i32)
// CHECK-NEXT:     return [[X]]
