// RUN: onnx-opt %s --split-input-file --fold-bn-into-conv-transpose | FileCheck %s

// Nearly every function here has the same batch normalization, with numbers that stay exact:
//   s = scale / sqrt(var + epsilon) = [4, 3] / sqrt([4, 1] + 0) = [2, 3]
//   t = bias - mean * s = [5, 7] - [1, 2] * [2, 3] = [3, 1], so that Y = Z * s + t

// bn-of-conv-transpose. W is (I, O, ...): axis 1 are the output channels, W~ = [[1, 2], [3, 4]] * [2, 3] = [[2, 6], [6, 12]].
// RULE: bn-of-conv-transpose
func.func @bias_absent(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.ConvTranspose"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @bias_absent(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}6.000000e+00]]], {{\[\[\[}}6.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// B~ = ([10, 20] - [1, 2]) * [2, 3] + [5, 7] = [23, 61]; pads and strides pass through.
func.func @bias(%x: tensor<1x2x4xf32>) -> tensor<1x2x5xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.ConvTranspose"(%x, %w, %b) {pads = [1, 1], strides = [2]} : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x5xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x5xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x5xf32>
  onnx.Return %y : tensor<1x2x5xf32>
}
// CHECK-LABEL:  func.func @bias(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}2.000000e+00], [6.000000e+00]], {{\[\[}}6.000000e+00], [1.200000e+01]]]> : tensor<2x2x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64, pads = [1, 1], strides = [2]}> : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x5xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x5xf32>

// -----
// Two groups of one input and two output channels: s = [2, 3, 4, 5] as (G, O) is [[2, 3], [4, 5]], W~ = [[1, 2], [3, 4]] * that = [[2, 6], [12, 20]].
// t = 0 - [1, 2, 3, 4] * [2, 3, 4, 5] = [-2, -6, -12, -20].
func.func @groups(%x: tensor<1x2x4xf32>) -> tensor<1x4x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[2.0, 3.0, 4.0, 5.0]> : tensor<4xf32>
  %bias = onnx.Constant dense<[0.0, 0.0, 0.0, 0.0]> : tensor<4xf32>
  %mean = onnx.Constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %var = onnx.Constant dense<[1.0, 1.0, 1.0, 1.0]> : tensor<4xf32>
  %z = "onnx.ConvTranspose"(%x, %w, %n) {group = 2 : si64} : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<1x4x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x4x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x4xf32>
  onnx.Return %y : tensor<1x4x4xf32>
}
// CHECK-LABEL:  func.func @groups(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}2.000000e+00], [6.000000e+00]], {{\[\[}}1.200000e+01], [2.000000e+01]]]> : tensor<2x2x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[-2.000000e+00, -6.000000e+00, -1.200000e+01, -2.000000e+01]> : tensor<4xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 2 : si64}> : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<4xf32>) -> tensor<1x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x4x4xf32>

// -----
// Identity changes nothing.
func.func @behind_identity(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %c = "onnx.ConvTranspose"(%x, %w, %n) : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, none) -> tensor<1x2x4xf32>
  %z = "onnx.Identity"(%c) : (tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  onnx.Return %y : tensor<1x2x4xf32>
}
// CHECK-LABEL:  func.func @behind_identity(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}2.000000e+00], [6.000000e+00]], {{\[\[}}6.000000e+00], [1.200000e+01]]]> : tensor<2x2x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.ConvTranspose"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4xf32>, tensor<2x2x1xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Identity"([[Z]]) : (tensor<1x2x4xf32>) -> tensor<1x2x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4xf32>
