// RUN: onnx-opt %s --fold-bn-into-gemm --mlir-print-debuginfo | FileCheck %s

// The new ops tell of both ops that they come from.
// CHECK:      onnx.Constant dense<{{.*}}> : tensor<1x1xf32> loc([[FUSED:#loc[0-9]+]])
// CHECK-NEXT: onnx.Constant dense<{{.*}}> : tensor<1xf32> loc([[FUSED]])
// CHECK-NEXT: "onnx.Gemm"({{.*}} loc([[FUSED]])
// CHECK:      [[GEMM:#loc[0-9]+]] = loc("model.onnx":10:1)
// CHECK:      [[BN:#loc[0-9]+]] = loc("model.onnx":20:1)
// CHECK:      [[FUSED]] = loc(fused{{\[}}[[GEMM]], [[BN]]])
func.func @main_graph(%a: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<2.0> : tensor<1x1xf32>
  %p = onnx.Constant dense<1.0> : tensor<1xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x1xf32>, tensor<1x1xf32>, none) -> tensor<1x1xf32> loc("model.onnx":10:1)
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %p, %p, %p, %p) {epsilon = 0.0 : f32} : (tensor<1x1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("model.onnx":20:1)
  onnx.Return %y : tensor<1x1xf32>
}
