// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Axes that are not there.

func.func @argmax_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.ArgMax: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.ArgMax"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<*xi64>
  onnx.Return
}

// -----
func.func @argmin_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.ArgMin: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.ArgMin"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<*xi64>
  onnx.Return
}

// -----
func.func @hardmax_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Hardmax: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.Hardmax"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @logsoftmax_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.LogSoftmax: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.LogSoftmax"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @softmax_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Softmax: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.Softmax"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @softmax_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Softmax: 'axis' value is -3, accepted range is [-2, 1]}}
  %0 = "onnx.Softmax"(%x) {axis = -3 : si64} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @flatten_may_end_behind_the_last_axis(%x: tensor<2x3xf32>) {
  %0 = "onnx.Flatten"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<6x1xf32>
  onnx.Return
}

// -----
func.func @flatten_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Flatten: 'axis' value is 3, accepted range is [-2, 2]}}
  %0 = "onnx.Flatten"(%x) {axis = 3 : si64} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_axis(%x: tensor<2x3xf32>, %i: tensor<4xi64>) {
  // expected-error @+1 {{onnx.Gather: 'axis' value is -3, accepted range is [-2, 1]}}
  %0 = "onnx.Gather"(%x, %i) {axis = -3 : si64} : (tensor<2x3xf32>, tensor<4xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @split_axis(%x: tensor<2x3xf32>, %i: tensor<1xi64>) {
  // expected-error @+1 {{onnx.Split: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.Split"(%x, %i) {axis = 2 : si64} : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @layer_normalization_axis(%x: tensor<2x3xf32>, %s: tensor<3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{onnx.LayerNormalization: 'axis' value is 2, accepted range is [-2, 1]}}
  %0, %1, %2 = "onnx.LayerNormalization"(%x, %s, %n) {axis = 2 : si64} : (tensor<2x3xf32>, tensor<3xf32>, none) -> (tensor<2x3xf32>, none, none)
  onnx.Return
}

// -----
func.func @rms_layer_normalization_axis(%x: tensor<2x3xf32>, %s: tensor<3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{onnx.RMSLayerNormalization: 'axis' value is -3, accepted range is [-2, 1]}}
  %0, %1 = "onnx.RMSLayerNormalization"(%x, %s, %n) {axis = -3 : si64} : (tensor<2x3xf32>, tensor<3xf32>, none) -> (tensor<2x3xf32>, none)
  onnx.Return
}

// -----
func.func @lp_normalization_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.LpNormalization: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.LpNormalization"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @lp_normalization_p(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.LpNormalization' op attribute 'p' must be 1 or 2, got 3}}
  %0 = "onnx.LpNormalization"(%x) {p = 3 : si64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @compress_axis(%x: tensor<2x3xf32>, %c: tensor<2xi1>) {
  // expected-error @+1 {{onnx.Compress: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.Compress"(%x, %c) {axis = 2 : si64} : (tensor<2x3xf32>, tensor<2xi1>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @compress_condition(%x: tensor<2x3xf32>, %c: tensor<2x3xi1>) {
  // expected-error @+1 {{onnx.Compress: operand '<block argument> of type 'tensor<2x3xi1>' at index: 1' has rank 2, rank should be 1}}
  %0 = "onnx.Compress"(%x, %c) {axis = 1 : si64} : (tensor<2x3xf32>, tensor<2x3xi1>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @unique_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Unique: 'axis' value is 2, accepted range is [-2, 1]}}
  %0, %1, %2, %3 = "onnx.Unique"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> (tensor<*xf32>, none, none, none)
  onnx.Return
}

// -----
func.func @unique_sorted(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Unique: 'sorted' value is 2, accepted range is [0, 1]}}
  %0, %1, %2, %3 = "onnx.Unique"(%x) {sorted = 2 : si64} : (tensor<2x3xf32>) -> (tensor<*xf32>, none, none, none)
  onnx.Return
}

// -----
func.func @top_k_axis(%x: tensor<2x3xf32>, %k: tensor<1xi64>) {
  // expected-error @+1 {{onnx.TopK: 'axis' value is 2, accepted range is [-2, 1]}}
  %0, %1 = "onnx.TopK"(%x, %k) {axis = 2 : si64} : (tensor<2x3xf32>, tensor<1xi64>) -> (tensor<*xf32>, tensor<*xi64>)
  onnx.Return
}

// -----
func.func @top_k_of_a_matrix(%x: tensor<2x3xf32>, %k: tensor<1x1xi64>) {
  // expected-error @+1 {{onnx.TopK: operand '<block argument> of type 'tensor<1x1xi64>' at index: 1' has rank 2, rank should be < 2}}
  %0, %1 = "onnx.TopK"(%x, %k) : (tensor<2x3xf32>, tensor<1x1xi64>) -> (tensor<*xf32>, tensor<*xi64>)
  onnx.Return
}

// -----
func.func @one_hot_axis(%i: tensor<2x3xi64>, %d: tensor<i64>, %v: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.OneHot' op OneHot axis value is out of range: expected one of [-3, 2], got 3}}
  %0 = "onnx.OneHot"(%i, %d, %v) {axis = 3 : si64} : (tensor<2x3xi64>, tensor<i64>, tensor<2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @dim_of_unknown_rank(%x: tensor<*xf32>) {
  // expected-error @+1 {{'onnx.Dim' op input must have shape and rank, got tensor<*xf32>}}
  %0 = "onnx.Dim"(%x) {axis = 0 : si64} : (tensor<*xf32>) -> tensor<1xi64>
  onnx.Return
}

// -----
// Counted from the front only.
func.func @dim_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Dim' op attribute "axis" value is -1, accepted range is [0, 1].}}
  %0 = "onnx.Dim"(%x) {axis = -1 : si64} : (tensor<2x3xf32>) -> tensor<1xi64>
  onnx.Return
}

// -----
func.func @shape_without_elements(%x: tensor<2x3xf32>) {
  %0 = "onnx.Shape"(%x) {end = 0 : si64, start = 1 : si64} : (tensor<2x3xf32>) -> tensor<0xi64>
  onnx.Return
}

// -----
func.func @shape_that_ends_before_it_begins(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Shape' op Start: 1 is after End: 0, but the result has 1 elements}}
  %0 = "onnx.Shape"(%x) {end = 0 : si64, start = -1 : si64} : (tensor<2x3xf32>) -> tensor<1xi64>
  onnx.Return
}

// -----
// In ONNX an axis of perm is not negative; onnx-mlir takes one.
func.func @transpose_from_the_end(%x: tensor<2x3xf32>) {
  %0 = "onnx.Transpose"(%x) {perm = [-1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  onnx.Return
}

// -----
func.func @transpose_one_axis_twice(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Transpose' op perm must name each of the 2 axes once, got [1, -1]}}
  %0 = "onnx.Transpose"(%x) {perm = [1, -1]} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @transpose_too_few_axes(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Transpose' op perm must name each of the 2 axes once, got [0]}}
  %0 = "onnx.Transpose"(%x) {perm = [0]} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}
