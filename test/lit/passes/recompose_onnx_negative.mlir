// RUN: onnx-opt %s --split-input-file --recompose-onnx | FileCheck %s
// RUN: onnx-opt %s --split-input-file --recompose-onnx --remarks --verify-diagnostics

// A scale for every column, no zero point, 32 bits: QLinearMatMul takes none of them.
// CHECK-LABEL:  func.func @quantized(
// CHECK-COUNT-8: "onnx.QuantizeLinear"
func.func @quantized(%a: tensor<3x3xi8>, %s: tensor<f32>, %v: tensor<3xf32>, %z: tensor<i8>, %u: tensor<3xi8>, %i: tensor<3x3xi32>, %j: tensor<i32>) {
  %none = "onnx.NoValue"() : () -> none
  %a0 = "onnx.DequantizeLinear"(%a, %v, %u) : (tensor<3x3xi8>, tensor<3xf32>, tensor<3xi8>) -> tensor<3x3xf32>
  %b0 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %m0 = "onnx.MatMul"(%a0, %b0) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // expected-remark @+1 {{not recomposed: a_scale has rank 1, not 0 [qlinear-matmul]}}
  %y0 = "onnx.QuantizeLinear"(%m0, %s, %z) : (tensor<3x3xf32>, tensor<f32>, tensor<i8>) -> tensor<3x3xi8>
  %a1 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %b1 = "onnx.DequantizeLinear"(%a, %v, %u) : (tensor<3x3xi8>, tensor<3xf32>, tensor<3xi8>) -> tensor<3x3xf32>
  %m1 = "onnx.MatMul"(%a1, %b1) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // expected-remark @+1 {{not recomposed: b_scale has rank 1, not 0 [qlinear-matmul]}}
  %y1 = "onnx.QuantizeLinear"(%m1, %s, %z) : (tensor<3x3xf32>, tensor<f32>, tensor<i8>) -> tensor<3x3xi8>
  %a2 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %b2 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %m2 = "onnx.MatMul"(%a2, %b2) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // expected-remark @+1 {{not recomposed: y_scale has rank 1, not 0 [qlinear-matmul]}}
  %y2 = "onnx.QuantizeLinear"(%m2, %v, %u) : (tensor<3x3xf32>, tensor<3xf32>, tensor<3xi8>) -> tensor<3x3xi8>
  %a3 = "onnx.DequantizeLinear"(%a, %s, %none) : (tensor<3x3xi8>, tensor<f32>, none) -> tensor<3x3xf32>
  %b3 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %m3 = "onnx.MatMul"(%a3, %b3) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // expected-remark @+1 {{not recomposed: a_zero is absent [qlinear-matmul]}}
  %y3 = "onnx.QuantizeLinear"(%m3, %s, %z) : (tensor<3x3xf32>, tensor<f32>, tensor<i8>) -> tensor<3x3xi8>
  %a4 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %b4 = "onnx.DequantizeLinear"(%a, %s, %none) : (tensor<3x3xi8>, tensor<f32>, none) -> tensor<3x3xf32>
  %m4 = "onnx.MatMul"(%a4, %b4) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // expected-remark @+1 {{not recomposed: b_zero is absent [qlinear-matmul]}}
  %y4 = "onnx.QuantizeLinear"(%m4, %s, %z) : (tensor<3x3xf32>, tensor<f32>, tensor<i8>) -> tensor<3x3xi8>
  %a5 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %b5 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %m5 = "onnx.MatMul"(%a5, %b5) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // expected-remark @+1 {{not recomposed: y_zero is absent [qlinear-matmul]}}
  %y5 = "onnx.QuantizeLinear"(%m5, %s, %none) : (tensor<3x3xf32>, tensor<f32>, none) -> tensor<3x3xui8>
  %a6 = "onnx.DequantizeLinear"(%i, %s, %j) : (tensor<3x3xi32>, tensor<f32>, tensor<i32>) -> tensor<3x3xf32>
  %b6 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %m6 = "onnx.MatMul"(%a6, %b6) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // expected-remark @+1 {{not recomposed: the elements of a are not i8 or ui8 [qlinear-matmul]}}
  %y6 = "onnx.QuantizeLinear"(%m6, %s, %z) : (tensor<3x3xf32>, tensor<f32>, tensor<i8>) -> tensor<3x3xi8>
  %a7 = "onnx.DequantizeLinear"(%a, %s, %z) : (tensor<3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<3x3xf32>
  %b7 = "onnx.DequantizeLinear"(%i, %s, %j) : (tensor<3x3xi32>, tensor<f32>, tensor<i32>) -> tensor<3x3xf32>
  %m7 = "onnx.MatMul"(%a7, %b7) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
  // expected-remark @+1 {{not recomposed: the elements of b are not i8 or ui8 [qlinear-matmul]}}
  %y7 = "onnx.QuantizeLinear"(%m7, %s, %z) : (tensor<3x3xf32>, tensor<f32>, tensor<i8>) -> tensor<3x3xi8>
  onnx.Return
}
// expected-remark @unknown {{recompose-onnx: 0 recomposed, 8 not recomposed}}

// -----
// 1.42 is not sqrt(2).
// CHECK-LABEL:  func.func @no_gelu(
// CHECK-NOT:      "onnx.Gelu"
func.func @no_gelu(%x: tensor<2xf32>) -> tensor<2xf32> {
  %k = onnx.Constant dense<1.42> : tensor<f32>
  %one = onnx.Constant dense<1.0> : tensor<f32>
  %half = onnx.Constant dense<0.5> : tensor<f32>
  %0 = "onnx.Div"(%x, %k) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  %1 = "onnx.Erf"(%0) : (tensor<2xf32>) -> tensor<2xf32>
  %2 = "onnx.Add"(%1, %one) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  // expected-remark @+1 {{not recomposed: it is no scale times a normalized value}}
  %3 = "onnx.Mul"(%x, %2) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // expected-remark @+1 {{not recomposed: it is no scale times a normalized value}}
  %y = "onnx.Mul"(%3, %half) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}
// expected-remark @unknown {{recompose-onnx: 0 recomposed, 2 not recomposed}}

// -----
// In f64 LayerNormalization would round to f32.
// CHECK-LABEL:  func.func @in_double(
// CHECK-NOT:      LayerNormalization
func.func @in_double(%x: tensor<2x3xf64>, %s: tensor<3xf64>) -> tensor<2x3xf64> {
  %eps = onnx.Constant dense<0.25> : tensor<f64>
  // expected-remark @+1 {{not recomposed: it is no scale times a normalized value}}
  %xx = "onnx.Mul"(%x, %x) : (tensor<2x3xf64>, tensor<2x3xf64>) -> tensor<2x3xf64>
  %v = "onnx.ReduceMeanV13"(%xx) {axes = [1]} : (tensor<2x3xf64>) -> tensor<2x1xf64>
  %e = "onnx.Add"(%v, %eps) : (tensor<2x1xf64>, tensor<f64>) -> tensor<2x1xf64>
  %r = "onnx.Sqrt"(%e) : (tensor<2x1xf64>) -> tensor<2x1xf64>
  %n = "onnx.Div"(%x, %r) : (tensor<2x3xf64>, tensor<2x1xf64>) -> tensor<2x3xf64>
  // expected-remark @+1 {{not recomposed: LayerNormalization computes in f32}}
  %y = "onnx.Mul"(%n, %s) : (tensor<2x3xf64>, tensor<3xf64>) -> tensor<2x3xf64>
  onnx.Return %y : tensor<2x3xf64>
}
// expected-remark @unknown {{recompose-onnx: 0 recomposed, 2 not recomposed}}

// -----
// The scale is one for all; the mean is over the first axis.
// CHECK-LABEL:  func.func @other_axes(
// CHECK-NOT:      LayerNormalization
func.func @other_axes(%x: tensor<2x3xf32>, %s: tensor<1xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %eps = onnx.Constant dense<0.25> : tensor<f32>
  // expected-remark @+1 {{not recomposed: it is no scale times a normalized value}}
  %xx = "onnx.Mul"(%x, %x) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %v = "onnx.ReduceMeanV13"(%xx) {axes = [1]} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %e = "onnx.Add"(%v, %eps) : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %r = "onnx.Sqrt"(%e) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = "onnx.Div"(%x, %r) : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  // expected-remark @+1 {{not recomposed: the scale has not the shape of what is normalized}}
  %y = "onnx.Mul"(%n, %s) : (tensor<2x3xf32>, tensor<1xf32>) -> tensor<2x3xf32>
  // expected-remark @+1 {{not recomposed: it is no scale times a normalized value}}
  %xx1 = "onnx.Mul"(%x, %x) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %v1 = "onnx.ReduceMeanV13"(%xx1) {axes = [0]} : (tensor<2x3xf32>) -> tensor<1x3xf32>
  %e1 = "onnx.Add"(%v1, %eps) : (tensor<1x3xf32>, tensor<f32>) -> tensor<1x3xf32>
  %r1 = "onnx.Sqrt"(%e1) : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %n1 = "onnx.Div"(%x, %r1) : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  // expected-remark @+1 {{not recomposed: it is no scale times a normalized value}}
  %y1 = "onnx.Mul"(%n1, %s) : (tensor<2x3xf32>, tensor<1xf32>) -> tensor<2x3xf32>
  onnx.Return %y, %y1 : tensor<2x3xf32>, tensor<2x3xf32>
}
// expected-remark @unknown {{recompose-onnx: 0 recomposed, 4 not recomposed}}
