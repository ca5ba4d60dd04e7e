// The IR is verified after every pass; the error names the op, whoever made it.
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --spoil 2>&1 | FileCheck %s
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --spoil --verify-each=1 2>&1 | FileCheck %s
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --spoil --verify-each=0 | FileCheck %s --check-prefix=OFF

// CHECK: verify-each.mlir:[[# @LINE + 2]]:1: error: 'onnx.NoSuchOp' op
// OFF:   "onnx.NoSuchOp"()
func.func @f() {
  return
}
