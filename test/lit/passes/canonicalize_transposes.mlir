// RUN: onnx-opt %s --split-input-file --canonicalize | FileCheck %s

// RULE: explicit-perm
func.func @explicit_perm(%a: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = "onnx.Transpose"(%a) : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
  onnx.Return %0 : tensor<4x3x2xf32>
}
// CHECK-LABEL:  func.func @explicit_perm
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Transpose"(%arg0) <{perm = [2, 1, 0]}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// RULE: identity-transpose
func.func @identity_transpose(%a: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = "onnx.Transpose"(%a) {perm = [0, 1, 2]} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  onnx.Return %0 : tensor<2x3x4xf32>
}
// CHECK-LABEL:  func.func @identity_transpose
// CHECK-NEXT:     onnx.Return %arg0

// -----
// Axis 0 of the result is axis 1 of what is between, which is axis 2 of %a.
// RULE: transpose-of-transpose
func.func @transpose_of_transpose(%a: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %0 = "onnx.Transpose"(%a) {perm = [0, 2, 1]} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %1 = "onnx.Transpose"(%0) {perm = [1, 0, 2]} : (tensor<2x4x3xf32>) -> tensor<4x2x3xf32>
  onnx.Return %1 : tensor<4x2x3xf32>
}
// CHECK-LABEL:  func.func @transpose_of_transpose
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Transpose"(%arg0) <{perm = [2, 0, 1]}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// A function that gives elements of another type.
// RULE: transpose-through-is-nan
func.func @transpose_through_elementwise(%a: tensor<2x3x4xf32>) -> tensor<2x3x4xi1> {
  %0 = "onnx.Transpose"(%a) {perm = [1, 2, 0]} : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %1 = "onnx.IsNaN"(%0) : (tensor<3x4x2xf32>) -> tensor<3x4x2xi1>
  %2 = "onnx.Transpose"(%1) {perm = [2, 0, 1]} : (tensor<3x4x2xi1>) -> tensor<2x3x4xi1>
  onnx.Return %2 : tensor<2x3x4xi1>
}
// CHECK-LABEL:  func.func @transpose_through_elementwise
// CHECK-NEXT:     [[R0:%.+]] = "onnx.IsNaN"(%arg0)
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// RULE: transpose-through-concat
func.func @transpose_through_concat(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) -> tensor<2x7xf32> {
  %0 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = "onnx.Transpose"(%b) {perm = [1, 0]} : (tensor<2x4xf32>) -> tensor<4x2xf32>
  %2 = "onnx.Concat"(%0, %1) {axis = 0 : si64} : (tensor<3x2xf32>, tensor<4x2xf32>) -> tensor<7x2xf32>
  %3 = "onnx.Transpose"(%2) {perm = [1, 0]} : (tensor<7x2xf32>) -> tensor<2x7xf32>
  onnx.Return %3 : tensor<2x7xf32>
}
// CHECK-LABEL:  func.func @transpose_through_concat
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Concat"(%arg0, %arg1) <{axis = 1 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// A row and a column: all functions of single elements between two Transposes.
// RULE: transpose-through-acos
// RULE: transpose-through-acosh
// RULE: transpose-through-asin
// RULE: transpose-through-asinh
// RULE: transpose-through-atan
// RULE: transpose-through-atanh
// RULE: transpose-through-cast
// RULE: transpose-through-ceil
// RULE: transpose-through-cos
// RULE: transpose-through-cosh
// RULE: transpose-through-elu
// RULE: transpose-through-erf
// RULE: transpose-through-exp
// RULE: transpose-through-floor
// RULE: transpose-through-hard-sigmoid
// RULE: transpose-through-is-nan
// RULE: transpose-through-leaky-relu
// RULE: transpose-through-log
// RULE: transpose-through-neg
// RULE: transpose-through-not
// RULE: transpose-through-reciprocal
// RULE: transpose-through-relu
// RULE: transpose-through-round
// RULE: transpose-through-selu
// RULE: transpose-through-sigmoid
// RULE: transpose-through-sign
// RULE: transpose-through-sin
// RULE: transpose-through-sinh
// RULE: transpose-through-softplus
// RULE: transpose-through-softsign
// RULE: transpose-through-sqrt
// RULE: transpose-through-tan
// RULE: transpose-through-tanh
func.func @each_function(%a: tensor<2x3xf32>, %b: tensor<2x3xi1>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf16>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %t0 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f0 = "onnx.Acos"(%t0) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r0 = "onnx.Transpose"(%f0) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t1 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f1 = "onnx.Acosh"(%t1) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r1 = "onnx.Transpose"(%f1) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t2 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f2 = "onnx.Asin"(%t2) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r2 = "onnx.Transpose"(%f2) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t3 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f3 = "onnx.Asinh"(%t3) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r3 = "onnx.Transpose"(%f3) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t4 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f4 = "onnx.Atan"(%t4) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r4 = "onnx.Transpose"(%f4) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t5 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f5 = "onnx.Atanh"(%t5) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r5 = "onnx.Transpose"(%f5) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t6 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f6 = "onnx.Cast"(%t6) {to = f16} : (tensor<3x2xf32>) -> tensor<3x2xf16>
  %r6 = "onnx.Transpose"(%f6) {perm = [1, 0]} : (tensor<3x2xf16>) -> tensor<2x3xf16>
  %t7 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f7 = "onnx.Ceil"(%t7) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r7 = "onnx.Transpose"(%f7) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t8 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f8 = "onnx.Cos"(%t8) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r8 = "onnx.Transpose"(%f8) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t9 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f9 = "onnx.Cosh"(%t9) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r9 = "onnx.Transpose"(%f9) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t10 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f10 = "onnx.Elu"(%t10) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r10 = "onnx.Transpose"(%f10) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t11 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f11 = "onnx.Erf"(%t11) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r11 = "onnx.Transpose"(%f11) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t12 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f12 = "onnx.Exp"(%t12) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r12 = "onnx.Transpose"(%f12) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t13 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f13 = "onnx.Floor"(%t13) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r13 = "onnx.Transpose"(%f13) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t14 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f14 = "onnx.HardSigmoid"(%t14) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r14 = "onnx.Transpose"(%f14) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t15 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f15 = "onnx.IsNaN"(%t15) : (tensor<3x2xf32>) -> tensor<3x2xi1>
  %r15 = "onnx.Transpose"(%f15) {perm = [1, 0]} : (tensor<3x2xi1>) -> tensor<2x3xi1>
  %t16 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f16 = "onnx.LeakyRelu"(%t16) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r16 = "onnx.Transpose"(%f16) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t17 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f17 = "onnx.Log"(%t17) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r17 = "onnx.Transpose"(%f17) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t18 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f18 = "onnx.Neg"(%t18) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r18 = "onnx.Transpose"(%f18) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t19 = "onnx.Transpose"(%b) {perm = [1, 0]} : (tensor<2x3xi1>) -> tensor<3x2xi1>
  %f19 = "onnx.Not"(%t19) : (tensor<3x2xi1>) -> tensor<3x2xi1>
  %r19 = "onnx.Transpose"(%f19) {perm = [1, 0]} : (tensor<3x2xi1>) -> tensor<2x3xi1>
  %t20 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f20 = "onnx.Reciprocal"(%t20) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r20 = "onnx.Transpose"(%f20) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t21 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f21 = "onnx.Relu"(%t21) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r21 = "onnx.Transpose"(%f21) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t22 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f22 = "onnx.Round"(%t22) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r22 = "onnx.Transpose"(%f22) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t23 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f23 = "onnx.Selu"(%t23) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r23 = "onnx.Transpose"(%f23) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t24 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f24 = "onnx.Sigmoid"(%t24) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r24 = "onnx.Transpose"(%f24) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t25 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f25 = "onnx.Sign"(%t25) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r25 = "onnx.Transpose"(%f25) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t26 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f26 = "onnx.Sin"(%t26) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r26 = "onnx.Transpose"(%f26) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t27 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f27 = "onnx.Sinh"(%t27) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r27 = "onnx.Transpose"(%f27) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t28 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f28 = "onnx.Softplus"(%t28) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r28 = "onnx.Transpose"(%f28) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t29 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f29 = "onnx.Softsign"(%t29) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r29 = "onnx.Transpose"(%f29) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t30 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f30 = "onnx.Sqrt"(%t30) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r30 = "onnx.Transpose"(%f30) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t31 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f31 = "onnx.Tan"(%t31) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r31 = "onnx.Transpose"(%f31) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %t32 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %f32 = "onnx.Tanh"(%t32) : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %r32 = "onnx.Transpose"(%f32) {perm = [1, 0]} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  onnx.Return %r0, %r1, %r2, %r3, %r4, %r5, %r6, %r7, %r8, %r9, %r10, %r11, %r12, %r13, %r14, %r15, %r16, %r17, %r18, %r19, %r20, %r21, %r22, %r23, %r24, %r25, %r26, %r27, %r28, %r29, %r30, %r31, %r32 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf16>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xi1>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @each_function
// CHECK-NEXT:     {{.*}} = "onnx.Acos"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Acosh"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Asin"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Asinh"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Atan"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Atanh"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Cast"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Ceil"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Cos"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Cosh"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Elu"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Erf"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Exp"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Floor"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.HardSigmoid"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.IsNaN"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.LeakyRelu"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Log"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Neg"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Not"(%arg1)
// CHECK-NEXT:     {{.*}} = "onnx.Reciprocal"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Relu"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Round"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Selu"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Sigmoid"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Sign"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Sin"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Sinh"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Softplus"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Softsign"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Sqrt"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Tan"(%arg0)
// CHECK-NEXT:     {{.*}} = "onnx.Tanh"(%arg0)
// CHECK-NEXT:     onnx.Return
