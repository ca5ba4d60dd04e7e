// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Channels, groups, windows and parameters that do not fit.

// 2 groups: each makes 3 of the 6 channels from 2 of the 4.
func.func @conv(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>, %b: tensor<6xf32>) {
  %0 = "onnx.Conv"(%x, %w, %b) {group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_group(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op group must be strictly positive, got 0}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 0 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_without_windows(%x: tensor<1x4xf32>, %w: tensor<6x2xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Spatial rank must be strictly positive}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64} : (tensor<1x4xf32>, tensor<6x2xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_rank(%x: tensor<1x4x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Input and filter rank mismatch}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64} : (tensor<1x4x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_channels_made(%x: tensor<1x4x5x5xf32>, %w: tensor<5x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Channel Out (M) must be a multiple of the number of groups}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<5x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_channels_read(%x: tensor<1x5x5x5xf32>, %w: tensor<6x?x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Channel In (C) must be a multiple of the number of groups}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64} : (tensor<1x5x5x5xf32>, tensor<6x?x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_channels_of_a_group(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Channel In (C) of input must be equal 2nd dim of weights times g}}
  %0 = "onnx.Conv"(%x, %w, %n) : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_bias_rank(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>, %b: tensor<6x1xf32>) {
  // expected-error @+1 {{'onnx.Conv' op Bias should have a rank of one}}
  %0 = "onnx.Conv"(%x, %w, %b) {group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, tensor<6x1xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_bias(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{'onnx.Conv' op Bias should have same dimension as first dimension of weights}}
  %0 = "onnx.Conv"(%x, %w, %b) {group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, tensor<4xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_empty_filter(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x0x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Bad spatial filter size: cannot be zero}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x0x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_kernel_length(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op kernel_shape length incompatible with spatial dimensions}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64, kernel_shape = [3]} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_kernel_negative(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Bad kernel_shape value: must be strictly positive}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64, kernel_shape = [3, -1]} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_kernel(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Bad kernel_shape value: does not match filter sizes}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64, kernel_shape = [3, 2]} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_strides(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op strides length incompatible with spatial dimensions}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64, strides = [1]} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_stride(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Bad stride value: must be strictly positive}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64, strides = [1, 0]} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_dilations(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op dilations length incompatible with spatial dimensions}}
  %0 = "onnx.Conv"(%x, %w, %n) {dilations = [1, 1, 1], group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_dilation(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Bad dilation value: must be strictly positive}}
  %0 = "onnx.Conv"(%x, %w, %n) {dilations = [0, 1], group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_auto_pad(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op Unknown auto pad option SAME}}
  %0 = "onnx.Conv"(%x, %w, %n) {auto_pad = "SAME", group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_pads(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.Conv' op pads length incompatible with spatial dimensions}}
  %0 = "onnx.Conv"(%x, %w, %n) {group = 2 : si64, pads = [1, 1]} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
// 2 groups: each makes 2 channels from 3 of the 6.
func.func @conv_transpose(%x: tensor<1x6x5x5xf32>, %w: tensor<6x2x3x3xf32>, %b: tensor<4xf32>) {
  %0 = "onnx.ConvTranspose"(%x, %w, %b) {group = 2 : si64} : (tensor<1x6x5x5xf32>, tensor<6x2x3x3xf32>, tensor<4xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_transpose_group(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.ConvTranspose' op group must be strictly positive, got -1}}
  %0 = "onnx.ConvTranspose"(%x, %w, %n) {group = -1 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_transpose_without_windows(%x: tensor<1x4xf32>, %w: tensor<6x2xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.ConvTranspose' op Spatial rank must be strictly positive}}
  %0 = "onnx.ConvTranspose"(%x, %w, %n) {group = 2 : si64} : (tensor<1x4xf32>, tensor<6x2xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_transpose_rank(%x: tensor<1x6x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.ConvTranspose' op Input and filter rank mismatch}}
  %0 = "onnx.ConvTranspose"(%x, %w, %n) {group = 2 : si64} : (tensor<1x6x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_transpose_channels(%x: tensor<1x4x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.ConvTranspose' op Channel In (C) of input must be equal 1st dim of weights}}
  %0 = "onnx.ConvTranspose"(%x, %w, %n) {group = 2 : si64} : (tensor<1x4x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_transpose_bias(%x: tensor<1x6x5x5xf32>, %w: tensor<6x2x3x3xf32>, %b: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.ConvTranspose' op Bias should have same dimension as second dimension of weights}}
  %0 = "onnx.ConvTranspose"(%x, %w, %b) {group = 2 : si64} : (tensor<1x6x5x5xf32>, tensor<6x2x3x3xf32>, tensor<2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @conv_transpose_strides(%x: tensor<1x6x5x5xf32>, %w: tensor<6x2x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  // expected-error @+1 {{'onnx.ConvTranspose' op Bad stride value: must be strictly positive}}
  %0 = "onnx.ConvTranspose"(%x, %w, %n) {group = 2 : si64, strides = [0, 1]} : (tensor<1x6x5x5xf32>, tensor<6x2x3x3xf32>, none) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @instance_normalization_rank(%x: tensor<1x4xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{'onnx.InstanceNormalization' op Spatial rank must be strictly positive}}
  %0 = "onnx.InstanceNormalization"(%x, %s, %b) : (tensor<1x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @instance_normalization_bias_rank(%x: tensor<1x4x5xf32>, %s: tensor<4xf32>, %b: tensor<4x1xf32>) {
  // expected-error @+1 {{'onnx.InstanceNormalization' op Bias should have a rank of one}}
  %0 = "onnx.InstanceNormalization"(%x, %s, %b) : (tensor<1x4x5xf32>, tensor<4xf32>, tensor<4x1xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @instance_normalization_bias(%x: tensor<1x4x5xf32>, %s: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{'onnx.InstanceNormalization' op Bias should have same dimension as the second dimension of input}}
  %0 = "onnx.InstanceNormalization"(%x, %s, %b) : (tensor<1x4x5xf32>, tensor<4xf32>, tensor<5xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @instance_normalization_scale(%x: tensor<1x4x5xf32>, %s: tensor<5xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{'onnx.InstanceNormalization' op Scale should have same dimension as the second dimension of input}}
  %0 = "onnx.InstanceNormalization"(%x, %s, %b) : (tensor<1x4x5xf32>, tensor<5xf32>, tensor<4xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @grid_sample_corners(%x: tensor<2x1x4x4xf32>, %g: tensor<2x6x6x2xf32>) {
  // expected-error @+1 {{'onnx.GridSample' op align_corners needs to be 0 or 1}}
  %0 = "onnx.GridSample"(%x, %g) {align_corners = 2 : si64} : (tensor<2x1x4x4xf32>, tensor<2x6x6x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @grid_sample_mode(%x: tensor<2x1x4x4xf32>, %g: tensor<2x6x6x2xf32>) {
  // expected-error @+1 {{'onnx.GridSample' op mode needs to be linear, bilinear, trilinear, nearest or cubic}}
  %0 = "onnx.GridSample"(%x, %g) {mode = "best"} : (tensor<2x1x4x4xf32>, tensor<2x6x6x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @grid_sample_padding(%x: tensor<2x1x4x4xf32>, %g: tensor<2x6x6x2xf32>) {
  // expected-error @+1 {{'onnx.GridSample' op padding_mode needs to be zeros, border or reflection}}
  %0 = "onnx.GridSample"(%x, %g) {padding_mode = "ones"} : (tensor<2x1x4x4xf32>, tensor<2x6x6x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @grid_sample_ranks(%x: tensor<2x1x4x4xf32>, %g: tensor<2x6x2xf32>) {
  // expected-error @+1 {{'onnx.GridSample' op Input(=4) and grid(=3) have different dim sizes.}}
  %0 = "onnx.GridSample"(%x, %g) : (tensor<2x1x4x4xf32>, tensor<2x6x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @grid_sample_batch(%x: tensor<2x1x4x4xf32>, %g: tensor<3x6x6x2xf32>) {
  // expected-error @+1 {{'onnx.GridSample' op Input and grid must have the same batch value.}}
  %0 = "onnx.GridSample"(%x, %g) : (tensor<2x1x4x4xf32>, tensor<3x6x6x2xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @grid_sample_coordinates(%x: tensor<2x1x4x4xf32>, %g: tensor<2x6x6x3xf32>) {
  // expected-error @+1 {{'onnx.GridSample' op Grid last dim must have been '2' instead of '3'.}}
  %0 = "onnx.GridSample"(%x, %g) : (tensor<2x1x4x4xf32>, tensor<2x6x6x3xf32>) -> tensor<*xf32>
  onnx.Return
}
