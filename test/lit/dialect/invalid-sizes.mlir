// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Shapes made of numbers that are none, and sizes that do not divide.

func.func @constant_of_shape_rank(%i: tensor<1x2xi64>) {
  // expected-error @+1 {{'onnx.ConstantOfShape' op Input tensor must be a 1D tensor}}
  %0 = "onnx.ConstantOfShape"(%i) : (tensor<1x2xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @constant_of_shape_negative() {
  %i = onnx.Constant dense<[2, -1]> : tensor<2xi64>
  // expected-error @+1 {{'onnx.ConstantOfShape' op All values of the input tensor must be >=0}}
  %0 = "onnx.ConstantOfShape"(%i) : (tensor<2xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @reshape_to_a_matrix(%x: tensor<2x3xf32>, %i: tensor<1x2xi64>) {
  // expected-error @+1 {{'onnx.Reshape' op Shape tensor must have rank one}}
  %0 = "onnx.Reshape"(%x, %i) : (tensor<2x3xf32>, tensor<1x2xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @depth_to_space_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.DepthToSpace' op Input should have a rank of four, got 2}}
  %0 = "onnx.DepthToSpace"(%x) {blocksize = 2 : si64} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @depth_to_space_block(%x: tensor<1x8x2x2xf32>) {
  // expected-error @+1 {{'onnx.DepthToSpace' op Blocksize should be positive, got 0}}
  %0 = "onnx.DepthToSpace"(%x) {blocksize = 0 : si64} : (tensor<1x8x2x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
// 8 is not divisible by 3 * 3.
func.func @depth_to_space_depth(%x: tensor<1x8x2x2xf32>) {
  // expected-error @+1 {{'onnx.DepthToSpace' op The input tensor depth must be divisible by the (blocksize * blocksize)}}
  %0 = "onnx.DepthToSpace"(%x) {blocksize = 3 : si64} : (tensor<1x8x2x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @depth_to_space_mode(%x: tensor<1x8x2x2xf32>) {
  // expected-error @+1 {{'onnx.DepthToSpace' op Mode must be DCR or CRD, got DRC}}
  %0 = "onnx.DepthToSpace"(%x) {blocksize = 2 : si64, mode = "DRC"} : (tensor<1x8x2x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @space_to_depth_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.SpaceToDepth' op Input should have a rank of four, got 2}}
  %0 = "onnx.SpaceToDepth"(%x) {blocksize = 2 : si64} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @space_to_depth_block(%x: tensor<1x8x2x2xf32>) {
  // expected-error @+1 {{'onnx.SpaceToDepth' op Blocksize should be positive, got -1}}
  %0 = "onnx.SpaceToDepth"(%x) {blocksize = -1 : si64} : (tensor<1x8x2x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @space_to_depth_width(%x: tensor<1x8x2x3xf32>) {
  // expected-error @+1 {{'onnx.SpaceToDepth' op The input tensor width must be divisible by the block size}}
  %0 = "onnx.SpaceToDepth"(%x) {blocksize = 2 : si64} : (tensor<1x8x2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @prelu_slope(%x: tensor<2x3xf32>, %s: tensor<1x2x3xf32>) {
  // expected-error @+1 {{'onnx.PRelu' op Slope tensor has a wrong shape: its rank, 3, is above that of X, 2}}
  %0 = "onnx.PRelu"(%x, %s) : (tensor<2x3xf32>, tensor<1x2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
// ONNX asks for scalars; onnx-mlir takes these too.
func.func @range_of_vectors_of_one(%a: tensor<1xi64>, %b: tensor<?xi64>) {
  %0 = "onnx.Range"(%a, %b, %a) : (tensor<1xi64>, tensor<?xi64>, tensor<1xi64>) -> tensor<?xi64>
  onnx.Return
}

// -----
func.func @range_size(%a: tensor<i64>, %b: tensor<2xi64>) {
  // expected-error @+1 {{'onnx.Range' op limit tensor of rank one must have size one}}
  %0 = "onnx.Range"(%a, %b, %a) : (tensor<i64>, tensor<2xi64>, tensor<i64>) -> tensor<?xi64>
  onnx.Return
}

// -----
func.func @range_rank(%a: tensor<i64>, %b: tensor<1x1xi64>) {
  // expected-error @+1 {{'onnx.Range' op delta tensor must have rank zero or one}}
  %0 = "onnx.Range"(%a, %a, %b) : (tensor<i64>, tensor<i64>, tensor<1x1xi64>) -> tensor<?xi64>
  onnx.Return
}

// -----
func.func @reverse_sequence_lengths(%x: tensor<2x3xf32>, %i: tensor<1x3xi64>) {
  // expected-error @+1 {{'onnx.ReverseSequence' op sequence_lens of ReverseSequnce should be 1D tensor}}
  %0 = "onnx.ReverseSequence"(%x, %i) : (tensor<2x3xf32>, tensor<1x3xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @reverse_sequence_input(%x: tensor<2xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{'onnx.ReverseSequence' op input of Reversesequence should be 2D or higher rank tensor}}
  %0 = "onnx.ReverseSequence"(%x, %i) : (tensor<2xf32>, tensor<2xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
// By default axis 1 is the batch.
func.func @reverse_sequence_batch(%x: tensor<2x3xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{'onnx.ReverseSequence' op Length of sequence_lens should match the sizeof  batch axis of the input}}
  %0 = "onnx.ReverseSequence"(%x, %i) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @upsample_rank(%x: tensor<2x3xf32>, %s: tensor<1x2xf32>) {
  // expected-error @+1 {{'onnx.Upsample' op Scales tensor must be rank 1}}
  %0 = "onnx.Upsample"(%x, %s) : (tensor<2x3xf32>, tensor<1x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @upsample_scales(%x: tensor<2x3xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{'onnx.Upsample' op Input tensor rank doesn't match scales tensor shape}}
  %0 = "onnx.Upsample"(%x, %s) : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<*xf32>
  onnx.Return
}
