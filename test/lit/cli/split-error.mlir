// The good sections are printed, and the exit code is 1.
// RUN: not onnx-opt --split-input-file %s 2>/dev/null | FileCheck %s
// RUN: not onnx-opt --split-input-file %s 2>&1 >/dev/null | FileCheck %s --check-prefix=ERROR
// RUN: rm -f %t.mlir && not onnx-opt --split-input-file %s -o %t.mlir && not ls %t.mlir

// CHECK:      func.func private @first
// CHECK:      // -----
// CHECK-NEXT: // -----
// CHECK-NEXT: module
// CHECK-NEXT:   func.func private @third
func.func private @first()
// -----
func.func private @second(
// ERROR: split-error.mlir:[[# @LINE]]:{{[0-9]+}}: error: 
// -----
func.func private @third()
