// RUN: onnx-opt %s --split-input-file --decompose-onnx | FileCheck %s

// Only replaces: new values between new ops have no shape, and what is dead stays.

// RULE: reduce-l1
func.func @reduce_l1(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<2xf32> {
  %y = "onnx.ReduceL1"(%x, %axes) {keepdims = 0 : si64} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}
// CHECK-LABEL:  func.func @reduce_l1(
// CHECK-SAME:     [[X:%.+]]: tensor<2x3xf32>, [[A:%.+]]: tensor<1xi64>)
// CHECK-NEXT:     [[Z:%.+]] = "onnx.Abs"([[X]]) : (tensor<2x3xf32>) -> tensor<*xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.ReduceSum"([[Z]], [[A]]) <{keepdims = 0 : si64, noop_with_empty_axes = 0 : si64}> : (tensor<*xf32>, tensor<1xi64>) -> tensor<2xf32>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// What a rule makes is decomposed in turn.
// RULE: reduce-l2
// RULE: reduce-sum-square
func.func @reduce_l2(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<2x1xf32> {
  %y = "onnx.ReduceL2"(%x, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  onnx.Return %y : tensor<2x1xf32>
}
// CHECK-LABEL:  func.func @reduce_l2(
// CHECK-SAME:     [[X:%.+]]: tensor<2x3xf32>, [[A:%.+]]: tensor<1xi64>)
// CHECK-NEXT:     [[S:%.+]] = "onnx.Mul"([[X]], [[X]]) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
// CHECK-NEXT:     [[Z:%.+]] = "onnx.ReduceSum"([[S]], [[A]]) <{keepdims = 1 : si64, noop_with_empty_axes = 0 : si64}>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Sqrt"([[Z]]) : (tensor<*xf32>) -> tensor<2x1xf32>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// RULE: reduce-log-sum-exp
// RULE: reduce-log-sum
func.func @reduce_log_sum_exp(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<2xf32> {
  %y = "onnx.ReduceLogSumExp"(%x, %axes) {keepdims = 0 : si64} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}
// CHECK-LABEL:  func.func @reduce_log_sum_exp(
// CHECK-SAME:     [[X:%.+]]: tensor<2x3xf32>, [[A:%.+]]: tensor<1xi64>)
// CHECK-NEXT:     [[M:%.+]] = "onnx.ReduceMax"([[X]], [[A]]) <{keepdims = 1 : si64
// CHECK-NEXT:     [[D:%.+]] = "onnx.Sub"([[X]], [[M]])
// CHECK-NEXT:     [[E:%.+]] = "onnx.Exp"([[D]])
// CHECK-NEXT:     [[S:%.+]] = "onnx.ReduceSum"([[E]], [[A]]) <{keepdims = 0 : si64
// CHECK-NEXT:     [[L:%.+]] = "onnx.Log"([[S]])
// CHECK-NEXT:     [[Q:%.+]] = "onnx.Squeeze"([[M]], [[A]])
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Add"([[L]], [[Q]]) : (tensor<*xf32>, tensor<*xf32>) -> tensor<2xf32>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// RULE: reduce-log-sum-exp-of-all
func.func @reduce_log_sum_exp_of_all(%x: tensor<2x3xf32>) -> tensor<f32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %y = "onnx.ReduceLogSumExp"(%x, %none) {keepdims = 0 : si64} : (tensor<2x3xf32>, none) -> tensor<f32>
  onnx.Return %y : tensor<f32>
}
// CHECK-LABEL:  func.func @reduce_log_sum_exp_of_all(
// CHECK:          [[M:%.+]] = "onnx.ReduceMax"
// CHECK:          [[Q:%.+]] = "onnx.Squeeze"([[M]],
// CHECK:          [[Y:%.+]] = "onnx.Add"({{%.+}}, [[Q]]) : (tensor<*xf32>, tensor<*xf32>) -> tensor<f32>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// RULE: reduce-log-sum-exp-keepdims
func.func @reduce_log_sum_exp_keepdims(%x: tensor<2x3xf32>, %axes: tensor<1xi64>) -> tensor<2x1xf32> {
  %y = "onnx.ReduceLogSumExp"(%x, %axes) : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  onnx.Return %y : tensor<2x1xf32>
}
// CHECK-LABEL:  func.func @reduce_log_sum_exp_keepdims(
// CHECK:          [[M:%.+]] = "onnx.ReduceMax"
// CHECK-NOT:      "onnx.Squeeze"
// CHECK:          [[Y:%.+]] = "onnx.Add"({{%.+}}, [[M]]) : (tensor<*xf32>, tensor<*xf32>) -> tensor<2x1xf32>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// RULE: log-softmax
func.func @log_softmax(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %y = "onnx.LogSoftmax"(%x) {axis = 0 : si64, onnx_node_name = "ls"} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return %y : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @log_softmax(
// CHECK-SAME:     [[X:%.+]]: tensor<2x3xf32>)
// CHECK-NEXT:     [[S:%.+]] = "onnx.Softmax"([[X]]) <{axis = 0 : si64}> : (tensor<2x3xf32>) -> tensor<*xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Log"([[S]]) : (tensor<*xf32>) -> tensor<2x3xf32>
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
func.func @scatter(%x: tensor<3x3xf32>, %i: tensor<1x3xi64>, %u: tensor<1x3xf32>) -> tensor<3x3xf32> {
  %y = "onnx.Scatter"(%x, %i, %u) {axis = 1 : si64} : (tensor<3x3xf32>, tensor<1x3xi64>, tensor<1x3xf32>) -> tensor<3x3xf32>
  onnx.Return %y : tensor<3x3xf32>
}
// CHECK-LABEL:  func.func @scatter(
// CHECK-SAME:     [[X:%.+]]: tensor<3x3xf32>, [[I:%.+]]: tensor<1x3xi64>, [[U:%.+]]: tensor<1x3xf32>)
// CHECK-NEXT:     "onnx.ScatterElements"([[X]], [[I]], [[U]]) <{axis = 1 : si64, reduction = "none"}>

// -----
// Attributes that are operands now; what is not said is left out.
func.func @versions(%x: tensor<1x6xf16>) -> (tensor<1x6xf16>, tensor<1x6xf16>, tensor<6xf16>, tensor<1x2xf16>, tensor<1x2xf16>, tensor<1x2xf16>) {
  %none = "onnx.NoValue"() {value} : () -> none
  %clip = "onnx.ClipV6"(%x) {max = 2.0 : f32, min = -1.0 : f32} : (tensor<1x6xf16>) -> tensor<1x6xf16>
  %pad = "onnx.PadV2"(%x) {pads = [0, 0, 0, 0], value = 3.0 : f32} : (tensor<1x6xf16>) -> tensor<1x6xf16>
  %squeeze = "onnx.SqueezeV11"(%x) : (tensor<1x6xf16>) -> tensor<6xf16>
  %split:3 = "onnx.SplitV13"(%x, %none) {axis = 1 : si64} : (tensor<1x6xf16>, none) -> (tensor<1x2xf16>, tensor<1x2xf16>, tensor<1x2xf16>)
  onnx.Return %clip, %pad, %squeeze, %split#0, %split#1, %split#2 : tensor<1x6xf16>, tensor<1x6xf16>, tensor<6xf16>, tensor<1x2xf16>, tensor<1x2xf16>, tensor<1x2xf16>
}
// CHECK-LABEL:  func.func @versions(
// CHECK-SAME:     [[X:%.+]]: tensor<1x6xf16>)
// CHECK-NEXT:     [[N:%.+]] = "onnx.NoValue"
// CHECK-NEXT:     [[LOW:%.+]] = onnx.Constant dense<-1.000000e+00> : tensor<f16>
// CHECK-NEXT:     [[HIGH:%.+]] = onnx.Constant dense<2.000000e+00> : tensor<f16>
// CHECK-NEXT:     "onnx.Clip"([[X]], [[LOW]], [[HIGH]])
// CHECK-NEXT:     [[PADS:%.+]] = onnx.Constant dense<0> : tensor<4xi64>
// CHECK-NEXT:     [[V:%.+]] = onnx.Constant dense<3.000000e+00> : tensor<1xf16>
// CHECK-NEXT:     [[AXES:%.+]] = "onnx.NoValue"
// CHECK-NEXT:     "onnx.Pad"([[X]], [[PADS]], [[V]], [[AXES]]) <{mode = "constant"}>
// CHECK-NEXT:     [[NONE:%.+]] = "onnx.NoValue"
// CHECK-NEXT:     "onnx.Squeeze"([[X]], [[NONE]])
// CHECK-NEXT:     "onnx.Split"([[X]], [[N]]) <{axis = 1 : si64, num_outputs = 3 : si64}>

// -----
// Upsample takes coordinates as they are and rounds down, which Resize does only if it is told.
func.func @upsample(%x: tensor<1x1x2x2xf32>) -> tensor<1x1x3x3xf32> {
  %y = "onnx.UpsampleV7"(%x) {scales = [1.0 : f32, 1.0 : f32, 1.5 : f32, 1.5 : f32]} : (tensor<1x1x2x2xf32>) -> tensor<1x1x3x3xf32>
  onnx.Return %y : tensor<1x1x3x3xf32>
}
// CHECK-LABEL:  func.func @upsample(
// CHECK:          onnx.Constant dense<[1.000000e+00, 1.000000e+00, 1.500000e+00, 1.500000e+00]> : tensor<4xf32>
// CHECK:          "onnx.Resize"{{.*}} coordinate_transformation_mode = "asymmetric", {{.*}} mode = "nearest", nearest_mode = "floor"}>

// -----
func.func @arithmetic(%a: tensor<2xf32>, %b: tensor<3x2xf32>, %c: tensor<1xf32>, %i: tensor<2xi32>) -> (tensor<3x2xf32>, tensor<2xf32>) {
  %sum = "onnx.Sum"(%a, %b, %c) : (tensor<2xf32>, tensor<3x2xf32>, tensor<1xf32>) -> tensor<3x2xf32>
  %scaled = "onnx.Scaler"(%i) {offset = [1.0 : f32, 2.0 : f32], scale = [3.0 : f32]} : (tensor<2xi32>) -> tensor<2xf32>
  onnx.Return %sum, %scaled : tensor<3x2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @arithmetic(
// CHECK-SAME:     [[A:%.+]]: tensor<2xf32>, [[B:%.+]]: tensor<3x2xf32>, [[C:%.+]]: tensor<1xf32>, [[I:%.+]]: tensor<2xi32>)
// CHECK-NEXT:     [[S:%.+]] = "onnx.Add"([[A]], [[B]]) : (tensor<2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
// CHECK-NEXT:     "onnx.Add"([[S]], [[C]]) : (tensor<3x2xf32>, tensor<1xf32>) -> tensor<3x2xf32>
// CHECK-NEXT:     [[F:%.+]] = "onnx.Cast"([[I]]) <{saturate = 1 : si64, to = f32}>
// CHECK-NEXT:     [[O:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[D:%.+]] = "onnx.Sub"([[F]], [[O]])
// CHECK-NEXT:     [[K:%.+]] = onnx.Constant dense<3.000000e+00> : tensor<1xf32>
// CHECK-NEXT:     "onnx.Mul"([[D]], [[K]]) : (tensor<*xf32>, tensor<1xf32>) -> tensor<2xf32>

// -----
// The product of matrices is a MatMul of [3, 4] and [4, 5]; alpha gets an axis because the result has some.
func.func @fused_matmul(%a: tensor<4x3xf32>, %b: tensor<5x4xf32>) -> tensor<3x5xf32> {
  %y = "onnx.Custom"(%a, %b) {alpha = 5.000000e-01 : f32, domain_name = "com.microsoft", function_name = "FusedMatMul", transA = 1 : si64, transB = 1 : si64} : (tensor<4x3xf32>, tensor<5x4xf32>) -> tensor<3x5xf32>
  onnx.Return %y : tensor<3x5xf32>
}
// CHECK-LABEL:  func.func @fused_matmul(
// CHECK-SAME:     [[A:%.+]]: tensor<4x3xf32>, [[B:%.+]]: tensor<5x4xf32>)
// CHECK-NEXT:     [[AT:%.+]] = "onnx.Transpose"([[A]]) <{perm = [1, 0]}> : (tensor<4x3xf32>) -> tensor<3x4xf32>
// CHECK-NEXT:     [[BT:%.+]] = "onnx.Transpose"([[B]]) <{perm = [1, 0]}> : (tensor<5x4xf32>) -> tensor<4x5xf32>
// CHECK-NEXT:     [[K:%.+]] = onnx.Constant dense<5.000000e-01> : tensor<1xf32>
// CHECK-NEXT:     [[P:%.+]] = "onnx.MatMul"([[AT]], [[BT]])
// CHECK-NEXT:     "onnx.Mul"([[K]], [[P]]) : (tensor<1xf32>, tensor<3x5xf32>) -> tensor<3x5xf32>

// -----
func.func @constants(%x: tensor<?xf32>, %like: tensor<1xf16>, %shape: tensor<2xi64>) -> (tensor<2xi64>, tensor<?x?xf32>, tensor<?xf16>) {
  %c = onnx.Constant {value_ints = [4, 5]} : tensor<2xi64>
  %filled = onnx.ConstantOfShape(%shape) {value = dense<2.0> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<?x?xf32>
  %cast = "onnx.CastLike"(%x, %like) : (tensor<?xf32>, tensor<1xf16>) -> tensor<?xf16>
  onnx.Return %c, %filled, %cast : tensor<2xi64>, tensor<?x?xf32>, tensor<?xf16>
}
// CHECK-LABEL:  func.func @constants(
// CHECK-SAME:     [[X:%.+]]: tensor<?xf32>, [[L:%.+]]: tensor<1xf16>, [[S:%.+]]: tensor<2xi64>)
// CHECK-NEXT:     onnx.Constant dense<[4, 5]> : tensor<2xi64>
// CHECK-NEXT:     [[E:%.+]] = onnx.Constant dense<2.000000e+00> : tensor<f32>
// CHECK-NEXT:     "onnx.Expand"([[E]], [[S]])
// CHECK-NEXT:     "onnx.Cast"([[X]]) <{saturate = 1 : si64, to = f16}>

// -----
// 5 elements in parts of 2: the last one has 1.
func.func @sequences(%x: tensor<5xf32>) -> (tensor<1xf32>, !onnx.Seq<tensor<5xf32>>) {
  %two = onnx.Constant dense<2> : tensor<i64>
  %last = onnx.Constant dense<-1> : tensor<i64>
  %parts = "onnx.SplitToSequence"(%x, %two) : (tensor<5xf32>, tensor<i64>) -> !onnx.Seq<tensor<*xf32>>
  %y = "onnx.SequenceAt"(%parts, %last) : (!onnx.Seq<tensor<*xf32>>, tensor<i64>) -> tensor<1xf32>
  %s = "onnx.SequenceConstruct"(%x, %x) : (tensor<5xf32>, tensor<5xf32>) -> !onnx.Seq<tensor<5xf32>>
  onnx.Return %y, %s : tensor<1xf32>, !onnx.Seq<tensor<5xf32>>
}
// CHECK-LABEL:  func.func @sequences(
// CHECK-SAME:     [[X:%.+]]: tensor<5xf32>)
// CHECK:          [[SIZES:%.+]] = onnx.Constant dense<[2, 2, 1]> : tensor<3xi64>
// CHECK-NEXT:     [[PARTS:%.+]]:3 = "onnx.Split"([[X]], [[SIZES]]) <{axis = 0 : si64}>
// CHECK-NEXT:     [[EMPTY:%.+]] = "onnx.SequenceEmpty"() <{dtype = 1 : si64}>
// CHECK-NEXT:     [[END:%.+]] = "onnx.NoValue"
// CHECK-NEXT:     [[ONE:%.+]] = "onnx.SequenceInsert"([[EMPTY]], [[X]], [[END]])
// CHECK-NEXT:     [[S:%.+]] = "onnx.SequenceInsert"([[ONE]], [[X]], [[END]])
// CHECK-NEXT:     onnx.Return [[PARTS]]#2, [[S]]

// -----
func.func @concat_shape_transpose(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) -> (tensor<2xi64>, tensor<7x2xf32>) {
  %c = "onnx.Concat"(%a, %b) {axis = 1 : si64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
  %s = "onnx.Shape"(%c) : (tensor<2x7xf32>) -> tensor<2xi64>
  %t = "onnx.Transpose"(%c) {perm = [1, 0]} : (tensor<2x7xf32>) -> tensor<7x2xf32>
  onnx.Return %s, %t : tensor<2xi64>, tensor<7x2xf32>
}
// CHECK-LABEL:  func.func @concat_shape_transpose(
// CHECK-NEXT:     [[S:%.+]], [[T:%.+]] = "onnx.ConcatShapeTranspose"({{.*}}) <{axis = 1 : si64, perm = [1, 0], start = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[S]], [[T]]

// -----
// The weights' mean is weighed by the weights of the labels.
func.func @loss(%s: tensor<4x3xf32>, %l: tensor<4xi32>) -> tensor<4xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %y, %p = "onnx.SoftmaxCrossEntropyLoss"(%s, %l, %none) {reduction = "none"} : (tensor<4x3xf32>, tensor<4xi32>, none) -> (tensor<4xf32>, none)
  onnx.Return %y : tensor<4xf32>
}
// CHECK-LABEL:  func.func @loss(
// CHECK-SAME:     [[S:%.+]]: tensor<4x3xf32>, [[L:%.+]]: tensor<4xi32>)
// CHECK:          [[C:%.+]] = onnx.Constant dense<3> : tensor<1xi64>
// CHECK-NEXT:     [[V:%.+]] = onnx.Constant dense<[0, 1]> : tensor<2xi64>
// CHECK-NEXT:     [[H:%.+]] = "onnx.OneHot"([[L]], [[C]], [[V]]) <{axis = 1 : si64}> : (tensor<4xi32>, tensor<1xi64>, tensor<2xi64>) -> tensor<4x3xi64>
// CHECK-NEXT:     [[F:%.+]] = "onnx.Cast"([[H]])
// CHECK-NEXT:     [[Q:%.+]] = "onnx.Softmax"([[S]]) <{axis = 1 : si64}>
// CHECK-NEXT:     [[G:%.+]] = "onnx.Log"([[Q]])
// CHECK-NEXT:     [[M:%.+]] = "onnx.Mul"([[G]], [[F]])
// CHECK:          [[R:%.+]] = "onnx.ReduceSum"([[M]], [[A:%.+]]) <{keepdims = 1 : si64
// CHECK-NEXT:     [[Z:%.+]] = "onnx.Squeeze"([[R]], [[A]])
// CHECK-NEXT:     "onnx.Neg"([[Z]])

// -----
// bij,jk->bik: j is summed by MatMul.
func.func @einsum(%a: tensor<2x3x4xf32>, %b: tensor<4x5xf32>) -> tensor<2x3x5xf32> {
  %y = "onnx.Einsum"(%a, %b) {equation = "bij,jk->bik"} : (tensor<2x3x4xf32>, tensor<4x5xf32>) -> tensor<2x3x5xf32>
  onnx.Return %y : tensor<2x3x5xf32>
}
// CHECK-LABEL:  func.func @einsum(
// CHECK-SAME:     [[A:%.+]]: tensor<2x3x4xf32>, [[B:%.+]]: tensor<4x5xf32>)
// CHECK-NEXT:     [[S:%.+]] = onnx.Constant dense<[6, 4]> : tensor<2xi64>
// CHECK-NEXT:     [[M:%.+]] = "onnx.Reshape"([[A]], [[S]])
// CHECK-NEXT:     [[P:%.+]] = "onnx.MatMul"([[M]], [[B]]) : (tensor<6x4xf32>, tensor<4x5xf32>) -> tensor<6x5xf32>
// CHECK-NEXT:     [[T:%.+]] = onnx.Constant dense<[2, 3, 5]> : tensor<3xi64>
// CHECK-NEXT:     "onnx.Reshape"([[P]], [[T]])

// -----
// One axis of 3 elements, kernel 2, stride 2: (2 - 1) * 1 - 0 = 1 zero at each end; the weights run backwards.
func.func @conv_transpose(%x: tensor<1x1x3xf32>, %w: tensor<1x1x2xf32>, %b: tensor<1xf32>) -> tensor<1x1x6xf32> {
  %y = "onnx.ConvTranspose"(%x, %w, %b) {strides = [2]} : (tensor<1x1x3xf32>, tensor<1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x6xf32>
  onnx.Return %y : tensor<1x1x6xf32>
}
// CHECK-LABEL:  func.func @conv_transpose(
// CHECK-SAME:     [[X:%.+]]: tensor<1x1x3xf32>, [[W:%.+]]: tensor<1x1x2xf32>, [[B:%.+]]: tensor<1xf32>)
// CHECK-NEXT:     [[U:%.+]] = "onnx.UpsampleAndPad"([[X]]) <{pads = [1, 1], strides = [2]}>
// CHECK:          "onnx.Slice"
// CHECK:          [[R:%.+]] = "onnx.Reshape"({{.*}}) -> tensor<1x1x2xf32>
// CHECK-NEXT:     "onnx.Conv"([[U]], [[R]], [[B]]) <{auto_pad = "VALID", dilations = [1], group = 1 : si64, kernel_shape = [2], pads = [0, 0], strides = [1]}>
