// A pipeline mixes passes written in Python with MLIR's, at every level.
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --pass-pipeline="builtin.module(func.func(cse, mark{word=nested}), symbol-dce)" | FileCheck %s
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --pass-pipeline="any(any(cse,mark{word=nested}),symbol-dce)" | FileCheck %s
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --pass-pipeline=" builtin.module ( ( cse , mark { word=nested } ) ) " | FileCheck %s
// RUN: onnx-opt %s --pass-pipeline="builtin.module()" | FileCheck %s --check-prefix=SAME

// CHECK:      func.func @f() -> (i32, i32) attributes {marked = "nested,1,0.5,False"}
// CHECK-NEXT:   arith.constant
// CHECK-NEXT:   return
// SAME:       func.func @f() -> (i32, i32) {
// SAME-NEXT:    arith.constant
// SAME-NEXT:    arith.constant
func.func @f() -> (i32, i32) {
  %0 = arith.constant 1 : i32
  %1 = arith.constant 1 : i32
  return %0, %1 : i32, i32
}
