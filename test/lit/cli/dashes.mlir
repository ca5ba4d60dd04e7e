// A flag takes one dash or two, and its value follows `=` or comes as the next argument.
// RUN: onnx-opt -cse -mlir-print-op-generic %s | FileCheck %s
// RUN: onnx-opt --cse --mlir-print-op-generic %s | FileCheck %s
// RUN: onnx-opt -pass-pipeline="builtin.module(cse)" -mlir-print-op-generic=1 %s | FileCheck %s
// RUN: onnx-opt --pass-pipeline "builtin.module(cse)" --mlir-print-op-generic=true -- %s | FileCheck %s
// RUN: onnx-opt --cse --mlir-print-op-generic --mlir-print-op-generic=false %s | FileCheck %s --check-prefix=PRETTY

// CHECK:       "func.func"()
// CHECK:         "arith.constant"()
// CHECK-NOT:     "arith.constant"()
// PRETTY:      func.func @twice
// PRETTY-NEXT:   arith.constant
// PRETTY-NEXT:   return
func.func @twice() -> (i32, i32) {
  %0 = arith.constant 1 : i32
  %1 = arith.constant 1 : i32
  return %0, %1 : i32, i32
}
