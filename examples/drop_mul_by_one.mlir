// RUN: onnx-opt %s --split-input-file --load-pass-plugin=%S/drop_mul_by_one.py --drop-mul-by-one | FileCheck %s
// RUN: onnx-opt %s --split-input-file --load-pass-plugin=%S/drop_mul_by_one.py --drop-mul-by-one --remarks --verify-diagnostics
// RUN: onnx-opt --load-pass-plugin=%S/drop_mul_by_one.py --explain=drop-mul-by-one | FileCheck %s --check-prefix=EXPLAIN

// EXPLAIN:         Mul(x, one)
// EXPLAIN-NEXT:  = x
// EXPLAIN:         one = 1

// The one may stand on either side, for Mul is commutative.
func.func @drops(%x: tensor<2xf32>) -> tensor<2xf32> {
  %one = onnx.Constant dense<1.0> : tensor<2xf32>
  // expected-remark @+1 {{dropped}}
  %0 = "onnx.Mul"(%x, %one) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // expected-remark @+1 {{dropped}}
  %1 = "onnx.Mul"(%one, %0) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %1 : tensor<2xf32>
}
// expected-remark @unknown {{drop-mul-by-one: 2 dropped, 0 not dropped}}
// CHECK-LABEL:  func.func @drops(
// CHECK-SAME:     [[X:%.+]]: tensor<2xf32>)
// CHECK-NEXT:     onnx.Return [[X]] : tensor<2xf32>

// -----
// Not all of them are 1.
// CHECK-LABEL:  func.func @keeps_other_factors
func.func @keeps_other_factors(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not dropped: one is not 1}}
  %0 = "onnx.Mul"(%x, %c) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
// expected-remark @unknown {{drop-mul-by-one: 0 dropped, 1 not dropped}}

// -----
// The product has more elements than x.
// CHECK-LABEL:  func.func @keeps_what_broadcasts
func.func @keeps_what_broadcasts(%x: tensor<2xf32>) -> tensor<3x2xf32> {
  %one = onnx.Constant dense<1.0> : tensor<3x2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not dropped: the result would be of type tensor<2xf32>, not tensor<3x2xf32>}}
  %0 = "onnx.Mul"(%x, %one) : (tensor<2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  onnx.Return %0 : tensor<3x2xf32>
}
// expected-remark @unknown {{drop-mul-by-one: 0 dropped, 1 not dropped}}
