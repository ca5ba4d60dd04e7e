// RUN: onnx-opt %s --fold-bn-into-gemm | FileCheck %s

// A linear layer and its batch normalization, with numbers that stay exact:
//   s  = scale / sqrt(var + epsilon) = [4, 3] / sqrt([4, 1] + 0) = [2, 3]
//   B~ = B * s, rows because transB = 1
//   C~ = (beta * C - mean) * s + bias = ([10, 20] - [1, 2]) * [2, 3] + [5, 7] = [23, 61]

func.func @main_graph(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %c) {transB = 1 : si64} : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32}
      : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}

// CHECK-LABEL:  func.func @main_graph
// CHECK-SAME:     ([[X:%.+]]: tensor<1x3xf32>) -> tensor<1x2xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00, 6.000000e+00], [1.200000e+01, 1.500000e+01, 1.800000e+01]]> : tensor<2x3xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 6.100000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[X]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 1 : si64}> : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NOT:      onnx.BatchNormalization
// CHECK:          onnx.Return [[Y]] : tensor<1x2xf32>
