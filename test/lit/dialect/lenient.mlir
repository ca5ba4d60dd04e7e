// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// What onnx-mlir admits and ONNX's shape inference does not.

func.func @concat(%x: tensor<2x3xf32>, %y: tensor<0xf32>) {
  %0 = "onnx.Concat"(%x, %y) {axis = 0 : si64} : (tensor<2x3xf32>, tensor<0xf32>) -> tensor<2x3xf32>
  onnx.Return
}

// -----
func.func @dropout(%x: tensor<2x3xf32>, %r: tensor<1xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %0, %1 = "onnx.Dropout"(%x, %r, %n) : (tensor<2x3xf32>, tensor<1xf32>, none) -> (tensor<2x3xf32>, none)
  onnx.Return
}

// -----
func.func @batch_normalization(%x: tensor<1x2xf32>, %p: tensor<2xf32>) {
  %0, %1, %2 = "onnx.BatchNormalization"(%x, %p, %p, %p, %p) : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>)
  onnx.Return
}

// -----
func.func @one_hot_encoder(%x: tensor<2x3xf32>) {
  %0 = "onnx.OneHotEncoder"(%x) {cats_int64s = [1], cats_strings = ["a", "b"]} : (tensor<2x3xf32>) -> tensor<2x3x1xf32>
  onnx.Return
}

// -----
func.func @range() {
  %a = onnx.Constant dense<1> : tensor<1xi64>
  %0 = "onnx.Range"(%a, %a, %a) : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xi64>
  onnx.Return
}

// -----
// (0.5 - 0.2) / 0.1 is 3, or rounded 4.
func.func @range_of_rounded_numbers() {
  %a = onnx.Constant dense<0.2> : tensor<f32>
  %b = onnx.Constant dense<0.5> : tensor<f32>
  %c = onnx.Constant dense<0.1> : tensor<f32>
  %0 = "onnx.Range"(%a, %b, %c) : (tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<3xf32>
  onnx.Return
}

// -----
func.func @reshape(%x: tensor<2x?x?xf32>) {
  %s = onnx.Constant dense<[2, -1, 0]> : tensor<3xi64>
  %0 = "onnx.Reshape"(%x, %s) {allowzero = 1 : si64} : (tensor<2x?x?xf32>, tensor<3xi64>) -> tensor<2x?x?xf32>
  onnx.Return
}

// -----
func.func @split(%x: tensor<2x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %0, %1 = "onnx.Split"(%x, %n) : (tensor<2x3xf32>, none) -> (tensor<1x3xf32>, tensor<1x3xf32>)
  onnx.Return
}

// -----
func.func @top_k(%x: tensor<2x3xf32>) {
  %k = onnx.Constant dense<2> : tensor<i64>
  %0, %1 = "onnx.TopK"(%x, %k) : (tensor<2x3xf32>, tensor<i64>) -> (tensor<2x?xf32>, tensor<2x?xi64>)
  onnx.Return
}

// -----
func.func @transpose(%x: tensor<2x3xf32>) {
  %0 = "onnx.Transpose"(%x) {perm = [-1, 0]} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  onnx.Return
}

// -----
func.func @constant_of_shape(%s: tensor<2xi64>) {
  %0 = "onnx.ConstantOfShape"(%s) : (tensor<2xi64>) -> tensor<?x?xi64>
  onnx.Return
}

// -----
func.func @sequence_at(%s: !onnx.Seq<tensor<1x2xf32>>, %i: tensor<i64>) {
  %0 = "onnx.SequenceAt"(%s, %i) : (!onnx.Seq<tensor<1x2xf32>>, tensor<i64>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @upsample(%x: tensor<2x3xf32>) {
  %0 = "onnx.UpsampleV7"(%x) {scales = [0.5 : f32, 0.5 : f32]} : (tensor<2x3xf32>) -> tensor<4x6xf32>
  onnx.Return
}

// -----
func.func @batch_normalization_in_training(%x: tensor<1x2xf32>, %p: tensor<2xf32>) {
  %0, %1, %2 = "onnx.BatchNormalization"(%x, %p, %p, %p, %p) {training_mode = 1 : si64} : (tensor<1x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2xf32>, none, none)
  onnx.Return
}

// -----
func.func @gru(%x: tensor<4x3xf32>, %w: tensor<1x9x3xf32>, %r: tensor<1x9x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %0, %1 = "onnx.GRU"(%x, %w, %r, %n, %n, %n) : (tensor<4x3xf32>, tensor<1x9x3xf32>, tensor<1x9x3xf32>, none, none, none) -> (tensor<*xf32>, none)
  onnx.Return
}

// -----
func.func @lstm(%x: tensor<4x3xf32>, %w: tensor<1x12x3xf32>, %r: tensor<1x12x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %0, %1, %2 = "onnx.LSTM"(%x, %w, %r, %n, %n, %n, %n, %n) : (tensor<4x3xf32>, tensor<1x12x3xf32>, tensor<1x12x3xf32>, none, none, none, none, none) -> (tensor<*xf32>, none, none)
  onnx.Return
}

// -----
func.func @rnn(%x: tensor<4x3xf32>, %w: tensor<1x3x3xf32>, %r: tensor<1x3x3xf32>) {
  %n = "onnx.NoValue"() {value} : () -> none
  %0, %1 = "onnx.RNN"(%x, %w, %r, %n, %n, %n) : (tensor<4x3xf32>, tensor<1x3x3xf32>, tensor<1x3x3xf32>, none, none, none) -> (tensor<*xf32>, none)
  onnx.Return
}

// -----
// Sizes that windows do not give; the rank is right.
func.func @conv_sizes(%x: tensor<1x1x5x5xf32>, %w: tensor<1x1x3x3xf32>) -> tensor<1x1x4x4xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Conv"(%x, %w, %none) : (tensor<1x1x5x5xf32>, tensor<1x1x3x3xf32>, none) -> tensor<1x1x4x4xf32>
  onnx.Return %0 : tensor<1x1x4x4xf32>
}

// -----
// Sizes that scales do not give.
func.func @resize_sizes(%x: tensor<2x2xf32>) -> tensor<3x3xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %scales = onnx.Constant dense<[2.0, 2.0]> : tensor<2xf32>
  %0 = "onnx.Resize"(%x, %none, %scales, %none) : (tensor<2x2xf32>, none, tensor<2xf32>, none) -> tensor<3x3xf32>
  onnx.Return %0 : tensor<3x3xf32>
}

// -----
// A size that is not known may be the one that is asked for.
func.func @string_normalizer(%x: tensor<?x3x!onnx.String>) -> tensor<*x!onnx.String> {
  %0 = "onnx.StringNormalizer"(%x) : (tensor<?x3x!onnx.String>) -> tensor<*x!onnx.String>
  onnx.Return %0 : tensor<*x!onnx.String>
}
