// RUN: onnx-opt %s --split-input-file --decompose-onnx | FileCheck %s
// RUN: onnx-opt %s --split-input-file --decompose-onnx --remarks --verify-diagnostics

// Sqrt and Log take no integers.
// CHECK-LABEL:  func.func @integers(
func.func @integers(%x: tensor<2x3xi32>, %axes: tensor<1xi64>) -> (tensor<2x1xi32>, tensor<2x1xi32>, tensor<2x1xi32>, tensor<2xi32>) {
  // CHECK:        "onnx.ReduceL2"
  // expected-remark @+1 {{not decomposed: the elements of X are not f16 or f32 or f64 or bf16 [reduce-l2]}}
  %a = "onnx.ReduceL2"(%x, %axes) : (tensor<2x3xi32>, tensor<1xi64>) -> tensor<2x1xi32>
  // CHECK:        "onnx.ReduceLogSum"
  // expected-remark @+1 {{not decomposed: the elements of X are not f16 or f32 or f64 or bf16 [reduce-log-sum]}}
  %b = "onnx.ReduceLogSum"(%x, %axes) : (tensor<2x3xi32>, tensor<1xi64>) -> tensor<2x1xi32>
  // CHECK:        "onnx.ReduceLogSumExp"
  // expected-remark @+1 {{not decomposed: the elements of X are not f16 or f32 or f64 or bf16 [reduce-log-sum-exp-keepdims]}}
  %c = "onnx.ReduceLogSumExp"(%x, %axes) : (tensor<2x3xi32>, tensor<1xi64>) -> tensor<2x1xi32>
  // CHECK:        "onnx.ReduceLogSumExp"
  // expected-remark @+1 {{not decomposed: the elements of X are not f16 or f32 or f64 or bf16 [reduce-log-sum-exp]}}
  %d = "onnx.ReduceLogSumExp"(%x, %axes) {keepdims = 0 : si64} : (tensor<2x3xi32>, tensor<1xi64>) -> tensor<2xi32>
  onnx.Return %a, %b, %c, %d : tensor<2x1xi32>, tensor<2x1xi32>, tensor<2x1xi32>, tensor<2xi32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 4 not decomposed}}

// -----
// CHECK-LABEL:  func.func @sum_of_integers(
func.func @sum_of_integers(%x: tensor<2x3xi32>) -> tensor<i32> {
  %none = "onnx.NoValue"() {value} : () -> none
  // CHECK:        "onnx.ReduceLogSumExp"
  // expected-remark @+1 {{not decomposed: the elements of X are not f16 or f32 or f64 or bf16 [reduce-log-sum-exp-of-all]}}
  %y = "onnx.ReduceLogSumExp"(%x, %none) {keepdims = 0 : si64} : (tensor<2x3xi32>, none) -> tensor<i32>
  onnx.Return %y : tensor<i32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 1 not decomposed}}

// -----
// No axes would be all to ReduceLogSumExp, and none to Squeeze.
// CHECK-LABEL:  func.func @perhaps_no_axes(
func.func @perhaps_no_axes(%x: tensor<2x3xf32>, %axes: tensor<?xi64>) -> tensor<*xf32> {
  // CHECK:        "onnx.ReduceLogSumExp"
  // expected-remark @+1 {{not decomposed: whether count(shape_of(axes), 0) = 0 is not known [reduce-log-sum-exp]}}
  %y = "onnx.ReduceLogSumExp"(%x, %axes) {keepdims = 0 : si64} : (tensor<2x3xf32>, tensor<?xi64>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 1 not decomposed}}

// -----
// Nothing newer has this mode.
// CHECK-LABEL:  func.func @no_newer_mode(
func.func @no_newer_mode(%x: tensor<1x1x2x2xf32>, %roi: tensor<0xf32>, %scales: tensor<4xf32>) -> tensor<*xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  // CHECK:        "onnx.ResizeV11"
  // expected-remark @+1 {{not decomposed: no newer version has 'tf_half_pixel_for_nn'}}
  %y = "onnx.ResizeV11"(%x, %roi, %scales, %none) {coordinate_transformation_mode = "tf_half_pixel_for_nn"} : (tensor<1x1x2x2xf32>, tensor<0xf32>, tensor<4xf32>, none) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 1 not decomposed}}

// -----
// It stays unless it is asked for.
// CHECK-LABEL:  func.func @hard_swish(
func.func @hard_swish(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK:        "onnx.HardSwish"
  // expected-remark @+1 {{not decomposed: --decompose-op-in-onnx does not name it}}
  %y = "onnx.HardSwish"(%x) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 1 not decomposed}}

// -----
// CHECK-LABEL:  func.func @custom(
func.func @custom(%a: tensor<*xf32>, %b: tensor<4x2xf32>) -> tensor<*xf32> {
  // CHECK:        "onnx.Custom"
  // expected-remark @+1 {{not decomposed: it is no FusedMatMul of com.microsoft}}
  %0 = "onnx.Custom"(%b, %b) {alpha = 1.0 : f32, domain_name = "a.b", function_name = "FusedMatMul", transA = 1 : si64, transB = 0 : si64} : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<*xf32>
  // CHECK:        "onnx.Custom"
  // expected-remark @+1 {{not decomposed: the rank of what it transposes is not known, or less than 2}}
  %1 = "onnx.Custom"(%a, %b) {alpha = 1.0 : f32, domain_name = "com.microsoft", function_name = "FusedMatMul", transA = 1 : si64, transB = 0 : si64} : (tensor<*xf32>, tensor<4x2xf32>) -> tensor<*xf32>
  // CHECK:        "onnx.Custom"
  // expected-remark @+1 {{not decomposed: two operands, alpha, transA and transB are needed}}
  %2 = "onnx.Custom"(%b, %b) {domain_name = "com.microsoft", function_name = "FusedMatMul", transA = 1 : si64, transB = 0 : si64} : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<*xf32>
  // CHECK:        "onnx.Custom"
  // expected-remark @+1 {{not decomposed: it transposes batches}}
  %3 = "onnx.Custom"(%b, %b) {alpha = 1.0 : f32, domain_name = "com.microsoft", function_name = "FusedMatMul", transA = 1 : si64, transB = 0 : si64, transBatchA = 1 : si64} : (tensor<4x2xf32>, tensor<4x2xf32>) -> tensor<*xf32>
  onnx.Return %3 : tensor<*xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 4 not decomposed}}

// -----
// CHECK-LABEL:  func.func @sequence_at(
func.func @sequence_at(%x: tensor<4xf32>, %s: !onnx.Seq<tensor<*xf32>>, %n: tensor<i64>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3xf32>) {
  %zero = onnx.Constant dense<0> : tensor<i64>
  %two = onnx.Constant dense<2> : tensor<i64>
  %parts = "onnx.SplitToSequence"(%x, %two) : (tensor<4xf32>, tensor<i64>) -> !onnx.Seq<tensor<2xf32>>
  // CHECK-COUNT-4: "onnx.SequenceAt"
  // expected-remark @+1 {{not decomposed: the sequence is not the result of an onnx.SplitToSequence}}
  %a = "onnx.SequenceAt"(%s, %zero) : (!onnx.Seq<tensor<*xf32>>, tensor<i64>) -> tensor<2xf32>
  // expected-remark @+1 {{not decomposed: the size of the parts, or the position, is no constant scalar}}
  %b = "onnx.SequenceAt"(%parts, %n) : (!onnx.Seq<tensor<2xf32>>, tensor<i64>) -> tensor<2xf32>
  // expected-remark @+1 {{not decomposed: the position is outside of the sequence}}
  %c = "onnx.SequenceAt"(%parts, %two) : (!onnx.Seq<tensor<2xf32>>, tensor<i64>) -> tensor<2xf32>
  // expected-remark @+1 {{not decomposed: the type of the result is neither that of the part nor the part's without the axis}}
  %d = "onnx.SequenceAt"(%parts, %zero) : (!onnx.Seq<tensor<2xf32>>, tensor<i64>) -> tensor<3xf32>
  onnx.Return %a, %b, %c, %d : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 4 not decomposed}}

// -----
// A third reader needs the concatenation.
// CHECK-LABEL:  func.func @concat_read_by_others(
func.func @concat_read_by_others(%a: tensor<2x3xf32>) -> (tensor<2x6xf32>, tensor<2xi64>, tensor<6x2xf32>) {
  // CHECK:        "onnx.Concat"
  // expected-remark @+1 {{not decomposed: it is not read by one onnx.Shape and one onnx.Transpose alone}}
  %c = "onnx.Concat"(%a, %a) {axis = 1 : si64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x6xf32>
  %s = "onnx.Shape"(%c) : (tensor<2x6xf32>) -> tensor<2xi64>
  %t = "onnx.Transpose"(%c) {perm = [1, 0]} : (tensor<2x6xf32>) -> tensor<6x2xf32>
  onnx.Return %c, %s, %t : tensor<2x6xf32>, tensor<2xi64>, tensor<6x2xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 1 not decomposed}}

// -----
// CHECK-LABEL:  func.func @loss(
func.func @loss(%s: tensor<4x3xf32>, %l: tensor<4xi64>, %u: tensor<*xf32>) -> (tensor<f32>, tensor<f32>) {
  %none = "onnx.NoValue"() {value} : () -> none
  // CHECK:        "onnx.SoftmaxCrossEntropyLoss"
  // expected-remark @+1 {{not decomposed: it ignores an index}}
  %y, %p = "onnx.SoftmaxCrossEntropyLoss"(%s, %l, %none) {ignore_index = 1 : si64} : (tensor<4x3xf32>, tensor<4xi64>, none) -> (tensor<f32>, none)
  // CHECK:        "onnx.SoftmaxCrossEntropyLoss"
  // expected-remark @+1 {{not decomposed: ranks are not known}}
  %z, %q = "onnx.SoftmaxCrossEntropyLoss"(%u, %l, %none) : (tensor<*xf32>, tensor<4xi64>, none) -> (tensor<f32>, none)
  onnx.Return %y, %z : tensor<f32>, tensor<f32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 2 not decomposed}}

// -----
// CHECK-LABEL:  func.func @einsum(
func.func @einsum(%x: tensor<2x?xf32>, %i: tensor<2x2xi16>, %z: tensor<2x2xf32>) -> (tensor<2xf32>, tensor<2xi16>, tensor<2xf32>) {
  // CHECK-COUNT-2: "onnx.Einsum"
  // expected-remark @+1 {{not decomposed: shapes are not known}}
  %a = "onnx.Einsum"(%x) {equation = "ij->i"} : (tensor<2x?xf32>) -> tensor<2xf32>
  // expected-remark @+1 {{not decomposed: MatMul does not take the element type}}
  %b = "onnx.Einsum"(%i) {equation = "ij->i"} : (tensor<2x2xi16>) -> tensor<2xi16>
  onnx.Return %a, %b, %a : tensor<2xf32>, tensor<2xi16>, tensor<2xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 2 not decomposed}}

// -----
// CHECK-LABEL:  func.func @conv_transpose(
func.func @conv_transpose(%x: tensor<1x1x?xf32>, %y: tensor<1x1x3xf32>, %w: tensor<1x1x2xf32>) -> (tensor<1x1x?xf32>, tensor<1x1x1xf32>) {
  %none = "onnx.NoValue"() {value} : () -> none
  // CHECK-COUNT-2: "onnx.ConvTranspose"
  // expected-remark @+1 {{not decomposed: spatial sizes of X are not known}}
  %a = "onnx.ConvTranspose"(%x, %w, %none) : (tensor<1x1x?xf32>, tensor<1x1x2xf32>, none) -> tensor<1x1x?xf32>
  // expected-remark @+1 {{not decomposed: more is padded than the kernel reaches}}
  %b = "onnx.ConvTranspose"(%y, %w, %none) {pads = [2, 1]} : (tensor<1x1x3xf32>, tensor<1x1x2xf32>, none) -> tensor<1x1x1xf32>
  onnx.Return %a, %b : tensor<1x1x?xf32>, tensor<1x1x1xf32>
}
// expected-remark @unknown {{decompose-onnx: 0 decomposed, 2 not decomposed}}
