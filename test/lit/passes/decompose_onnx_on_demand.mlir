// RUN: onnx-opt %s --decompose-onnx --decompose-op-in-onnx=HardSwish | FileCheck %s
// RUN: onnx-opt %s --decompose-onnx='decompose-op-in-onnx=HardSwish' | FileCheck %s

// x * max(0, min(1, x / 6 + 1/2))
// CHECK-LABEL:  func.func @hard_swish(
// CHECK-SAME:     [[X:%.+]]: tensor<2xf16>)
// CHECK-NEXT:     [[SIXTH:%.+]] = onnx.Constant dense<1.666260e-01> : tensor<1xf16>
// CHECK-NEXT:     [[HALF:%.+]] = onnx.Constant dense<5.000000e-01> : tensor<1xf16>
// CHECK-NEXT:     [[ONE:%.+]] = onnx.Constant dense<1.000000e+00> : tensor<1xf16>
// CHECK-NEXT:     [[ZERO:%.+]] = onnx.Constant dense<0.000000e+00> : tensor<1xf16>
// CHECK-NEXT:     [[A:%.+]] = "onnx.Mul"([[X]], [[SIXTH]])
// CHECK-NEXT:     [[B:%.+]] = "onnx.Add"([[A]], [[HALF]])
// CHECK-NEXT:     [[C:%.+]] = "onnx.Min"([[B]], [[ONE]])
// CHECK-NEXT:     [[D:%.+]] = "onnx.Max"([[C]], [[ZERO]])
// CHECK-NEXT:     "onnx.Mul"([[X]], [[D]]) : (tensor<2xf16>, tensor<2xf16>) -> tensor<2xf16>
func.func @hard_swish(%x: tensor<2xf16>) -> tensor<2xf16> {
  %y = "onnx.HardSwish"(%x) : (tensor<2xf16>) -> tensor<2xf16>
  onnx.Return %y : tensor<2xf16>
}
