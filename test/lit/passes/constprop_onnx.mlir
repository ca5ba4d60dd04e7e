// RUN: onnx-opt %s --split-input-file --constprop-onnx | FileCheck %s

// What is known becomes a constant, step by step: -(1 + 2) * 4 = -12.
// CHECK-LABEL:  func.func @chain() -> tensor<f32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<-1.200000e+01> : tensor<f32>
// CHECK-NEXT:     onnx.Return [[C]] : tensor<f32>
func.func @chain() -> tensor<f32> {
  %one = onnx.Constant dense<1.0> : tensor<f32>
  %two = onnx.Constant dense<2.0> : tensor<f32>
  %four = onnx.Constant dense<4.0> : tensor<f32>
  %sum = "onnx.Add"(%one, %two) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %neg = "onnx.Neg"(%sum) : (tensor<f32>) -> tensor<f32>
  %y = "onnx.Mul"(%neg, %four) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  onnx.Return %y : tensor<f32>
}

// -----
// Integers wrap around: 200 + 100 = 44 modulo 256, and -128 has no opposite in 8 bits.
// CHECK-LABEL:  func.func @wraps
// CHECK-DAG:      [[A:%.+]] = onnx.Constant dense<44> : tensor<ui8>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<-128> : tensor<i8>
// CHECK:          onnx.Return [[A]], [[B]]
func.func @wraps() -> (tensor<ui8>, tensor<i8>) {
  %a = onnx.Constant dense<200> : tensor<ui8>
  %b = onnx.Constant dense<100> : tensor<ui8>
  %c = onnx.Constant dense<-128> : tensor<i8>
  %sum = "onnx.Add"(%a, %b) : (tensor<ui8>, tensor<ui8>) -> tensor<ui8>
  %neg = "onnx.Neg"(%c) : (tensor<i8>) -> tensor<i8>
  onnx.Return %sum, %neg : tensor<ui8>, tensor<i8>
}

// -----
// Integers are divided towards zero, and not at all by zero; a remainder has the sign of the divisor.
// CHECK-LABEL:  func.func @divides
// CHECK-DAG:      [[Q:%.+]] = onnx.Constant dense<[-3, -3, 7]> : tensor<3xi32>
// CHECK-DAG:      [[R:%.+]] = onnx.Constant dense<[1, -1]> : tensor<2xi64>
// CHECK:          onnx.Return [[Q]], [[R]]
func.func @divides() -> (tensor<3xi32>, tensor<2xi64>) {
  %a = onnx.Constant dense<[-7, 7, 7]> : tensor<3xi32>
  %b = onnx.Constant dense<[2, -2, 0]> : tensor<3xi32>
  %c = onnx.Constant dense<[-7, 7]> : tensor<2xi64>
  %d = onnx.Constant dense<[2, -2]> : tensor<2xi64>
  %q = "onnx.Div"(%a, %b) : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
  %r = "onnx.Mod"(%c, %d) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  onnx.Return %q, %r : tensor<3xi32>, tensor<2xi64>
}

// -----
// Rounded once: 1 + 2^-9 + 2^-9 is 1 + 2^-8, half way between two bf16, and goes to the even one, 1; in two steps too,
// but 1 + 2^-8 + 2^-30 is beyond the middle and goes to 1 + 2^-7.
// CHECK-LABEL:  func.func @rounds_once
// CHECK-DAG:      [[A:%.+]] = onnx.Constant dense<1.000000e+00> : tensor<bf16>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<1.007810e+00> : tensor<bf16>
// CHECK:          onnx.Return [[A]], [[B]]
func.func @rounds_once() -> (tensor<bf16>, tensor<bf16>) {
  %a = onnx.Constant dense<1.00390625> : tensor<f64>
  %b = onnx.Constant dense<1.0039062509313226> : tensor<f64>
  %x = "onnx.Cast"(%a) {to = bf16} : (tensor<f64>) -> tensor<bf16>
  %y = "onnx.Cast"(%b) {to = bf16} : (tensor<f64>) -> tensor<bf16>
  onnx.Return %x, %y : tensor<bf16>, tensor<bf16>
}

// -----
// No number is an error: log(-1), 1 / 0, and what overflows an integer.
// CHECK-LABEL:  func.func @ieee
// CHECK-DAG:      [[L:%.+]] = onnx.Constant dense<0x{{F|7}}FC00000> : tensor<f32>
// CHECK-DAG:      [[R:%.+]] = onnx.Constant dense<0x7F800000> : tensor<f32>
// CHECK-DAG:      [[I:%.+]] = onnx.Constant dense<[127, -128, 0]> : tensor<3xi8>
// CHECK:          onnx.Return [[L]], [[R]], [[I]]
func.func @ieee() -> (tensor<f32>, tensor<f32>, tensor<3xi8>) {
  %a = onnx.Constant dense<-1.0> : tensor<f32>
  %b = onnx.Constant dense<0.0> : tensor<f32>
  %c = onnx.Constant dense<[300.0, -300.0, 0x7FC00000]> : tensor<3xf32>
  %log = "onnx.Log"(%a) : (tensor<f32>) -> tensor<f32>
  %inverse = "onnx.Reciprocal"(%b) : (tensor<f32>) -> tensor<f32>
  %int = "onnx.Cast"(%c) {to = i8} : (tensor<3xf32>) -> tensor<3xi8>
  onnx.Return %log, %inverse, %int : tensor<f32>, tensor<f32>, tensor<3xi8>
}

// -----
// What shapes are made with: shape -> slice -> concat -> reshape.
// CHECK-LABEL:  func.func @shapes
// CHECK-NEXT:     [[S:%.+]] = onnx.Constant dense<[2, 3, 4]> : tensor<3xi64>
// CHECK-NEXT:     "onnx.Reshape"(%arg0, [[S]])
func.func @shapes(%x: tensor<6x4xf32>) -> tensor<2x3x4xf32> {
  %like = onnx.Constant dense<0.0> : tensor<6x4xf32>
  %shape = "onnx.Shape"(%like) : (tensor<6x4xf32>) -> tensor<2xi64>
  %one = onnx.Constant dense<1> : tensor<1xi64>
  %two = onnx.Constant dense<2> : tensor<1xi64>
  %none = "onnx.NoValue"() {value} : () -> none
  %last = "onnx.Slice"(%shape, %one, %two, %none, %none) : (tensor<2xi64>, tensor<1xi64>, tensor<1xi64>, none, none) -> tensor<1xi64>
  %three = onnx.Constant dense<3> : tensor<1xi64>
  %all = "onnx.Concat"(%two, %three, %last) {axis = 0 : si64} : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xi64>
  %y = "onnx.Reshape"(%x, %all) : (tensor<6x4xf32>, tensor<3xi64>) -> tensor<2x3x4xf32>
  onnx.Return %y : tensor<2x3x4xf32>
}

// -----
// A splat stays one element, however many it stands for.
// CHECK-LABEL:  func.func @splats
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<3.000000e+00> : tensor<100000x100000xf32>
// CHECK-NEXT:     onnx.Return [[C]]
func.func @splats() -> tensor<100000x100000xf32> {
  %shape = onnx.Constant dense<100000> : tensor<2xi64>
  %two = "onnx.ConstantOfShape"(%shape) {value = dense<2.0> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<100000x100000xf32>
  %one = onnx.Constant dense<1.0> : tensor<f32>
  %y = "onnx.Add"(%two, %one) : (tensor<100000x100000xf32>, tensor<f32>) -> tensor<100000x100000xf32>
  onnx.Return %y : tensor<100000x100000xf32>
}

// -----
// An op with several results.
// CHECK-LABEL:  func.func @halves
// CHECK-DAG:      [[A:%.+]] = onnx.Constant dense<[1, 2]> : tensor<2xi32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<[3, 4]> : tensor<2xi32>
// CHECK:          onnx.Return [[A]], [[B]]
func.func @halves() -> (tensor<2xi32>, tensor<2xi32>) {
  %x = onnx.Constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %none = "onnx.NoValue"() {value} : () -> none
  %a, %b = "onnx.Split"(%x, %none) {axis = 0 : si64, num_outputs = 2 : si64} : (tensor<4xi32>, none) -> (tensor<2xi32>, tensor<2xi32>)
  onnx.Return %a, %b : tensor<2xi32>, tensor<2xi32>
}

// -----
// The branch that is taken; what only the other one read is gone.
// CHECK-LABEL:  func.func @branch
// CHECK-NEXT:     [[E:%.+]] = "onnx.Exp"(%arg0)
// CHECK-NEXT:     onnx.Return [[E]]
func.func @branch(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<2.0> : tensor<f32>
  %yes = onnx.Constant dense<true> : tensor<i1>
  %no = "onnx.Not"(%yes) : (tensor<i1>) -> tensor<i1>
  %y = "onnx.If"(%no) ({
    %0 = "onnx.Div"(%x, %c) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    onnx.Yield %0 : tensor<2xf32>
  }, {
    %0 = "onnx.Exp"(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %0 : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// A product of integers with nothing but zeros; less the zero point, that is.
// CHECK-LABEL:  func.func @zero_products
// CHECK-DAG:      [[A:%.+]] = onnx.Constant dense<0> : tensor<2x4xi64>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<0> : tensor<2x4xi32>
// CHECK:          onnx.Return [[A]], [[B]]
func.func @zero_products(%x: tensor<3x4xi64>, %q: tensor<3x4xui8>) -> (tensor<2x4xi64>, tensor<2x4xi32>) {
  %zeros = onnx.Constant dense<0> : tensor<2x3xi64>
  %a = "onnx.MatMul"(%zeros, %x) : (tensor<2x3xi64>, tensor<3x4xi64>) -> tensor<2x4xi64>
  %rows = onnx.Constant dense<[[5, 5, 5], [6, 6, 6]]> : tensor<2x3xui8>
  %points = onnx.Constant dense<[5, 6]> : tensor<2xui8>
  %none = "onnx.NoValue"() {value} : () -> none
  %b = "onnx.MatMulInteger"(%rows, %q, %points, %none) : (tensor<2x3xui8>, tensor<3x4xui8>, tensor<2xui8>, none) -> tensor<2x4xi32>
  onnx.Return %a, %b : tensor<2x4xi64>, tensor<2x4xi32>
}

// -----
// RULE: add-const-commutative-1
// CHECK-LABEL:  func.func @constants_second
// CHECK:          "onnx.Add"(%arg0, %0)
func.func @constants_second(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = "onnx.Add"(%c, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: add-zeros-on-rhs
// CHECK-LABEL:  func.func @add_zero
// CHECK-NEXT:     onnx.Return %arg0
func.func @add_zero(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<0.0> : tensor<f32>
  %y = "onnx.Add"(%x, %c) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: add-const-associative-1
// CHECK-LABEL:  func.func @add_two_constants
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[11, 22]> : tensor<2xi32>
// CHECK-NEXT:     "onnx.Add"(%arg0, [[C]])
func.func @add_two_constants(%x: tensor<2xi32>) -> tensor<2xi32> {
  %a = onnx.Constant dense<[1, 2]> : tensor<2xi32>
  %b = onnx.Constant dense<[10, 20]> : tensor<2xi32>
  %0 = "onnx.Add"(%x, %a) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %y = "onnx.Add"(%0, %b) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  onnx.Return %y : tensor<2xi32>
}

// -----
// RULE: add-const-associative-2
// CHECK-LABEL:  func.func @add_constant_last
// CHECK:          [[S:%.+]] = "onnx.Add"(%arg0, %arg1)
// CHECK:          "onnx.Add"([[S]], {{.*}})
func.func @add_constant_last(%x: tensor<2xf32>, %z: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = "onnx.Add"(%x, %c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %y = "onnx.Add"(%0, %z) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: add-const-associative-3
// CHECK-LABEL:  func.func @add_constant_last_too
// CHECK:          [[S:%.+]] = "onnx.Add"(%arg1, %arg0)
// CHECK:          "onnx.Add"([[S]], {{.*}})
func.func @add_constant_last_too(%x: tensor<2xf32>, %z: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = "onnx.Add"(%x, %c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %y = "onnx.Add"(%z, %0) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: add-const-associative-4
// CHECK-LABEL:  func.func @add_sums
// CHECK-DAG:      [[S:%.+]] = "onnx.Add"(%arg0, %arg1)
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[11, 22]> : tensor<2xi32>
// CHECK:          "onnx.Add"([[S]], [[C]])
func.func @add_sums(%x: tensor<2xi32>, %z: tensor<2xi32>) -> tensor<2xi32> {
  %a = onnx.Constant dense<[1, 2]> : tensor<2xi32>
  %b = onnx.Constant dense<[10, 20]> : tensor<2xi32>
  %0 = "onnx.Add"(%x, %a) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %1 = "onnx.Add"(%z, %b) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %y = "onnx.Add"(%0, %1) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  onnx.Return %y : tensor<2xi32>
}

// -----
// RULE: sub-zeros-on-rhs
// CHECK-LABEL:  func.func @sub_zero
// CHECK-NEXT:     onnx.Return %arg0
func.func @sub_zero(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<0.0> : tensor<f32>
  %y = "onnx.Sub"(%x, %c) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: sub-const-to-neg
// CHECK-LABEL:  func.func @sub_constant
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[-1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     "onnx.Add"(%arg0, [[C]])
func.func @sub_constant(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, -2.0]> : tensor<2xf32>
  %y = "onnx.Sub"(%x, %c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: div-ones-on-rhs
// CHECK-LABEL:  func.func @div_one
// CHECK-NEXT:     onnx.Return %arg0
func.func @div_one(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<1.0> : tensor<2xf32>
  %y = "onnx.Div"(%x, %c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: mul-const-commutative-1
// RULE: mul-const-associative-1
// CHECK-LABEL:  func.func @mul_two_constants
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[10, 40]> : tensor<2xi32>
// CHECK-NEXT:     "onnx.Mul"(%arg0, [[C]])
func.func @mul_two_constants(%x: tensor<2xi32>) -> tensor<2xi32> {
  %a = onnx.Constant dense<[1, 2]> : tensor<2xi32>
  %b = onnx.Constant dense<[10, 20]> : tensor<2xi32>
  %0 = "onnx.Mul"(%a, %x) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %y = "onnx.Mul"(%0, %b) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  onnx.Return %y : tensor<2xi32>
}

// -----
// RULE: mul-ones-on-rhs
// CHECK-LABEL:  func.func @mul_one
// CHECK-NEXT:     onnx.Return %arg0
func.func @mul_one(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<1.0> : tensor<1xf32>
  %y = "onnx.Mul"(%x, %c) : (tensor<2xf32>, tensor<1xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: mul-const-associative-2
// CHECK-LABEL:  func.func @mul_constant_last
// CHECK:          [[S:%.+]] = "onnx.Mul"(%arg0, %arg1)
// CHECK:          "onnx.Mul"([[S]], {{.*}})
func.func @mul_constant_last(%x: tensor<2xf32>, %z: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = "onnx.Mul"(%x, %c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %y = "onnx.Mul"(%0, %z) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: mul-const-associative-3
// CHECK-LABEL:  func.func @mul_constant_last_too
// CHECK:          [[S:%.+]] = "onnx.Mul"(%arg1, %arg0)
// CHECK:          "onnx.Mul"([[S]], {{.*}})
func.func @mul_constant_last_too(%x: tensor<2xf32>, %z: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = "onnx.Mul"(%x, %c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %y = "onnx.Mul"(%z, %0) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// RULE: mul-const-associative-4
// CHECK-LABEL:  func.func @mul_products
// CHECK-DAG:      [[S:%.+]] = "onnx.Mul"(%arg0, %arg1)
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[10, 40]> : tensor<2xi32>
// CHECK:          "onnx.Mul"([[S]], [[C]])
func.func @mul_products(%x: tensor<2xi32>, %z: tensor<2xi32>) -> tensor<2xi32> {
  %a = onnx.Constant dense<[1, 2]> : tensor<2xi32>
  %b = onnx.Constant dense<[10, 20]> : tensor<2xi32>
  %0 = "onnx.Mul"(%x, %a) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %1 = "onnx.Mul"(%z, %b) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %y = "onnx.Mul"(%0, %1) : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  onnx.Return %y : tensor<2xi32>
}

// -----
// RULE: add-zeros-on-rhs
// Open sizes are no hindrance where the zeros cannot add elements.
// CHECK-LABEL:  func.func @add_zero_to_open_sizes
// CHECK-NEXT:     onnx.Return %arg0
func.func @add_zero_to_open_sizes(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %c = onnx.Constant dense<0.0> : tensor<3xf32>
  %y = "onnx.Add"(%x, %c) : (tensor<?x3xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  onnx.Return %y : tensor<?x3xf32>
}
