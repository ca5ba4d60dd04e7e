// RUN: onnx-opt -j 2 --constprop-onnx %s | FileCheck %s
// RUN: not onnx-opt -j 0 %s 2>&1 | FileCheck %s --check-prefix=ERROR
// ERROR:  onnx-opt: error: -j: '0' is not a number of threads

// CHECK:  onnx.Constant dense<2.000000e+00> : tensor<2x2xf32>
func.func @product() -> tensor<2x2xf32> {
  %x = onnx.Constant dense<1.0> : tensor<2x2xf32>
  %y = "onnx.MatMul"(%x, %x) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
