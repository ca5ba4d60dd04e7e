// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Element types that contradict an attribute or another operand.

func.func @cast(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Cast' op element type does not match the 'to' attribute, f16: got f64}}
  %0 = "onnx.Cast"(%x) {to = f16} : (tensor<2x3xf32>) -> tensor<2x3xf64>
  onnx.Return
}

// -----
func.func @cast_like(%x: tensor<2x3xf32>, %t: tensor<i64>) {
  // expected-error @+1 {{'onnx.CastLike' op element type does not match the 'target types' operands element type}}
  %0 = "onnx.CastLike"(%x, %t) : (tensor<2x3xf32>, tensor<i64>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
// 10 is float16.
func.func @bernoulli(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Bernoulli' op result element type f32 does not match the expected type f16}}
  %0 = "onnx.Bernoulli"(%x) {dtype = 10 : si64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @bernoulli_as_the_input(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Bernoulli' op result element type f16 does not match the expected type f32}}
  %0 = "onnx.Bernoulli"(%x) : (tensor<2x3xf32>) -> tensor<2x3xf16>
  onnx.Return
}

// -----
func.func @eye_like(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.EyeLike' op result element type f32 does not match the expected type i64}}
  %0 = "onnx.EyeLike"(%x) {dtype = 7 : si64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @eye_like_of_no_type(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.EyeLike' op attribute 'dtype' must number a type of ONNX, got 99}}
  %0 = "onnx.EyeLike"(%x) {dtype = 99 : si64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
// By default 1, float.
func.func @random_normal() {
  // expected-error @+1 {{'onnx.RandomNormal' op result element type f64 does not match the dtype f32}}
  %0 = "onnx.RandomNormal"() {shape = [2]} : () -> tensor<2xf64>
  onnx.Return
}

// -----
func.func @random_uniform() {
  // expected-error @+1 {{'onnx.RandomUniform' op result element type f32 does not match the dtype f64}}
  %0 = "onnx.RandomUniform"() {dtype = 11 : si64, shape = [2]} : () -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @random_uniform_of_no_type() {
  // expected-error @+1 {{'onnx.RandomUniform' op attribute 'dtype' must number a type of ONNX, got 0}}
  %0 = "onnx.RandomUniform"() {dtype = 0 : si64, shape = [2]} : () -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @random_normal_like(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.RandomNormalLike' op result element type f64 does not match the expected type f32}}
  %0 = "onnx.RandomNormalLike"(%x) : (tensor<2x3xf32>) -> tensor<2x3xf64>
  onnx.Return
}

// -----
func.func @random_uniform_like(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.RandomUniformLike' op result element type f32 does not match the expected type f64}}
  %0 = "onnx.RandomUniformLike"(%x) {dtype = 11 : si64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @sequence_empty() {
  // expected-error @+1 {{'onnx.SequenceEmpty' op SequenceEmpty getDtype() does not match the output type, !onnx.Seq<tensor<*xi64>>: it says float}}
  %0 = "onnx.SequenceEmpty"() : () -> !onnx.Seq<tensor<*xi64>>
  onnx.Return
}

// -----
func.func @mod(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Mod' op fmod must be 1 when the input type is floating point}}
  %0 = "onnx.Mod"(%x, %x) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @mod_of_integers(%x: tensor<2xi64>) {
  %0 = "onnx.Mod"(%x, %x) {fmod = 1 : si64} : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  onnx.Return
}

// -----
func.func @one_hot_encoder_of_numbers(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.OneHotEncoder' op input is a tensor of float, int32, or double, but no cats_int64s attribute}}
  %0 = "onnx.OneHotEncoder"(%x) {cats_strings = ["a"]} : (tensor<2x3xf32>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @one_hot_encoder_of_strings(%x: tensor<2x!onnx.String>) {
  // expected-error @+1 {{'onnx.OneHotEncoder' op input is not a tensor of float, int32, or double, but no cats_strings attribute}}
  %0 = "onnx.OneHotEncoder"(%x) {cats_int64s = [1]} : (tensor<2x!onnx.String>) -> tensor<*xf32>
  onnx.Return
}

// -----
func.func @category_mapper(%x: tensor<2xi64>) {
  // expected-error @+1 {{'onnx.CategoryMapper' op cats_int64 and cats_strings should have the same size}}
  %0 = "onnx.CategoryMapper"(%x) {cats_int64s = [1, 2], cats_strings = ["a"]} : (tensor<2xi64>) -> tensor<2x!onnx.String>
  onnx.Return
}

// -----
func.func @optional(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'onnx.Optional' op Optional should have either type attribute or input value}}
  %0 = "onnx.Optional"(%x) {type = tensor<2x3xf32>} : (tensor<2x3xf32>) -> !onnx.Opt<tensor<2x3xf32>>
  onnx.Return
}
