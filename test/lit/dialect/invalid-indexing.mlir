// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Ranks, sizes and indices that do not fit, of ops that join, split, gather and scatter.

func.func @concat_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Concat: 'axis' value is -3, accepted range is [-2, 1]}}
  %0 = "onnx.Concat"(%x, %x) {axis = -3 : si64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @concat_rank(%x: tensor<2x3xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{onnx.Concat: operand '<block argument> of type 'tensor<3xf32>' at index: 1' has rank 1, rank should be 2}}
  %0 = "onnx.Concat"(%x, %y) {axis = 0 : si64} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @concat_size(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @+1 {{onnx.Concat: operand '<block argument> of type 'tensor<2x4xf32>' at index: 1' has dimension at index 1 with value 4, value should be 3}}
  %0 = "onnx.Concat"(%x, %y) {axis = 0 : si64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @concat_of_a_size_known_later(%a: tensor<?x?xf32>, %b: tensor<?x3xf32>, %c: tensor<?x4xf32>) {
  // expected-error @+1 {{has dimension at index 1 with value 4, value should be 3}}
  %0 = "onnx.Concat"(%a, %b, %c) {axis = 0 : si64} : (tensor<?x?xf32>, tensor<?x3xf32>, tensor<?x4xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
// In onnx-mlir a vector without elements goes with everything.
func.func @concat_of_nothing(%x: tensor<2x3xf32>, %y: tensor<0xf32>) {
  %0 = "onnx.Concat"(%x, %y) {axis = 0 : si64} : (tensor<2x3xf32>, tensor<0xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @operand_that_an_op_makes(%x: tensor<2x3xf32>, %y: tensor<3xf32>) {
  %r = "onnx.Relu"(%y) : (tensor<3xf32>) -> tensor<3xf32>
  // expected-error @+1 {{onnx.Concat: operand '%0 = "onnx.Relu"(%arg1) : (tensor<3xf32>) -> tensor<3xf32>' has rank 1, rank should be 2}}
  %1 = "onnx.Concat"(%x, %r) {axis = 0 : si64} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @concat_from_sequence_axis(%s: !onnx.Seq<tensor<2x3xf32>>) {
  // expected-error @+1 {{onnx.ConcatFromSequence: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.ConcatFromSequence"(%s) {axis = 2 : si64} : (!onnx.Seq<tensor<2x3xf32>>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @concat_from_sequence_new_axis(%s: !onnx.Seq<tensor<2x3xf32>>) {
  // expected-error @+1 {{onnx.ConcatFromSequence: 'axis' value is 3, accepted range is [-3, 2]}}
  %0 = "onnx.ConcatFromSequence"(%s) {axis = 3 : si64, new_axis = 1 : si64} : (!onnx.Seq<tensor<2x3xf32>>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @split_to_sequence_axis(%x: tensor<2x3xf32>, %p: tensor<1xi64>) {
  // expected-error @+1 {{onnx.SplitToSequence: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.SplitToSequence"(%x, %p) {axis = 2 : si64} : (tensor<2x3xf32>, tensor<1xi64>) -> !onnx.Seq<tensor<*xf32>>
  onnx.Return
}

// -----
func.func @split_to_sequence_keepdims(%x: tensor<2x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{onnx.SplitToSequence: 'keepdims' value is 2, accepted range is [0, 1]}}
  %0 = "onnx.SplitToSequence"(%x, %n) {keepdims = 2 : si64} : (tensor<2x3xf32>, none) -> !onnx.Seq<tensor<*xf32>>
  onnx.Return
}

// -----
func.func @split_to_sequence_rank(%x: tensor<2x3xf32>, %p: tensor<1x1xi64>) {
  // expected-error @+1 {{'onnx.SplitToSequence' op : split has rank 2 > 1}}
  %0 = "onnx.SplitToSequence"(%x, %p) : (tensor<2x3xf32>, tensor<1x1xi64>) -> !onnx.Seq<tensor<*xf32>>
  onnx.Return
}

// -----
func.func @split_to_sequence_no_size(%x: tensor<2x3xf32>) {
  %p = onnx.Constant dense<0> : tensor<i64>
  // expected-error @+1 {{'onnx.SplitToSequence' op : split scalar 0 <= 0}}
  %0 = "onnx.SplitToSequence"(%x, %p) : (tensor<2x3xf32>, tensor<i64>) -> !onnx.Seq<tensor<*xf32>>
  onnx.Return
}

// -----
func.func @split_to_sequence_negative_size(%x: tensor<2x3xf32>) {
  %p = onnx.Constant dense<[3, -1]> : tensor<2xi64>
  // expected-error @+1 {{'onnx.SplitToSequence' op : split tensor has entry -1 < 0}}
  %0 = "onnx.SplitToSequence"(%x, %p) : (tensor<2x3xf32>, tensor<2xi64>) -> !onnx.Seq<tensor<*xf32>>
  onnx.Return
}

// -----
func.func @split_to_sequence_sum(%x: tensor<2x3xf32>) {
  %p = onnx.Constant dense<1> : tensor<2xi64>
  // expected-error @+1 {{'onnx.SplitToSequence' op : split tensor entries sum to 2 != axis dimension size 3}}
  %0 = "onnx.SplitToSequence"(%x, %p) {axis = 1 : si64} : (tensor<2x3xf32>, tensor<2xi64>) -> !onnx.Seq<tensor<*xf32>>
  onnx.Return
}

// -----
func.func @gather_elements_of_a_scalar(%x: tensor<f32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{onnx.GatherElements: operand '<block argument> of type 'tensor<f32>' at index: 0' has rank 0, rank should be > 0}}
  %0 = "onnx.GatherElements"(%x, %i) : (tensor<f32>, tensor<2xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_elements_rank(%x: tensor<2x3xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{onnx.GatherElements: operand '<block argument> of type 'tensor<2xi64>' at index: 1' has rank 1, rank should be 2}}
  %0 = "onnx.GatherElements"(%x, %i) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_elements_axis(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+1 {{onnx.GatherElements: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.GatherElements"(%x, %i) {axis = 2 : si64} : (tensor<2x3xf32>, tensor<2x1xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
// Of axis 1 there are 3.
func.func @gather_elements_indices(%x: tensor<2x3xf32>) {
  %i = onnx.Constant dense<[[2, -4]]> : tensor<1x2xi64>
  // expected-error @+1 {{onnx.GatherElements: 'indices' value is -4, accepted range is [-3, 2]}}
  %0 = "onnx.GatherElements"(%x, %i) {axis = -1 : si64} : (tensor<2x3xf32>, tensor<1x2xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @scatter_elements_rank(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2xf32>) {
  // expected-error @+1 {{onnx.ScatterElements: operand '<block argument> of type 'tensor<2xf32>' at index: 2' has rank 1, rank should be 2}}
  %0 = "onnx.ScatterElements"(%x, %i, %u) : (tensor<2x3xf32>, tensor<2x1xi64>, tensor<2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @scatter_elements_indices(%x: tensor<3xf32>, %u: tensor<1xf32>) {
  %i = onnx.Constant dense<3> : tensor<1xi64>
  // expected-error @+1 {{onnx.ScatterElements: 'indices' value is 3, accepted range is [-3, 2]}}
  %0 = "onnx.ScatterElements"(%x, %i, %u) : (tensor<3xf32>, tensor<1xi64>, tensor<1xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_nd_of_a_scalar(%x: tensor<f32>, %i: tensor<1xi64>) {
  // expected-error @+1 {{onnx.GatherND: operand '<block argument> of type 'tensor<f32>' at index: 0' has rank 0, rank should be > 0}}
  %0 = "onnx.GatherND"(%x, %i) : (tensor<f32>, tensor<1xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_nd_by_a_scalar(%x: tensor<2x3xf32>, %i: tensor<i64>) {
  // expected-error @+1 {{onnx.GatherND: operand '<block argument> of type 'tensor<i64>' at index: 1' has rank 0, rank should be > 0}}
  %0 = "onnx.GatherND"(%x, %i) : (tensor<2x3xf32>, tensor<i64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_nd_batch_dims(%x: tensor<2x3xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+1 {{onnx.GatherND: 'batch_dims' value is 2, accepted range is [0, 1]}}
  %0 = "onnx.GatherND"(%x, %i) {batch_dims = 2 : si64} : (tensor<2x3xf32>, tensor<2x1xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_nd_batch(%x: tensor<2x3xf32>, %i: tensor<4x1xi64>) {
  // expected-error @+1 {{onnx.GatherND: operand '<block argument> of type 'tensor<4x1xi64>' at index: 1' has dimension at index 0 with value 4, value should be 2}}
  %0 = "onnx.GatherND"(%x, %i) {batch_dims = 1 : si64} : (tensor<2x3xf32>, tensor<4x1xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_nd_no_axes(%x: tensor<2x3xf32>, %i: tensor<4x0xi64>) {
  // expected-error @+1 {{has dimension at index 1 with value 0, value should be >= 1}}
  %0 = "onnx.GatherND"(%x, %i) : (tensor<2x3xf32>, tensor<4x0xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @gather_nd_too_many_axes(%x: tensor<2x3xf32>, %i: tensor<4x3xi64>) {
  // expected-error @+1 {{has dimension at index 1 with value 3, value should be <= 2}}
  %0 = "onnx.GatherND"(%x, %i) : (tensor<2x3xf32>, tensor<4x3xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
// Each row is an index of axis 0 and one of axis 1.
func.func @gather_nd_indices(%x: tensor<2x3xf32>) {
  %i = onnx.Constant dense<[[1, 2], [2, 1]]> : tensor<2x2xi64>
  // expected-error @+1 {{onnx.GatherND: 'indices[2]' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.GatherND"(%x, %i) : (tensor<2x3xf32>, tensor<2x2xi64>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @scatter_nd_of_a_scalar(%x: tensor<f32>, %i: tensor<1xi64>, %u: tensor<1xf32>) {
  // expected-error @+1 {{onnx.ScatterND: operand '<block argument> of type 'tensor<f32>' at index: 0' has rank 0, rank should be > 0}}
  %0 = "onnx.ScatterND"(%x, %i, %u) : (tensor<f32>, tensor<1xi64>, tensor<1xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
// Rows of 3 elements go to 4 places.
func.func @scatter_nd_rank(%x: tensor<2x3xf32>, %i: tensor<4x1xi64>, %u: tensor<4xf32>) {
  // expected-error @+1 {{onnx.ScatterND: operand '<block argument> of type 'tensor<4xf32>' at index: 2' has rank 1, rank should be 2}}
  %0 = "onnx.ScatterND"(%x, %i, %u) : (tensor<2x3xf32>, tensor<4x1xi64>, tensor<4xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @scatter_nd_too_many_axes(%x: tensor<2x3xf32>, %i: tensor<4x3xi64>, %u: tensor<4xf32>) {
  // expected-error @+1 {{has dimension at index 1 with value 3, value should be <= 2}}
  %0 = "onnx.ScatterND"(%x, %i, %u) : (tensor<2x3xf32>, tensor<4x3xi64>, tensor<4xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @scatter_nd_places(%x: tensor<2x3xf32>, %i: tensor<4x1xi64>, %u: tensor<5x3xf32>) {
  // expected-error @+1 {{has dimension at index 0 with value 5, value should be 4}}
  %0 = "onnx.ScatterND"(%x, %i, %u) : (tensor<2x3xf32>, tensor<4x1xi64>, tensor<5x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @scatter_nd_rows(%x: tensor<2x3xf32>, %i: tensor<4x1xi64>, %u: tensor<4x2xf32>) {
  // expected-error @+1 {{has dimension at index 1 with value 2, value should be 3}}
  %0 = "onnx.ScatterND"(%x, %i, %u) : (tensor<2x3xf32>, tensor<4x1xi64>, tensor<4x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @data_that_is_elided(%x: tensor<2x3xf32>) {
  %i = onnx.Constant dense_resource<__elided__> : tensor<1x2xi64>
  %0 = "onnx.GatherElements"(%x, %i) : (tensor<2x3xf32>, tensor<1x2xi64>) -> tensor<*xf32>
  onnx.Return
}
