// -o writes a file, whose suffix says the format; --emit overrules it.
// RUN: rm -rf %t && mkdir %t
// RUN: onnx-opt %s -o %t/out.mlir | FileCheck %s --allow-empty --check-prefix=SILENT
// SILENT-NOT: {{.}}
// RUN: FileCheck %s --input-file %t/out.mlir
// RUN: onnx-opt %s -o %t/out.mlirbc
// RUN: onnx-opt %t/out.mlirbc | FileCheck %s
// RUN: not FileCheck %s --input-file %t/out.mlirbc
// RUN: onnx-opt %s -o %t/text.mlirbc --emit=mlir
// RUN: FileCheck %s --input-file %t/text.mlirbc
// RUN: onnx-opt %s --emit=mlirbc | onnx-opt | FileCheck %s
// RUN: onnx-opt %s -o - | FileCheck %s
// RUN: onnx-opt %s -o %t/first.mlir -o %t/second.mlir && not ls %t/first.mlir
// RUN: onnx-opt %s -o /dev/null

// An error leaves the old file as it is, and no other file.
// RUN: cp %t/out.mlir %t/kept.mlir
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --fail -o %t/kept.mlir
// RUN: diff %t/out.mlir %t/kept.mlir
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --fail -o %t/none.mlir
// RUN: ls -A %t | FileCheck %s --check-prefix=FILES

// FILES:      kept.mlir
// FILES-NEXT: out.mlir
// FILES-NEXT: out.mlirbc
// FILES-NEXT: second.mlir
// FILES-NEXT: text.mlirbc
// FILES-NOT:  {{.}}

// CHECK:      func.func @f()
// CHECK-NEXT:   return
func.func @f() {
  return
}
