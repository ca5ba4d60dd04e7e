// RUN: not onnx-opt %s --split-input-file --verify-diagnostics 2>&1 | FileCheck %s
// RUN: not onnx-opt %s --split-input-file --verify-diagnostics=only-expected 2>&1 | FileCheck %s --check-prefix=EXPECTED

// CHECK-NOT: note
func.func @unexpected() {
  // CHECK:    mismatch.mlir:[[# @LINE + 1]]:10: error: unexpected error: use of undeclared SSA value name
  return %0 : i32
}
// EXPECTED-NOT: unexpected

// -----
// CHECK:         mismatch.mlir:[[# @LINE + 3]]:4: error: expected error "this" was not produced
// CHECK-NEXT:    expected-error @+2
// EXPECTED:      mismatch.mlir:[[# @LINE + 1]]:4: error: expected error "this" was not produced
// expected-error @+2 {{this}}
func.func @not_produced() {
  return
}

// -----
// CHECK:     mismatch.mlir:[[# @LINE + 2]]:6: error: 'error' diagnostic emitted when expecting a 'warning'
func.func @other_severity() {
  // expected-warning @+1 {{use of undeclared}}
  return %0 : i32
}

// -----
// CHECK:     mismatch.mlir:[[# @LINE + 4]]:10: error: unexpected error: use of undeclared
// CHECK:     mismatch.mlir:[[# @LINE + 2]]:6: error: expected error "use of undeclared" was not produced
func.func @other_line() {
  // expected-error {{use of undeclared}}
  return %0 : i32
}

// -----
// CHECK:     mismatch.mlir:[[# @LINE + 1]]:4: error: invalid regular expression
// expected-error-re @+1 {{ {{(}} }}
func.func private @bad_expression()
