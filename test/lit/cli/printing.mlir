// RUN: onnx-opt %s | FileCheck %s
// RUN: onnx-opt %s --mlir-print-op-generic | FileCheck %s --check-prefix=GENERIC
// RUN: onnx-opt %s --mlir-print-debuginfo | FileCheck %s --check-prefix=DEBUG
// RUN: onnx-opt %s --mlir-elide-elementsattrs-if-larger=3 | FileCheck %s --check-prefix=ELIDED
// RUN: onnx-opt %s --mlir-elide-elementsattrs-if-larger 4 | FileCheck %s

// CHECK:      func.func @f() -> tensor<4xf32> {
// CHECK-NEXT:   [[C:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>
// CHECK-NEXT:   onnx.Return [[C]] : tensor<4xf32>

// GENERIC:      "func.func"()
// GENERIC:        [[C:%.+]] = "onnx.Constant"() <{value = dense<[1.000000e+00, {{.*}}]> : tensor<4xf32>}> : () -> tensor<4xf32>
// GENERIC-NEXT:   "onnx.Return"([[C]]) : (tensor<4xf32>) -> ()

// ELIDED: onnx.Constant dense_resource<__elided__> : tensor<4xf32>

// DEBUG: onnx.Constant dense<{{.*}}> : tensor<4xf32> loc(#[[LOC:.+]])
// DEBUG: #[[LOC]] = loc("{{.*}}printing.mlir":[[# @LINE + 2]]:8)
func.func @f() -> tensor<4xf32> {
  %0 = onnx.Constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  onnx.Return %0 : tensor<4xf32>
}
