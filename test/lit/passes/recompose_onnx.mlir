// RUN: onnx-opt %s --split-input-file --recompose-onnx | FileCheck %s

// RULE: qlinear-matmul
func.func @qlinear_matmul(%a: tensor<2x3xi8>, %sa: tensor<f32>, %za: tensor<i8>, %b: tensor<3x4xui8>, %sb: tensor<f32>, %zb: tensor<ui8>, %sy: tensor<f32>, %zy: tensor<i8>) -> tensor<2x4xi8> {
  %0 = "onnx.DequantizeLinear"(%a, %sa, %za) : (tensor<2x3xi8>, tensor<f32>, tensor<i8>) -> tensor<2x3xf32>
  %1 = "onnx.DequantizeLinear"(%b, %sb, %zb) : (tensor<3x4xui8>, tensor<f32>, tensor<ui8>) -> tensor<3x4xf32>
  %2 = "onnx.MatMul"(%0, %1) : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %y = "onnx.QuantizeLinear"(%2, %sy, %zy) : (tensor<2x4xf32>, tensor<f32>, tensor<i8>) -> tensor<2x4xi8>
  onnx.Return %y : tensor<2x4xi8>
}
// CHECK-LABEL:  func.func @qlinear_matmul(
// CHECK-NEXT:     [[Y:%.+]] = "onnx.QLinearMatMul"(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5, %arg6, %arg7) : {{.*}} -> tensor<2x4xi8>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// The half, the sum and x in another order; x / sqrt(2) as a product.
func.func @gelu(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %k = onnx.Constant dense<0.707106769> : tensor<f32>
  %one = onnx.Constant dense<1.0> : tensor<f32>
  %half = onnx.Constant dense<0.5> : tensor<f32>
  %0 = "onnx.Mul"(%k, %x) : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = "onnx.Erf"(%0) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = "onnx.Add"(%one, %1) : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = "onnx.Mul"(%half, %x) : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %y = "onnx.Mul"(%2, %3) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return %y : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @gelu(
// CHECK-SAME:     [[X:%.+]]: tensor<2x3xf32>)
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gelu"([[X]]) <{approximate = "none"}> : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
func.func @gelu_tanh(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %three = onnx.Constant dense<3.0> : tensor<f32>
  %c = onnx.Constant dense<0.044715> : tensor<f32>
  %k = onnx.Constant dense<0.797884583> : tensor<f32>
  %one = onnx.Constant dense<1.0> : tensor<f32>
  %half = onnx.Constant dense<0.5> : tensor<f32>
  %0 = "onnx.Pow"(%x, %three) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %1 = "onnx.Mul"(%0, %c) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %2 = "onnx.Add"(%x, %1) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = "onnx.Mul"(%2, %k) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %4 = "onnx.Tanh"(%3) : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %5 = "onnx.Add"(%4, %one) : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %6 = "onnx.Mul"(%x, %5) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %y = "onnx.Mul"(%half, %6) : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return %y : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @gelu_tanh(
// CHECK-SAME:     [[X:%.+]]: tensor<2x3xf32>)
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gelu"([[X]]) <{approximate = "tanh"}> : (tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// Two axes are normalized, named from behind and from the front.
func.func @layer_norm(%x: tensor<2x3x4xf32>, %s: tensor<3x4xf32>) -> tensor<2x3x4xf32> {
  %eps = onnx.Constant dense<0.25> : tensor<f32>
  %axes = onnx.Constant dense<[-1, 1]> : tensor<2xi64>
  %m = "onnx.ReduceMean"(%x, %axes) : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<2x1x1xf32>
  %d = "onnx.Sub"(%x, %m) : (tensor<2x3x4xf32>, tensor<2x1x1xf32>) -> tensor<2x3x4xf32>
  %dd = "onnx.Mul"(%d, %d) : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %v = "onnx.ReduceMeanV13"(%dd) {axes = [1, 2]} : (tensor<2x3x4xf32>) -> tensor<2x1x1xf32>
  %e = "onnx.Add"(%eps, %v) : (tensor<f32>, tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %r = "onnx.Sqrt"(%e) : (tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %i = "onnx.Reciprocal"(%r) : (tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %n = "onnx.Mul"(%i, %d) : (tensor<2x1x1xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %y = "onnx.Mul"(%s, %n) : (tensor<3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  onnx.Return %y : tensor<2x3x4xf32>
}
// CHECK-LABEL:  func.func @layer_norm(
// CHECK-SAME:     [[X:%.+]]: tensor<2x3x4xf32>, [[S:%.+]]: tensor<3x4xf32>)
// CHECK-NEXT:     [[N:%.+]] = "onnx.NoValue"
// CHECK-NEXT:     [[Y:%.+]], {{%.+}}, {{%.+}} = "onnx.LayerNormalization"([[X]], [[S]], [[N]]) <{axis = 1 : si64, epsilon = 2.500000e-01 : f32, stash_type = 1 : si64}>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
func.func @rms_layer_norm(%x: tensor<2x3xf32>, %s: tensor<3xf32>) -> tensor<2x3xf32> {
  %eps = onnx.Constant dense<0.25> : tensor<f32>
  %xx = "onnx.Mul"(%x, %x) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %v = "onnx.ReduceMeanV13"(%xx) {axes = [1]} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %e = "onnx.Add"(%v, %eps) : (tensor<2x1xf32>, tensor<f32>) -> tensor<2x1xf32>
  %r = "onnx.Sqrt"(%e) : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %n = "onnx.Div"(%x, %r) : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  %y = "onnx.Mul"(%n, %s) : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  onnx.Return %y : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @rms_layer_norm(
// CHECK-NEXT:     [[N:%.+]] = "onnx.NoValue"
// CHECK-NEXT:     [[Y:%.+]], {{%.+}} = "onnx.RMSLayerNormalization"(%arg0, %arg1, [[N]]) <{axis = 1 : si64, epsilon = 2.500000e-01 : f32, stash_type = 1 : si64}>
// CHECK-NEXT:     onnx.Return [[Y]]
