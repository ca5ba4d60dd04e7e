// Dumps go to standard error, one per pass and per operation it runs on.
// RUN: onnx-opt %s --cse --mlir-print-ir-before-all 2>&1 >/dev/null | FileCheck %s --check-prefix=BEFORE
// RUN: onnx-opt %s --cse --mlir-print-ir-after-all 2>&1 >/dev/null | FileCheck %s --check-prefix=AFTER
// RUN: onnx-opt %s --pass-pipeline="builtin.module(func.func(cse))" --mlir-print-ir-after-all 2>&1 >/dev/null | FileCheck %s --check-prefix=NESTED
// RUN: onnx-opt %s --symbol-dce --cse --mlir-print-ir-before=cse --mlir-print-ir-after=symbol-dce,cse 2>&1 >/dev/null | FileCheck %s --check-prefix=SOME
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --fail --mlir-print-ir-after-all 2>&1 | FileCheck %s --check-prefix=FAILED
// RUN: not onnx-opt %s --cse --mlir-print-ir-before=symbol-dce 2>&1 | FileCheck %s --check-prefix=ABSENT

// BEFORE:      {{^}}// -----// IR Dump Before Cse (cse) //----- //{{$}}
// BEFORE-NEXT: module {
// BEFORE-NEXT:   func.func @f
// BEFORE-NEXT:     arith.constant
// BEFORE-NEXT:     arith.constant
// BEFORE-NOT:  IR Dump

// AFTER:      // -----// IR Dump After Cse (cse) //----- //
// AFTER-NEXT: module {
// AFTER-NEXT:   func.func @f
// AFTER-NEXT:     arith.constant
// AFTER-NEXT:     return
// AFTER-NOT:  IR Dump

// NESTED:      // -----// IR Dump After Cse (cse) //----- //
// NESTED-NEXT: {{^}}func.func @f
// NESTED:      // -----// IR Dump After Cse (cse) //----- //
// NESTED-NEXT: {{^}}func.func @g

// SOME:     IR Dump After SymbolDce (symbol-dce)
// SOME:     IR Dump Before Cse (cse)
// SOME:     IR Dump After Cse (cse)
// SOME-NOT: IR Dump

// FAILED: // -----// IR Dump After Fail Failed (fail) //----- //
// FAILED: error: the pass failed

// ABSENT: onnx-opt: error: cannot print the IR around 'symbol-dce': no such pass is run
func.func @f() -> (i32, i32) {
  %0 = arith.constant 1 : i32
  %1 = arith.constant 1 : i32
  return %0, %1 : i32, i32
}
func.func @g() {
  return
}
