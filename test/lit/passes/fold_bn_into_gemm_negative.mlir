// RUN: onnx-opt %s --split-input-file --fold-bn-into-gemm | FileCheck %s
// RUN: onnx-opt %s --split-input-file --fold-bn-into-gemm --remarks --verify-diagnostics

// One function per promise: the IR stays as it is, and the remark says why.

// MatMul is not Gemm: batch normalization of a MatMul of any rank is along axis 1, not along the last one.
// CHECK-LABEL:  func.func @bn_without_gemm
func.func @bn_without_gemm(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.MatMul"
  %z = "onnx.MatMul"(%a, %b) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.Gemm}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// Nothing inside the function makes X.
// CHECK-LABEL:  func.func @bn_of_argument
func.func @bn_of_argument(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: X is not the result of an onnx.Gemm}}
  %y = "onnx.BatchNormalizationInferenceMode"(%a, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// Folding here would be right for %y, but the other reader needs the unscaled value, and the Gemm would run twice.
// CHECK-LABEL:  func.func @gemm_with_two_users
func.func @gemm_with_two_users(%a: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: the result of the Gemm has another use}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %r = "onnx.Relu"(%z) : (tensor<1x2xf32>) -> tensor<1x2xf32>
  onnx.Return %y, %r : tensor<1x2xf32>, tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// A return is a use.
// CHECK-LABEL:  func.func @gemm_is_a_function_result
func.func @gemm_is_a_function_result(%a: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: the result of the Gemm has another use}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y, %z : tensor<1x2xf32>, tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// A use inside a region is a use.
// CHECK-LABEL:  func.func @gemm_used_in_a_body
func.func @gemm_used_in_a_body(%a: tensor<1x2xf32>, %cond: tensor<i1>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: the result of the Gemm has another use}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %r = "onnx.If"(%cond) ({
    onnx.Yield %z : tensor<1x2xf32>
  }, {
    onnx.Yield %a : tensor<1x2xf32>
  }) : (tensor<i1>) -> tensor<1x2xf32>
  onnx.Return %y, %r : tensor<1x2xf32>, tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// The caller says what B is.
// CHECK-LABEL:  func.func @weights_are_an_argument
func.func @weights_are_an_argument(%a: tensor<1x2xf32>, %b: tensor<2x2xf32>) -> tensor<1x2xf32> {
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the Gemm is not a constant}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// B is made of a constant, but is none before somebody folds the Neg.
// CHECK-LABEL:  func.func @weights_are_computed
func.func @weights_are_computed(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = onnx.Constant dense<1.0> : tensor<2x2xf32>
  %b = "onnx.Neg"(%w) : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the Gemm is not a constant}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// The text does not have the data: nobody may invent it.
// CHECK-LABEL:  func.func @weights_are_elided
func.func @weights_are_elided(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense_resource<__elided__> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the Gemm is not a constant}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// The caller says what C is.
// CHECK-LABEL:  func.func @c_is_an_argument
func.func @c_is_an_argument(%a: tensor<1x2xf32>, %c: tensor<2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: C of the Gemm is not a constant}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// CHECK-LABEL:  func.func @scale_is_an_argument
func.func @scale_is_an_argument(%a: tensor<1x2xf32>, %scale: tensor<2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale of the BatchNormalization is not a constant}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// CHECK-LABEL:  func.func @bias_is_an_argument
func.func @bias_is_an_argument(%a: tensor<1x2xf32>, %bias: tensor<2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: bias of the BatchNormalization is not a constant}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// CHECK-LABEL:  func.func @mean_is_an_argument
func.func @mean_is_an_argument(%a: tensor<1x2xf32>, %mean: tensor<2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: mean of the BatchNormalization is not a constant}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// CHECK-LABEL:  func.func @var_is_an_argument
func.func @var_is_an_argument(%a: tensor<1x2xf32>, %var: tensor<2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: var of the BatchNormalization is not a constant}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// In training mode the op uses the statistics of X, not mean and var.
// CHECK-LABEL:  func.func @training_mode
func.func @training_mode(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalization"
  // expected-remark @+1 {{not folded: the BatchNormalization is in training mode}}
  %y, %m, %v = "onnx.BatchNormalization"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32, training_mode = 1 : si64} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>)
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// Without training mode the other results have no defined value, but somebody reads one.
// CHECK-LABEL:  func.func @running_mean_is_used
func.func @running_mean_is_used(%a: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<2xf32>) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalization"
  // expected-remark @+1 {{not folded: running_mean or running_var of the BatchNormalization is used}}
  %y, %m, %v = "onnx.BatchNormalization"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>)
  onnx.Return %y, %m : tensor<1x2xf32>, tensor<2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// CHECK-LABEL:  func.func @running_var_is_used
func.func @running_var_is_used(%a: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<2xf32>) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalization"
  // expected-remark @+1 {{not folded: running_mean or running_var of the BatchNormalization is used}}
  %y, %m, %v = "onnx.BatchNormalization"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>)
  onnx.Return %y, %v : tensor<1x2xf32>, tensor<2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// The types say nothing, so the verifier lets it pass; the data has one dimension too many.  K = N = 2 hides it.
// CHECK-LABEL:  func.func @weights_of_rank_3
func.func @weights_of_rank_3(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant {value = dense<1.0> : tensor<2x2x2xf32>} : tensor<*xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<*xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the Gemm has shape (2, 2, 2), not rank 2}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// numpy would broadcast one element to N; ONNX asks for N.  The unknown rank of %z hides it from the verifier.
// CHECK-LABEL:  func.func @parameters_of_one_element
func.func @parameters_of_one_element(%a: tensor<1x2xf32>) -> tensor<*xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<1.0> : tensor<1xf32>
  %bias = onnx.Constant dense<1.0> : tensor<1xf32>
  %mean = onnx.Constant dense<1.0> : tensor<1xf32>
  %var = onnx.Constant dense<1.0> : tensor<1xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<*xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale of the BatchNormalization has shape (1,), not (2,)}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<*xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// Parameters that fit the rows of B', not its columns.
// CHECK-LABEL:  func.func @parameters_of_size_k
func.func @parameters_of_size_k(%a: tensor<1x3xf32>) -> tensor<*xf32> {
  %b = onnx.Constant dense<1.0> : tensor<3x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<1.0> : tensor<3xf32>
  %bias = onnx.Constant dense<1.0> : tensor<3xf32>
  %mean = onnx.Constant dense<1.0> : tensor<3xf32>
  %var = onnx.Constant dense<1.0> : tensor<3xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x3xf32>, tensor<3x2xf32>, none) -> tensor<*xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale of the BatchNormalization has shape (3,), not (2,)}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<*xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// C does not broadcast to (M, N), though numpy would compute something.
// CHECK-LABEL:  func.func @c_of_rank_3
func.func @c_of_rank_3(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant {value = dense<1.0> : tensor<1x1x2xf32>} : tensor<*xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<*xf32>) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: C of the Gemm has shape (1, 1, 2), which does not broadcast to (M, 2)}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// CHECK-LABEL:  func.func @c_of_another_size
func.func @c_of_another_size(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = onnx.Constant {value = dense<1.0> : tensor<3xf32>} : tensor<*xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<*xf32>) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: C of the Gemm has shape (3,), which does not broadcast to (M, 2)}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// var + epsilon = 0: the batch normalization divides by zero, and keeps doing so where a reader can see it.
// CHECK-LABEL:  func.func @variance_zero
func.func @variance_zero(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 0.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale / sqrt(var + epsilon) is not finite}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// CHECK-LABEL:  func.func @variance_negative
func.func @variance_negative(%a: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, -1.0]> : tensor<2xf32>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: scale / sqrt(var + epsilon) is not finite}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  onnx.Return %y : tensor<1x2xf32>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// An infinite weight: 0 * infinity and the like are nobody's to fold.
// CHECK-LABEL:  func.func @weight_not_finite
func.func @weight_not_finite(%a: tensor<1x2xf16>) -> tensor<1x2xf16> {
  %b = onnx.Constant dense<[[1.0, 2.0], [0x7C00, 4.0]]> : tensor<2x2xf16>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf16>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf16>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf16>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf16>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf16>, tensor<2x2xf16>, none) -> tensor<1x2xf16>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: B of the Gemm is not finite}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
  onnx.Return %y : tensor<1x2xf16>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// 60000 * 2 is more than 65504, the largest f16; alpha = 0.25 keeps the original finite.
// CHECK-LABEL:  func.func @weight_overflows
func.func @weight_overflows(%a: tensor<1x2xf16>) -> tensor<1x2xf16> {
  %b = onnx.Constant dense<[[1.0, 2.0], [60000.0, 4.0]]> : tensor<2x2xf16>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf16>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf16>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf16>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf16>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) {alpha = 0.25 : f32} : (tensor<1x2xf16>, tensor<2x2xf16>, none) -> tensor<1x2xf16>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: a folded weight overflows f16}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
  onnx.Return %y : tensor<1x2xf16>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// (40000 - 1) * 2 is more than 65504, though A could bring the sum back.
// CHECK-LABEL:  func.func @bias_overflows
func.func @bias_overflows(%a: tensor<1x2xf16>) -> tensor<1x2xf16> {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf16>
  %c = onnx.Constant dense<[40000.0, 1.0]> : tensor<2xf16>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf16>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf16>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf16>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf16>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf16>, tensor<2x2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: a folded bias overflows f16}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
  onnx.Return %y : tensor<1x2xf16>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}

// -----
// Column 0 is (1 + 2^-7) * 2^-10, times s = 2^-12: steps of f16 down there are 2^-24, and a large A would show it.
// CHECK-LABEL:  func.func @weights_too_small
func.func @weights_too_small(%a: tensor<1x2xf16>) -> tensor<1x2xf16> {
  %b = onnx.Constant dense<[[9.841919E-4, 2.0], [9.841919E-4, 4.0]]> : tensor<2x2xf16>
  %c = "onnx.NoValue"() {value} : () -> none
  %scale = onnx.Constant dense<[2.44140625E-4, 3.0]> : tensor<2xf16>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf16>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf16>
  %var = onnx.Constant dense<[1.0, 1.0]> : tensor<2xf16>
  // CHECK:        "onnx.Gemm"
  %z = "onnx.Gemm"(%a, %b, %c) : (tensor<1x2xf16>, tensor<2x2xf16>, none) -> tensor<1x2xf16>
  // CHECK-NEXT:   "onnx.BatchNormalizationInferenceMode"
  // expected-remark @+1 {{not folded: a column of folded weights is too small for f16}}
  %y = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32} : (tensor<1x2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>) -> tensor<1x2xf16>
  onnx.Return %y : tensor<1x2xf16>
}
// expected-remark @unknown {{fold-bn-into-gemm: 0 folded, 1 not folded}}
