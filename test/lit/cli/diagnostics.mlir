// A diagnostic shows the source line and a caret, like mlir-opt's.
// RUN: not onnx-opt %s 2>&1 | FileCheck %s --strict-whitespace

//      CHECK:{{.*}}diagnostics.mlir:[[# @LINE + 4]]:10: error: use of undeclared SSA value name
// CHECK-NEXT:{{^}}  return %undeclared : i32{{$}}
// CHECK-NEXT:{{^}}         ^{{$}}
func.func @f() -> i32 {
  return %undeclared : i32
}
