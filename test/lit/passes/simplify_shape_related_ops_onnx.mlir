// RUN: onnx-opt %s --split-input-file --simplify-shape-related-ops-onnx | FileCheck %s

// However many ops a size goes through, it is one onnx.Dim; 2 * 3 + 1 is a number.
// CHECK-LABEL:  func.func @sizes_through_ops
// CHECK-SAME:     ([[X:%.+]]: tensor<?x2x3xf32>)
// CHECK-DAG:      [[SEVEN:%.+]] = onnx.Constant dense<7> : tensor<1xi64>
// CHECK-DAG:      [[N:%.+]] = "onnx.Dim"([[X]]) <{axis = 0 : si64}> : (tensor<?x2x3xf32>) -> tensor<1xi64>
// CHECK:          [[S:%.+]] = "onnx.Concat"([[N]], [[SEVEN]]) <{axis = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[S]]
func.func @sizes_through_ops(%x: tensor<?x2x3xf32>) -> tensor<*xi64> {
  %zero = onnx.Constant dense<0> : tensor<i64>
  %axes = onnx.Constant dense<0> : tensor<1xi64>
  %pair = onnx.Constant dense<[1, 2]> : tensor<2xi64>
  %one = onnx.Constant dense<1> : tensor<1xi64>
  %shape = "onnx.Shape"(%x) : (tensor<?x2x3xf32>) -> tensor<*xi64>
  %size = "onnx.Gather"(%shape, %zero) {axis = 0 : si64} : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
  %n = "onnx.Unsqueeze"(%size, %axes) : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  %rest = "onnx.Gather"(%shape, %pair) {axis = 0 : si64} : (tensor<*xi64>, tensor<2xi64>) -> tensor<*xi64>
  %a = "onnx.Slice"(%rest, %axes, %one, %axes, %one) : (tensor<*xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xi64>
  %three = onnx.Constant dense<3> : tensor<1xi64>
  %six = "onnx.Mul"(%a, %three) : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  %seven = "onnx.Add"(%six, %one) : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  %new = "onnx.Concat"(%n, %seven) {axis = 0 : si64} : (tensor<*xi64>, tensor<*xi64>) -> tensor<*xi64>
  onnx.Return %new : tensor<*xi64>
}

// -----
// The dimension of a result that comes from an argument is that of the argument: the Relu is dead.
// CHECK-LABEL:  func.func @asks_where_it_is_first_known
// CHECK-SAME:     ([[X:%.+]]: tensor<?xf32>)
// CHECK-NEXT:     [[N:%.+]] = "onnx.Dim"([[X]])
// CHECK-NEXT:     onnx.Return [[N]]
func.func @asks_where_it_is_first_known(%x: tensor<?xf32>) -> tensor<1xi64> {
  %0 = "onnx.Relu"(%x) : (tensor<?xf32>) -> tensor<*xf32>
  %1 = "onnx.Shape"(%0) : (tensor<*xf32>) -> tensor<1xi64>
  onnx.Return %1 : tensor<1xi64>
}

// -----
// A scalar has no axis; Cast goes to each size, and to numbers at once.
// CHECK-LABEL:  func.func @scalars_and_casts
// CHECK-DAG:      [[F:%.+]] = onnx.Constant dense<6.000000e+01> : tensor<1xf32>
// CHECK:          [[N:%.+]] = "onnx.Dim"
// CHECK:          [[C:%.+]] = "onnx.Cast"([[N]]) <{saturate = 1 : si64, to = f32}> : (tensor<1xi64>) -> tensor<1xf32>
// CHECK:          [[V:%.+]] = "onnx.Concat"([[C]], [[F]])
// CHECK:          [[ZERO:%.+]] = onnx.Constant dense<0> : tensor<1xi64>
// CHECK:          [[S:%.+]] = "onnx.Squeeze"([[N]], [[ZERO]]) : (tensor<1xi64>, tensor<1xi64>) -> tensor<i64>
// CHECK:          onnx.Return [[V]], [[S]]
func.func @scalars_and_casts(%x: tensor<?x60xf32>) -> (tensor<*xf32>, tensor<*xi64>) {
  %zero = onnx.Constant dense<0> : tensor<i64>
  %shape = "onnx.Shape"(%x) : (tensor<?x60xf32>) -> tensor<*xi64>
  %floats = "onnx.Cast"(%shape) {to = f32} : (tensor<*xi64>) -> tensor<*xf32>
  %size = "onnx.Gather"(%shape, %zero) {axis = 0 : si64} : (tensor<*xi64>, tensor<i64>) -> tensor<*xi64>
  onnx.Return %floats, %size : tensor<*xf32>, tensor<*xi64>
}
