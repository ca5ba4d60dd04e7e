// Sections are modules of their own, printed with markers between them; an error in one does not stop the next, and
// line numbers are those of the file.
// RUN: onnx-opt -split-input-file %s | FileCheck %s
// RUN: not onnx-opt -split-input-file %s --load-pass-plugin=%S/Inputs/probe.py --fail 2>&1 | FileCheck %s --check-prefix=ERRORS
// RUN: not onnx-opt %s 2>&1 | FileCheck %s --check-prefix=WHOLE

// Without the flag the second @f is a redefinition.
// WHOLE: split-input-file.mlir:[[# @LINE + 14]]:1: error: redefinition of symbol

// CHECK:      module {
// CHECK:        func.func @f() {
// CHECK:      {{^}}// -----{{$}}
// CHECK-NEXT: module {
// CHECK-NEXT:   func.func @f() -> i32

// ERRORS: split-input-file.mlir:[[# @LINE + 1]]:1: error: the pass failed
func.func @f() {
  return
}

// -----
func.func @f() -> i32 {
  %0 = arith.constant 1 : i32
  return %0 : i32
}
// ERRORS:      split-input-file.mlir:[[# @LINE - 4]]:1: error: the pass failed
// ERRORS-NEXT: {{^}}func.func @f() -> i32 {
// ERRORS-NEXT: {{^}}^
// ERRORS-NEXT: split-input-file.mlir:[[# @LINE - 7]]:1: note: on purpose

// -----
// An empty section is an empty module.
// CHECK:      // -----
// CHECK-NEXT: module {
// CHECK-NEXT: }
// CHECK-NOT:  {{.}}
