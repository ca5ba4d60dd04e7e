// MLIR's passes are flags too.  One that insists on functions runs on each of them.
// RUN: onnx-opt %s --inline --symbol-dce | FileCheck %s
// RUN: onnx-opt %s --pass-pipeline="builtin.module(inline,symbol-dce)" | FileCheck %s
// RUN: onnx-opt %s --affine-loop-normalize --mlir-print-ir-before-all 2>&1 >/dev/null | FileCheck %s --check-prefix=NESTED

// NESTED: IR Dump Before AffineLoopNormalize (affine-loop-normalize)
// NESTED-NEXT: {{^}}func.func private @callee
// NESTED: IR Dump Before AffineLoopNormalize (affine-loop-normalize)
// NESTED-NEXT: {{^}}func.func @caller

// A body of one region in an op that MLIR does not know makes its symbol passes fail and its inliner crash; here it
// does not.  Properties, attributes and regions of the op stay what they were.
// CHECK-NOT:  @callee
// CHECK:      func.func @caller([[X:%.+]]: tensor<2xf32>, [[S:%.+]]: tensor<3x2xf32>)
// CHECK-NEXT:   [[ONE:%.+]] = arith.constant 1 : i32
// CHECK-NEXT:   [[R:%.+]]:2 = "onnx.Scan"([[X]], [[S]]) <{{.*}}num_scan_inputs = 1 : si64{{.*}}> ({
// CHECK-NEXT:   ^bb0([[A:%.+]]: tensor<2xf32>, [[B:%.+]]: tensor<2xf32>):
// CHECK-NEXT:     onnx.Yield [[A]], [[B]] : tensor<2xf32>, tensor<2xf32>
// CHECK-NEXT:   }) {onnx_node_name = "scan"}
// CHECK-NEXT:   return [[ONE]], [[R]]#0
func.func private @callee() -> i32 {
  %0 = arith.constant 1 : i32
  return %0 : i32
}
func.func @caller(%x: tensor<2xf32>, %s: tensor<3x2xf32>) -> (i32, tensor<2xf32>) {
  %0 = call @callee() : () -> i32
  %1:2 = "onnx.Scan"(%x, %s) <{num_scan_inputs = 1 : si64}> ({
  ^bb0(%a: tensor<2xf32>, %b: tensor<2xf32>):
    onnx.Yield %a, %b : tensor<2xf32>, tensor<2xf32>
  }) {onnx_node_name = "scan"} : (tensor<2xf32>, tensor<3x2xf32>) -> (tensor<2xf32>, tensor<3x2xf32>)
  return %0, %1#0 : i32, tensor<2xf32>
}

// What a pass makes may be of a dialect that the text does not name.
// RUN: onnx-opt %s --canonicalize | FileCheck %s --check-prefix=DIM
// DIM-LABEL: func.func @dim
// DIM:         arith.constant 3 : index
func.func @dim(%x: tensor<3xf32>) -> index {
  %i = index.constant 0
  %0 = tensor.dim %x, %i : tensor<3xf32>
  return %0 : index
}
