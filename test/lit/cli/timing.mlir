// RUN: onnx-opt %s --cse --mlir-timing 2>&1 >/dev/null | FileCheck %s
// RUN: onnx-opt %s --mlir-timing --pass-pipeline="builtin.module(func.func(cse,canonicalize),symbol-dce)" 2>&1 >/dev/null | FileCheck %s --check-prefix=NESTED

// CHECK:      ===---{{-*}}===
// CHECK-NEXT:    ... Execution time report ...
// CHECK-NEXT: ===---{{-*}}===
// CHECK-NEXT:   Total Execution Time: {{[0-9]+\.[0-9]+}} seconds
// CHECK-EMPTY:
// CHECK-NEXT:   ----Wall Time---- ----Name----
// CHECK-NEXT:   {{[0-9.]+}} ({{ *[0-9.]+}}%) Parser
// CHECK-NEXT:   {{[0-9.]+}} ({{ *[0-9.]+}}%) (V) Verifier
// CHECK-NEXT:   {{[0-9.]+}} ({{ *[0-9.]+}}%) Cse
// CHECK-NEXT:   {{[0-9.]+}} ({{ *[0-9.]+}}%) (V) Verifier
// CHECK-NEXT:   {{[0-9.]+}} ({{ *[0-9.]+}}%) Output
// CHECK-NEXT:   {{[0-9.]+}} ({{ *[0-9.]+}}%) Rest
// CHECK-NEXT:   {{[0-9.]+}} (100.0%) Total
// CHECK-NOT:  {{.}}

// NESTED:      Parser
// NESTED:      {{%}}) 'func.func' Pipeline
// NESTED-NEXT: {{%}}) Cse
// NESTED-NEXT: {{%}}) (V) Verifier
// NESTED-NEXT: {{%}}) Canonicalize
// NESTED-NEXT: {{%}}) (V) Verifier
// NESTED-NEXT: {{%}}) SymbolDce
// NESTED-NEXT: {{%}}) (V) Verifier
// NESTED-NEXT: {{%}}) Output
func.func @f() {
  return
}
func.func @g() {
  return
}
