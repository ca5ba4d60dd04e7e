// RUN: onnx-opt %s --fold-bn --remarks 2>&1 | FileCheck %s
// RUN: onnx-opt %s --fold-bn --disable-pattern=bn-of-gemm --remarks 2>&1 | FileCheck %s --check-prefix=WITHOUT
// RUN: not onnx-opt %s --fold-bn --disable-pattern=bn-of-gem 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// A remark names the rule that folded, so that it can be left out.
// CHECK:   remark: folded into onnx.Gemm [bn-of-gemm]
// CHECK:   remark: fold-bn: 1 folded, 0 not folded
// WITHOUT: remark: not folded: X is not
// WITHOUT: remark: fold-bn: 0 folded, 1 not folded
// UNKNOWN: error: --disable-pattern: no pass that is run has a rule 'bn-of-gem'; did you mean 'bn-of-gemm'?

func.func @main_graph(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %s = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %s, %s, %s, %s) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
