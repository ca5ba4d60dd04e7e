// `-` and a missing name mean standard input, which diagnostics call <stdin>.
// RUN: onnx-opt < %s | FileCheck %s
// RUN: onnx-opt - < %s | FileCheck %s
// RUN: onnx-opt --cse - < %s | FileCheck %s
// RUN: cat %s | onnx-opt | FileCheck %s
// RUN: not onnx-opt --load-pass-plugin=%S/Inputs/probe.py --fail < %s 2>&1 | FileCheck %s --check-prefix=NAME

// An empty input is an empty module.
// RUN: onnx-opt < /dev/null | FileCheck %s --check-prefix=EMPTY
// EMPTY:      module {
// EMPTY-NEXT: }

// NAME: <stdin>:[[# @LINE + 2]]:1: error: the pass failed
// CHECK: func.func @f
func.func @f() {
  return
}
