// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Of the ops that only onnx-mlir has.

func.func @im2col_valid(%x: tensor<1x4x5x5xf32>) {
  %0 = "onnx.Im2Col"(%x) {kernel_shape = [3, 3], pads = [1, 1, 1, 1]} : (tensor<1x4x5x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @im2col_no_kernel(%x: tensor<1x4x5x5xf32>) {
  // expected-error @+1 {{'onnx.Im2Col' op kernel_shape attribute is required and must not be empty}}
  %0 = "onnx.Im2Col"(%x) {kernel_shape = []} : (tensor<1x4x5x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @im2col_kernel(%x: tensor<1x4x5x5xf32>) {
  // expected-error @+1 {{'onnx.Im2Col' op Kernel shape values must be positive}}
  %0 = "onnx.Im2Col"(%x) {kernel_shape = [3, 0]} : (tensor<1x4x5x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @im2col_rank(%x: tensor<1x4x5xf32>) {
  // expected-error @+1 {{'onnx.Im2Col' op Input rank must equal kernel_shape size + 2, 4, got 3}}
  %0 = "onnx.Im2Col"(%x) {kernel_shape = [3, 3]} : (tensor<1x4x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @im2col_dilations(%x: tensor<1x4x5x5xf32>) {
  // expected-error @+1 {{'onnx.Im2Col' op Dilations size must match spatial rank}}
  %0 = "onnx.Im2Col"(%x) {dilations = [1], kernel_shape = [3, 3]} : (tensor<1x4x5x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @im2col_stride(%x: tensor<1x4x5x5xf32>) {
  // expected-error @+1 {{'onnx.Im2Col' op Stride values must be >= 1}}
  %0 = "onnx.Im2Col"(%x) {kernel_shape = [3, 3], strides = [1, 0]} : (tensor<1x4x5x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @im2col_auto_pad(%x: tensor<1x4x5x5xf32>) {
  // expected-error @+1 {{'onnx.Im2Col' op auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER, or VALID}}
  %0 = "onnx.Im2Col"(%x) {auto_pad = "SAME", kernel_shape = [3, 3]} : (tensor<1x4x5x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @im2col_pads(%x: tensor<1x4x5x5xf32>) {
  // expected-error @+1 {{'onnx.Im2Col' op Pads size must be 2 * spatial rank}}
  %0 = "onnx.Im2Col"(%x) {kernel_shape = [3, 3], pads = [1, 1]} : (tensor<1x4x5x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @im2col_pad(%x: tensor<1x4x5x5xf32>) {
  // expected-error @+1 {{'onnx.Im2Col' op Pad values must be non-negative}}
  %0 = "onnx.Im2Col"(%x) {kernel_shape = [3, 3], pads = [1, 1, 1, -1]} : (tensor<1x4x5x5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @layout_transform(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.LayoutTransform' op Input and output tensors must have the same shape}}
  %0 = "onnx.LayoutTransform"(%x) : (tensor<2x3xf32>) -> tensor<3x2xf32>
  onnx.Return
}

// -----
func.func @shape_transform_of_open_sizes(%x: tensor<?x3xf32>) {
  // expected-error @+1 {{'onnx.ShapeTransform' op Does not support input with dynamic shape}}
  %0 = "onnx.ShapeTransform"(%x) {index_map = affine_map<(d0, d1) -> (d1, d0)>} : (tensor<?x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @shape_transform(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.ShapeTransform' op The number of elements in the input and output mismatched}}
  %0 = "onnx.ShapeTransform"(%x) {index_map = affine_map<(d0, d1) -> (d1, d0)>} : (tensor<2x3xf32>) -> tensor<3x3xf32>
  onnx.Return
}

// -----
func.func @upsample_and_pad_valid(%x: tensor<2x3xf32>) {
  %0 = "onnx.UpsampleAndPad"(%x) {pads = [0, 1, 0, 1], strides = [2, 2]} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @upsample_and_pad_rank(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.UpsampleAndPad' op strides dimensions (3) cannot exceed input rank (2)}}
  %0 = "onnx.UpsampleAndPad"(%x) {strides = [2, 2, 2]} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @upsample_and_pad_stride(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.UpsampleAndPad' op stride[1] = 0 must be positive}}
  %0 = "onnx.UpsampleAndPad"(%x) {strides = [2, 0]} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @upsample_and_pad_pads(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.UpsampleAndPad' op pads size (2) must be exactly 2 * strides size (4)}}
  %0 = "onnx.UpsampleAndPad"(%x) {pads = [1, 1], strides = [2, 2]} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}
