// RUN: onnx-opt %s --split-input-file --fold-scale-axis | FileCheck %s
// RUN: onnx-opt %s --split-input-file --fold-scale-axis --remarks --verify-diagnostics

// One function per promise: the IR stays as it is, and the remark says why.

// c is an argument.
// CHECK-LABEL:  func.func @scale_not_constant(
func.func @scale_not_constant(%x: tensor<5x2xf32>, %k: tensor<2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Mul [gemm-of-mul]}}
  %z = "onnx.Gemm"(%x, %b, %n) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not folded: c of the Mul is not a constant [mul-of-gemm]}}
  %y = "onnx.Mul"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// The other reader needs the unscaled value.
// CHECK-LABEL:  func.func @another_use(
func.func @another_use(%x: tensor<5x2xf32>) -> (tensor<5x2xf32>, tensor<5x2xf32>) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Mul [gemm-of-mul]}}
  %z = "onnx.Gemm"(%x, %b, %n) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not folded: the result of the Gemm has another use [mul-of-gemm]}}
  %y = "onnx.Mul"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y, %z : tensor<5x2xf32>, tensor<5x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// c is along axis 3; a square image would hide it.
// CHECK-LABEL:  func.func @along_the_width(
func.func @along_the_width(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  // CHECK:        "onnx.Conv"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.Mul [conv-of-mul]}}
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x2x2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not folded: c of the Mul has shape (2,), which is not along axis 1 only [mul-of-conv]}}
  %y = "onnx.Mul"(%z, %k) : (tensor<1x2x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  onnx.Return %y : tensor<1x2x2x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// The result would have an axis that z has not.
// CHECK-LABEL:  func.func @more_axes(
func.func @more_axes(%x: tensor<5x2xf32>) -> tensor<1x5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[[[2.0, 3.0]]]> : tensor<1x1x2xf32>
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Mul [gemm-of-mul]}}
  %z = "onnx.Gemm"(%x, %b, %n) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not folded: c of the Mul has shape (1, 1, 2), which gives the result more axes [mul-of-gemm]}}
  %y = "onnx.Mul"(%z, %k) : (tensor<5x2xf32>, tensor<1x1x2xf32>) -> tensor<1x5x2xf32>
  onnx.Return %y : tensor<1x5x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// A negative c would change sides.
// CHECK-LABEL:  func.func @relu_between(
func.func @relu_between(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Mul [gemm-of-mul]}}
  %m = "onnx.Gemm"(%x, %b, %n) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  // CHECK:        "onnx.Relu"
  %z = "onnx.Relu"(%m) : (tensor<5x2xf32>) -> tensor<5x2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Gemm [mul-of-gemm]}}
  %y = "onnx.Mul"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// It would have to pad with c.
// CHECK-LABEL:  func.func @conv_pads(
func.func @conv_pads(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x6x6xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  // CHECK:        "onnx.Add"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Gemm [add-of-gemm]}}
  %v = "onnx.Add"(%x, %k) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.Conv"
  // expected-remark @+1 {{not folded: the Conv pads X [conv-of-add]}}
  %y = "onnx.Conv"(%v, %w, %n) {pads = [1, 1, 1, 1]} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x6x6xf32>
  onnx.Return %y : tensor<1x2x6x6xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// It would have to pad with -c.
// CHECK-LABEL:  func.func @conv_pads_behind_sub(
func.func @conv_pads_behind_sub(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x6x6xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  // CHECK:        "onnx.Sub"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Gemm [sub-of-gemm]}}
  %v = "onnx.Sub"(%x, %k) : (tensor<1x2x4x4xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.Conv"
  // expected-remark @+1 {{not folded: the Conv pads X [conv-of-sub]}}
  %y = "onnx.Conv"(%v, %w, %n) {pads = [1, 1, 1, 1]} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x6x6xf32>
  onnx.Return %y : tensor<1x2x6x6xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// It would have to pad with c.
// CHECK-LABEL:  func.func @conv_pads_behind_sub_from(
func.func @conv_pads_behind_sub_from(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x6x6xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  // CHECK:        "onnx.Sub"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Gemm [sub-of-gemm]}}
  %v = "onnx.Sub"(%k, %x) : (tensor<2x1x1xf32>, tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // CHECK:        "onnx.Conv"
  // expected-remark @+1 {{not folded: the Conv pads X [conv-of-sub-from]}}
  %y = "onnx.Conv"(%v, %w, %n) {pads = [1, 1, 1, 1]} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x6x6xf32>
  onnx.Return %y : tensor<1x2x6x6xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// 1 / [0, 3] is not finite.
// CHECK-LABEL:  func.func @division_by_zero(
func.func @division_by_zero(%x: tensor<5x2xf32>) -> tensor<5x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[0.0, 3.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Mul [gemm-of-mul]}}
  %z = "onnx.Gemm"(%x, %b, %n) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  // CHECK:        "onnx.Div"
  // expected-remark @+1 {{not folded: 1 / c is not finite [div-of-gemm]}}
  %y = "onnx.Div"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// Where axis 1 is from the right nobody knows.
// CHECK-LABEL:  func.func @rank_unknown(
func.func @rank_unknown(%x: tensor<*xf32>) -> tensor<*xf32> {
  %w = onnx.Constant dense<[[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]]> : tensor<2x2x1x1xf32>
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  // CHECK:        "onnx.Conv"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.Mul [conv-of-mul]}}
  %z = "onnx.Conv"(%x, %w, %n) : (tensor<*xf32>, tensor<2x2x1x1xf32>, none) -> tensor<*xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not folded: the rank of what c of the Mul is combined with is not known [mul-of-conv]}}
  %y = "onnx.Mul"(%z, %k) : (tensor<*xf32>, tensor<2x1xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// B is an argument.
// CHECK-LABEL:  func.func @weights_not_constant(
func.func @weights_not_constant(%x: tensor<5x2xf32>, %b: tensor<2x2xf32>) -> tensor<5x2xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %k = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Mul [gemm-of-mul]}}
  %z = "onnx.Gemm"(%x, %b, %n) : (tensor<5x2xf32>, tensor<2x2xf32>, none) -> tensor<5x2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not folded: B of the Gemm is not a constant [mul-of-gemm]}}
  %y = "onnx.Mul"(%z, %k) : (tensor<5x2xf32>, tensor<2xf32>) -> tensor<5x2xf32>
  onnx.Return %y : tensor<5x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 2 not folded}}

// -----
// The product of a vector has no rows: the rows of the sum are an axis that the addend makes, though all sizes are 2.
// CHECK-LABEL:  func.func @left_vector(
func.func @left_vector(%x: tensor<2xf32>) -> tensor<2x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = onnx.Constant dense<[[1.0, 2.0], [4.0, 5.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Mul [matmul-of-mul]}}
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Gemm [add-of-gemm]}}
  %z = "onnx.Add"(%m, %a) : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  // CHECK:        "onnx.Mul"
  // expected-remark @+1 {{not folded: X has rank 1, less than 2 [mul-of-matmul-left-add]}}
  %y = "onnx.Mul"(%z, %k) : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 3 not folded}}

// -----
// The product of a vector has no rows: the rows of the sum are an axis that the addend makes, though all sizes are 2.
// CHECK-LABEL:  func.func @left_vector_behind_div(
func.func @left_vector_behind_div(%x: tensor<2xf32>) -> tensor<2x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = onnx.Constant dense<[[1.0, 2.0], [4.0, 5.0]]> : tensor<2x2xf32>
  %k = onnx.Constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Mul [matmul-of-mul]}}
  %m = "onnx.MatMul"(%w, %x) : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // expected-remark @+1 {{not folded: A is not the result of an onnx.Gemm [add-of-gemm]}}
  %z = "onnx.Add"(%m, %a) : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  // CHECK:        "onnx.Div"
  // expected-remark @+1 {{not folded: X has rank 1, less than 2 [div-of-matmul-left-add]}}
  %y = "onnx.Div"(%z, %k) : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// expected-remark @unknown {{fold-scale-axis: 0 folded, 3 not folded}}
