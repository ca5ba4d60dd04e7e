// RUN: not onnx-opt %s 2>&1 | FileCheck %s --check-prefix=REFUSED
// RUN: onnx-opt -allow-unregistered-dialect %s | FileCheck %s

// REFUSED: allow-unregistered-dialect.mlir:[[# @LINE + 5]]:3: error: {{.*}}my_dialect.op
// REFUSED-NEXT: "my_dialect.op"()

// CHECK: "my_dialect.op"() {key = 1 : i64} : () -> ()
func.func @f() {
  "my_dialect.op"() {key = 1 : i64} : () -> ()
  return
}
