// RUN: onnx-opt %s --constprop-onnx | FileCheck %s

// func.return wants the type that the function has; onnx.Return takes one that says more.
func.func @as_it_is(%a: tensor<1xi64>) -> tensor<*xf32> {
  %0 = onnx.Constant dense<[3, 4]> : tensor<2xi64>
  %1 = onnx.ConstantOfShape(%0) {value = dense<1.0> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<*xf32>
  return %1 : tensor<*xf32>
}
// CHECK-LABEL: func.func @as_it_is
// CHECK:         [[R:%.+]] = onnx.ConstantOfShape
// CHECK-NEXT:    return [[R]] : tensor<*xf32>

func.func @refined(%a: tensor<1xi64>) -> tensor<*xf32> {
  %0 = onnx.Constant dense<[3, 4]> : tensor<2xi64>
  %1 = onnx.ConstantOfShape(%0) {value = dense<1.0> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<*xf32>
  onnx.Return %1 : tensor<*xf32>
}
// CHECK-LABEL: func.func @refined
// CHECK:         onnx.Constant dense<1.000000e+00> : tensor<3x4xf32>
