// Remarks are printed if asked for, and can be expected.
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --mark 2>&1 >/dev/null | FileCheck %s --allow-empty --check-prefix=SILENT
// SILENT-NOT: {{.}}
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --mark --remarks 2>&1 >/dev/null | FileCheck %s
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --mark --remarks --verify-diagnostics
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --mark --verify-diagnostics

// CHECK:      remarks.mlir:[[# @LINE + 5]]:1: remark: marked f
// CHECK-NEXT: func.func private @f()
// CHECK-NEXT: {{^}}^
// CHECK-NEXT: remarks.mlir: remark: done
// expected-remark @+1 {{marked f}}
func.func private @f()
// expected-remark @unknown {{done}}
