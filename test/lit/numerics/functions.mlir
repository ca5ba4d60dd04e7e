// Without an entry point every function that ONNX can say is verified, and the others are named.
// RUN: onnx-opt %s --cse --verify-numerics=2 -o %t.mlir 2>&1 | FileCheck %s
// RUN: onnx-opt %s --symbol-privatize='exclude=twice' --symbol-dce --verify-numerics=1 -o %t.mlir 2>&1 | FileCheck %s --check-prefix=GONE
// RUN: not onnx-opt %s --symbol-privatize --symbol-dce --verify-numerics=1 2>&1 | FileCheck %s --check-prefix=ALL

// CHECK-DAG:  note: --verify-numerics: @index has no form in ONNX and is not verified: type index has no form in ONNX
// CHECK-DAG:  onnx-opt: --verify-numerics: @twice on 2 inputs, {{.+}}
// CHECK-DAG:  onnx-opt: --verify-numerics: @constant on 1 input, {{.+}}
// CHECK-NOT:  @declared

// GONE:       note: --verify-numerics: @constant is gone and is not verified
// ALL:        error: --verify-numerics: no function of the module is left

func.func @twice(%x: tensor<?x2xf32>, %y: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = "onnx.Add"(%x, %y) : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %1 = "onnx.Add"(%x, %y) : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  %2 = "onnx.Mul"(%0, %1) : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  onnx.Return %2 : tensor<?x2xf32>
}
func.func @constant() -> tensor<2xf32> {
  %0 = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
func.func @index(%i: index) -> index {
  return %i : index
}
func.func private @declared(i32)
