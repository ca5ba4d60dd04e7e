// RUN: onnx-opt %s --constprop-onnx | FileCheck %s --check-prefixes=CHECK,ADDED,CUT,SECOND
// RUN: onnx-opt %s --constprop-onnx --onnx-const-prop-expansion-bound=2 -j 2 | FileCheck %s --check-prefixes=CHECK,KEPT,BOUND,CUT,SECOND
// RUN: onnx-opt %s --constprop-onnx=expansion-bound=2 | FileCheck %s --check-prefixes=CHECK,KEPT,BOUND,CUT,SECOND
// RUN: onnx-opt %s --constprop-onnx --onnx-const-prop-round-fp-to-int | FileCheck %s --check-prefixes=CHECK,ADDED,ROUNDED,SECOND
// RUN: onnx-opt %s --constprop-onnx --onnx-const-prop-disable-pattern=AddConstCommutative1 | FileCheck %s --check-prefixes=CHECK,ADDED,CUT,FIRST
// RUN: onnx-opt %s --constprop-onnx --onnx-const-prop-disable-pattern=AddConstProp --onnx-const-prop-disable-pattern add-const-commutative-1 | FileCheck %s --check-prefixes=CHECK,KEPT,CUT,FIRST
// RUN: onnx-opt %s --constprop-onnx --disable-constant-prop | FileCheck %s --check-prefixes=CHECK,KEPT,CAST,FIRST
// RUN: not onnx-opt %s --constprop-onnx --onnx-const-prop-expansion-bound=two 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not onnx-opt %s --constprop-onnx --onnx-const-prop-disable-pattern=AdConstCommutative1 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not onnx-opt %s --cse --onnx-const-prop-expansion-bound=2 2>&1 | FileCheck %s --check-prefix=IDLE
// TWO:      --onnx-const-prop-expansion-bound is an integer, not 'two'
// UNKNOWN:  --constprop-onnx has no rule 'AdConstCommutative1'
// IDLE:     --onnx-const-prop-expansion-bound: no pass that is run has this option

// The sum takes 100 bytes, its operands 40.
// CHECK-LABEL:  func.func @table
// ADDED-NEXT:     onnx.Constant {{.*}} : tensor<5x5xf32>
// KEPT:           "onnx.Add"
func.func @table() -> tensor<5x5xf32> {
  %a = onnx.Constant dense<[[1.0], [2.0], [3.0], [4.0], [5.0]]> : tensor<5x1xf32>
  %b = onnx.Constant dense<[[1.0, 2.0, 3.0, 4.0, 5.0]]> : tensor<1x5xf32>
  %y = "onnx.Add"(%a, %b) : (tensor<5x1xf32>, tensor<1x5xf32>) -> tensor<5x5xf32>
  onnx.Return %y : tensor<5x5xf32>
}

// The bound is about types: 28 bytes make 40, however they are stored.
// CHECK-LABEL:  func.func @splats
// ADDED-NEXT:     onnx.Constant dense<3.000000e+00> : tensor<2x5xf32>
// BOUND-NEXT:     onnx.Constant dense<3.000000e+00> : tensor<2x5xf32>
func.func @splats() -> tensor<2x5xf32> {
  %a = onnx.Constant dense<1.0> : tensor<2x1xf32>
  %b = onnx.Constant dense<2.0> : tensor<1x5xf32>
  %y = "onnx.Mul"(%b, %b) : (tensor<1x5xf32>, tensor<1x5xf32>) -> tensor<1x5xf32>
  %z = "onnx.Sub"(%y, %a) : (tensor<1x5xf32>, tensor<2x1xf32>) -> tensor<2x5xf32>
  onnx.Return %z : tensor<2x5xf32>
}

// CHECK-LABEL:  func.func @whole
// CUT:            onnx.Constant dense<[-1, 0, 1, 2]>
// ROUNDED:        onnx.Constant dense<[-2, 0, 2, 2]>
// CAST:           "onnx.Cast"
func.func @whole() -> tensor<4xi32> {
  %x = onnx.Constant dense<[-1.5, 0.5, 1.75, 2.5]> : tensor<4xf32>
  %y = "onnx.Cast"(%x) {to = i32} : (tensor<4xf32>) -> tensor<4xi32>
  onnx.Return %y : tensor<4xi32>
}

// CHECK-LABEL:  func.func @order
// CHECK:          [[C:%.+]] = onnx.Constant
// FIRST:          "onnx.Add"([[C]], %arg0)
// SECOND:         "onnx.Add"(%arg0, [[C]])
func.func @order(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = "onnx.Add"(%c, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}
