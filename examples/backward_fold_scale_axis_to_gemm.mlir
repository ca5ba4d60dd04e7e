// RUN: onnx-opt %s --split-input-file --load-pass-plugin=%S/backward_fold_scale_axis_to_gemm.py --backward-fold-scale-axis-to-gemm | FileCheck %s
// RUN: not onnx-opt %s --split-input-file --load-pass-plugin=%S/backward_fold_scale_axis_to_gemm.py --backward-fold-scale-axis-to-gemm --verify-numerics -o %t.mlir 2>&1 | FileCheck %s --check-prefix=NUMBERS

// NUMBERS:      @right on
// NUMBERS-NOT:  DEPARTS
// NUMBERS:      @wrong on
// NUMBERS:      DEPARTS

// Right where mean = 0, var + epsilon = 1 and alpha = beta = 1: B~ = [[1, 2], [3, 4]] * [2, 3], C~ = [10, 20] * [2, 3] + [5, 7] = [25, 67].
func.func @right(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<0.0> : tensor<2xf32>
  %var = onnx.Constant dense<1.0> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @right(
// CHECK-SAME:     [[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.500000e+01, 6.700000e+01]> : tensor<2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// Wrong: s = [2, 3] / sqrt([4, 1]) = [1, 3], but the rule scales by [2, 3], and forgets mean and alpha.
func.func @wrong(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) {alpha = 0.5 : f32} : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @wrong(
// CHECK-SAME:     [[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[2.500000e+01, 6.700000e+01]> : tensor<2xf32>
// CHECK:          "onnx.Gemm"([[A]], [[B]], [[C]]) <{alpha = 1.000000e+00 : f32,
