// RUN: onnx-opt %s --split-input-file --fold-bn-into-conv | FileCheck %s

// Nearly every function here has the same batch normalization, with numbers that stay exact:
//   s = scale / sqrt(var + epsilon) = [4, 3] / sqrt([4, 1] + 0) = [2, 3]
//   t = bias - mean * s = [5, 7] - [1, 2] * [2, 3] = [3, 1], so that Y = Z * s + t

// bn-of-conv. W~[o] = W[o] * s[o]: [1, 2] * 2 and [3, 4] * 3; no bias counts as 0: (0 - [1, 2]) * [2, 3] + [5, 7] = [3, 1].
// RULE: bn-of-conv
func.func @bias_absent(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @bias_absent(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// B~ = ([10, 20] - [1, 2]) * [2, 3] + [5, 7] = [23, 61]. Padding, strides and dilations pass through: they are of X.
func.func @bias(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x3x3xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %b = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Conv"(%x, %w, %b) {dilations = [2, 2], kernel_shape = [1, 1], pads = [1, 1, 1, 1], strides = [2, 2]} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x3x3xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x3x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3x3xf32>
  onnx.Return %y : tensor<1x2x3x3xf32>
}
// CHECK-LABEL:  func.func @bias(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", dilations = [2, 2], group = 1 : si64, kernel_shape = [1, 1], pads = [1, 1, 1, 1], strides = [2, 2]}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x3x3xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x3x3xf32>

// -----
// Two groups of one channel each: output channels are axis 0 of W whatever the group, [1, 2] and [3, 4] times [2, 3].
func.func @depthwise(%x: tensor<1x2x4xf32>) -> tensor<1x2x3xf32> {
  %w = onnx.Constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Conv"(%x, %w, %n) {group = 2 : si64} : (tensor<1x2x4xf32>, tensor<2x1x2xf32>, none) -> tensor<1x2x3xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  onnx.Return %y : tensor<1x2x3xf32>
}
// CHECK-LABEL:  func.func @depthwise(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[}}2.000000e+00, 4.000000e+00]], {{\[\[}}9.000000e+00, 1.200000e+01]]]> : tensor<2x1x2xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 2 : si64}> : (tensor<1x2x4xf32>, tensor<2x1x2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x3xf32>

// -----
// epsilon counts: s = [4, 3] / sqrt([1, 1] + 3) = [2, 1.5], t = [5, 7] - [1, 2] * s = [3, 4].
func.func @epsilon(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[1.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 3.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @epsilon(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}4.500000e+00]], {{\[\[}}6.000000e+00]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// A global Conv, Squeeze and BatchNormalization: channels stay axis 1.
func.func @behind_squeeze(%x: tensor<1x2x1x1xf32>) -> tensor<1x2xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %axes = onnx.Constant dense<[2, 3]> : tensor<2xi64>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %c = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x1x1xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x1x1xf32>
  %z = "onnx.Squeeze"(%c, %axes) : (tensor<1x2x1x1xf32>, tensor<2xi64>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @behind_squeeze(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x1x1xf32>)
// CHECK-NEXT:     [[AXES:%.+]] = onnx.Constant dense<[2, 3]> : tensor<2xi64>
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x1x1xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x1x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Squeeze"([[Z]], [[AXES]]) : (tensor<1x2x1x1xf32>, tensor<2xi64>) -> tensor<1x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// Flatten at axis 1 keeps it where all that joins it is 1.
func.func @behind_flatten(%x: tensor<5x2x1x1xf32>) -> tensor<5x2xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %c = "onnx.Conv"(%x, %w, %n) : (tensor<5x2x1x1xf32>, tensor<2x2x1x1xf32>, none) -> tensor<5x2x1x1xf32>
  %z = "onnx.Flatten"(%c) {axis = 1 : si64} : (tensor<5x2x1x1xf32>) -> tensor<5x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<5x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// CHECK-LABEL:  func.func @behind_flatten(
// CHECK-SAME:     [[X:%.+]]: tensor<5x2x1x1xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<5x2x1x1xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<5x2x1x1xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Flatten"([[Z]]) <{axis = 1 : si64}> : (tensor<5x2x1x1xf32>) -> tensor<5x2xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<5x2xf32>

// -----
// W is what a Reshape makes of a constant.
func.func @weights_behind_reshape(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %v = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %shape = onnx.Constant dense<[2, 2, 1, 1]> : tensor<4xi64>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %w = "onnx.Reshape"(%v, %shape) : (tensor<2x2xf32>, tensor<4xi64>) -> tensor<2x2x1x1xf32>
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @weights_behind_reshape(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// W is cast from integers, and through an Identity.
func.func @weights_behind_cast(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %v = onnx.Constant dense<[[[[1]], [[2]]], [[[3]], [[4]]]]> : tensor<2x2x1x1xi64>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %i = "onnx.Identity"(%v) : (tensor<2x2x1x1xi64>) -> tensor<2x2x1x1xi64>
  %w = "onnx.Cast"(%i) {to = f32} : (tensor<2x2x1x1xi64>) -> tensor<2x2x1x1xf32>
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %y : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @weights_behind_cast(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[W]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2x4x4xf32>

// -----
// The other reader of W keeps it; the fold has a constant of its own.
func.func @shared_weights(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  %r = "onnx.Conv"(%y, %w, %n) : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  onnx.Return %r : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @shared_weights(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x4x4xf32>)
// CHECK-NEXT:     [[W:%.+]] = onnx.Constant dense<{{\[\[\[\[}}1.000000e+00]], {{\[\[}}2.000000e+00]]], {{\[\[\[}}3.000000e+00]], {{\[\[}}4.000000e+00]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[N:%.+]] = "onnx.NoValue"() <{value}> : () -> none
// CHECK-NEXT:     [[V:%.+]] = onnx.Constant dense<{{\[\[\[\[}}2.000000e+00]], {{\[\[}}4.000000e+00]]], {{\[\[\[}}9.000000e+00]], {{\[\[}}1.200000e+01]]]]> : tensor<2x2x1x1xf32>
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Conv"([[X]], [[V]], [[B]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     [[R:%.+]] = "onnx.Conv"([[Y]], [[W]], [[N]]) <{auto_pad = "NOTSET", group = 1 : si64}> : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x4x4xf32>
// CHECK-NEXT:     onnx.Return [[R]] : tensor<1x2x4x4xf32>
