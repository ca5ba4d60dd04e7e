// RUN: onnx-opt %s --split-input-file --fold-bn-into-gemm | FileCheck %s

// What surrounds the two ops.  The numbers are those of fold_bn_into_gemm.mlir:
//   s  = scale / sqrt(var + epsilon) = [4, 3] / sqrt([4, 1] + 0) = [2, 3]
//   B~ = [[1, 2], [3, 4]] * [2, 3] = [[2, 6], [6, 12]]
//   C~ = (0 - [1, 2]) * [2, 3] + [5, 7] = [3, 1]

// onnx.BatchNormalization with training_mode = 0 does the same as the inference-mode op; results that nobody reads
// do not matter, whether they have a type or not.
func.func @batch_normalization(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y, %m, %v = "onnx.BatchNormalization"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32, training_mode = 0 : si64} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2xf32>, none, tensor<2xf32>)
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @batch_normalization
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]])
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<1x2xf32>

// -----
// The case of onnx-mlir's #3131: mean 0, variance 1, so that only scale and bias are left.
// B~ = [[1, 2], [3, 4]] * [2, 3]      C~ = [10, 20] * [2, 3] + [5, 7] = [25, 67]
func.func @scale_and_bias_only(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[2.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<0.0> : tensor<2xf32>
  %var = onnx.Constant dense<1.0> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @scale_and_bias_only
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.500000e+01, 6.700000e+01]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"({{%.+}}, [[B]], [[C]])
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// epsilon is read, not guessed: s = [4, 3] / sqrt([3.25, 0.25] + 0.75) = [2, 3].
func.func @epsilon(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[3.25, 0.25]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.75 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @epsilon
// CHECK:          onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NOT:      onnx.BatchNormalization

// -----
// A chain folds from the Gemm on, twice with the same factors:
//   B~ = [[1, 2], [3, 4]] * [4, 9] = [[4, 18], [12, 36]]
//   C~ = ([3, 1] - [1, 2]) * [2, 3] + [5, 7] = [9, 4]
func.func @chain(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %x = "onnx.BatchNormalizationInferenceMode"(%y, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %x : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @chain
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}4.000000e+00, 1.800000e+01], [1.200000e+01, 3.600000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[9.000000e+00, 4.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]])
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// Weights and parameters that others read too stay as they are, for the others.
func.func @shared_constants(%a: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>, tensor<2xf32>) {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %other = "onnx.MatMul"(%a, %b) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  onnx.Return %y, %other, %scale : tensor<1x2xf32>, tensor<1x2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @shared_constants
// CHECK-SAME:     ([[A:%.+]]: tensor<1x2xf32>)
// CHECK-DAG:      [[OLD_B:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK-DAG:      [[SCALE:%.+]] = onnx.Constant dense<[4.000000e+00, 3.000000e+00]> : tensor<2xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-DAG:      [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]])
// CHECK-DAG:      [[OTHER:%.+]] = "onnx.MatMul"([[A]], [[OLD_B]])
// CHECK:          onnx.Return [[Y]], [[OTHER]], [[SCALE]]

// -----
// One constant as A, B and C of the Gemm: A keeps it, B and C get their own.
// C~ = ([[1, 2], [3, 4]] - [1, 2]) * [2, 3] + [5, 7] = [[5, 7], [9, 13]]
func.func @one_constant_thrice() -> tensor<2x2xf32> {
  %w = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%w, %w, %w) : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  onnx.Return %y : tensor<2x2xf32>
}
// CHECK-LABEL:  func.func @one_constant_thrice
// CHECK-DAG:      [[A:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<{{\[\[}}5.000000e+00, 7.000000e+00], [9.000000e+00, 1.300000e+01]]> : tensor<2x2xf32>
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], [[B]], [[C]])
// CHECK-NEXT:     onnx.Return [[Y]]

// -----
// The result of the batch normalization may have any number of uses.
func.func @result_used_twice(%a: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %r = "onnx.Relu"(%y) : (tensor<1x2xf32>) -> tensor<1x2xf32>
  onnx.Return %y, %r : tensor<1x2xf32>, tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @result_used_twice
// CHECK:          [[Y:%.+]] = "onnx.Gemm"
// CHECK-NEXT:     [[R:%.+]] = "onnx.Relu"([[Y]])
// CHECK-NEXT:     onnx.Return [[Y]], [[R]]

// -----
// What the Gemm carries beside its own attributes survives; that of the batch normalization goes with it.
func.func @discardable_attributes(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) <{alpha = 0.5 : f32}> {onnx_node_name = "fc1", device = "nnpa", hint = [1, 2]} : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) <{epsilon = 0.0 : f32}> {onnx_node_name = "bn1"} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @discardable_attributes
// CHECK:          "onnx.Gemm"({{.*}}) <{alpha = 5.000000e-01 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 0 : si64}> {device = "nnpa", hint = [1, 2], onnx_node_name = "fc1"} :
// CHECK-NOT:      bn1

// -----
// M may be unknown, and so may the shape of the result: N is known from B.
func.func @dynamic_m(%a: tensor<?x2xf32>) -> tensor<*xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<?x2xf32>, tensor<2x2xf32>, none) -> tensor<*xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<*xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// CHECK-LABEL:  func.func @dynamic_m
// CHECK-SAME:     ([[A:%.+]]: tensor<?x2xf32>)
// CHECK:          [[Y:%.+]] = "onnx.Gemm"([[A]], {{.*}} : (tensor<?x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<*xf32>
// CHECK-NEXT:     onnx.Return [[Y]] : tensor<*xf32>

// -----
// Bodies of If: each branch has a fold of its own, on constants from outside that both branches read.
func.func @branches(%a: tensor<1x2xf32>, %cond: tensor<i1>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %r = "onnx.If"(%cond) ({
    %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
    %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    onnx.Yield %y : tensor<1x2xf32>
  }, {
    %z = "onnx.Gemm"(%a, %b, %none) {transB = 1 : si64} : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
    %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    onnx.Yield %y : tensor<1x2xf32>
  }) : (tensor<i1>) -> tensor<1x2xf32>
  onnx.Return %r : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @branches
// CHECK-NEXT:     "onnx.If"
// CHECK-NEXT:       [[B0:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:       [[C0:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]>
// CHECK-NEXT:       [[Y0:%.+]] = "onnx.Gemm"({{%.+}}, [[B0]], [[C0]])
// CHECK-NEXT:       onnx.Yield [[Y0]]
// CHECK-NEXT:     }, {
// CHECK-NEXT:       [[B1:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 4.000000e+00], [9.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:       [[C1:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]>
// CHECK-NEXT:       [[Y1:%.+]] = "onnx.Gemm"({{%.+}}, [[B1]], [[C1]])
// CHECK-NEXT:       onnx.Yield [[Y1]]

// -----
// The Gemm stands outside the loop and runs once; so does the folded one.
func.func @gemm_outside_loop(%a: tensor<1x2xf32>, %n: tensor<i64>, %cond: tensor<i1>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %r = "onnx.Loop"(%n, %cond, %a) ({
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %x: tensor<1x2xf32>):
    %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
    %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
    %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
    %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
    %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
    %s = "onnx.Add"(%x, %y) : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
    onnx.Yield %c, %s : tensor<i1>, tensor<1x2xf32>
  }) : (tensor<i64>, tensor<i1>, tensor<1x2xf32>) -> tensor<1x2xf32>
  onnx.Return %r : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @gemm_outside_loop
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[3.000000e+00, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     [[Y:%.+]] = "onnx.Gemm"({{%.+}}, [[B]], [[C]])
// CHECK-NEXT:     "onnx.Loop"
// CHECK-NEXT:     ^bb0({{.*}}, [[X:%.+]]: tensor<1x2xf32>):
// CHECK-NEXT:       "onnx.Add"([[X]], [[Y]])

// -----
// Several functions: each is a world of its own; the second has nothing to fold.
func.func @first(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
func.func @second(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %unused = onnx.Constant dense<1.0> : tensor<2xf32>
  %r = "onnx.Relu"(%a) : (tensor<1x2xf32>) -> tensor<1x2xf32>
  onnx.Return %r : tensor<1x2xf32>
}
func.func @third(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[-4.0, 0.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %none) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @first
// CHECK-NOT:      onnx.BatchNormalization
// A pass does what its name says: a constant that was dead before stays for --canonicalize.
// CHECK-LABEL:  func.func @second
// CHECK-NEXT:     onnx.Constant dense<1.000000e+00> : tensor<2xf32>
// CHECK-NEXT:     "onnx.Relu"
// A negative and a zero scale: s = [-2, 0], C~ = [-1, -2] * [-2, 0] + [5, 7] = [7, 7].
// CHECK-LABEL:  func.func @third
// CHECK-NEXT:     onnx.Constant dense<{{\[\[}}-2.000000e+00, 0.000000e+00], [-6.000000e+00, 0.000000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT:     onnx.Constant dense<7.000000e+00> : tensor<2xf32>
// CHECK-NOT:      onnx.BatchNormalization

// -----
// Constants in every form that holds numbers: a resource, a splat, hexadecimal, sparse, value_floats.
// B~ = [[1, 2], [3, 4]] * [2, 3]      C~ = (10 - [1, 2]) * [2, 3] + [5, 7] = [23, 31]
func.func @forms_of_constants(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense_resource<weights> : tensor<2x2xf32>
  %c = onnx.Constant dense<10.0> : tensor<2xf32>
  %scale = onnx.Constant dense<"0x0000804000004040"> : tensor<2xf32>
  %bias = onnx.Constant {value_floats = [5.0 : f32, 7.0 : f32]} : tensor<2xf32>
  %mean = onnx.Constant sparse<[[0], [1]], [1.0, 2.0]> : tensor<2xf32>
  %var = "onnx.Constant"() {value = dense<[4.0, 1.0]> : tensor<2xf32>} : () -> tensor<2xf32>
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
{-#
  dialect_resources: {
    builtin: {
      weights: "0x040000000000803F000000400000404000008040"
    }
  }
#-}
// CHECK-LABEL:  func.func @forms_of_constants
// CHECK-NEXT:     [[B:%.+]] = onnx.Constant dense<{{\[\[}}2.000000e+00, 6.000000e+00], [6.000000e+00, 1.200000e+01]]> : tensor<2x2xf32>
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[2.300000e+01, 3.100000e+01]> : tensor<2xf32>
// CHECK-NEXT:     "onnx.Gemm"({{%.+}}, [[B]], [[C]])
// CHECK-NOT:      onnx.BatchNormalization
