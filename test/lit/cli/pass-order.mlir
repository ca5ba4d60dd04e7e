// Passes run in the order of their flags, wherever other flags and the input stand.
// RUN: onnx-opt --symbol-dce %s --cse --mlir-print-ir-before-all --inline 2>&1 | FileCheck %s
// RUN: onnx-opt --inline --mlir-print-ir-before-all --cse --cse %s 2>&1 | FileCheck %s --check-prefix=OTHER

// CHECK:     IR Dump Before SymbolDce (symbol-dce)
// CHECK:     IR Dump Before Cse (cse)
// CHECK:     IR Dump Before Inline (inline)
// CHECK-NOT: IR Dump

// OTHER:     IR Dump Before Inline (inline)
// OTHER:     IR Dump Before Cse (cse)
// OTHER:     IR Dump Before Cse (cse)
// OTHER-NOT: IR Dump
func.func @f() {
  return
}
