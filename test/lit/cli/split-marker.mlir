// The marker can be chosen; what only looks like the usual one gets a warning.
// RUN: onnx-opt --split-input-file="// HERE" %s | FileCheck %s
// RUN: onnx-opt --split-input-file %s 2>&1 >/dev/null | FileCheck %s --check-prefix=NEAR

// CHECK: func.func private @a
// CHECK: // -----
// CHECK: func.func private @b
// NEAR:      split-marker.mlir:[[# @LINE + 3]]:1: warning: near miss with file split marker
// NEAR-NEXT: // ----
func.func private @a()
// ----
// HERE
func.func private @b()
