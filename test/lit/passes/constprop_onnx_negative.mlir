// RUN: onnx-opt %s --split-input-file --constprop-onnx | FileCheck %s

// What is not known stays.
// CHECK-LABEL:  func.func @argument
// CHECK:          "onnx.Mul"(%arg0, %arg0)
func.func @argument(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = "onnx.Mul"(%x, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// What draws numbers draws others each time.
// CHECK-LABEL:  func.func @draws
// CHECK:          "onnx.RandomUniformLike"
func.func @draws() -> tensor<2xf32> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %y = "onnx.RandomUniformLike"(%c) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// A quantized constant takes a quarter of the room of what it stands for.
// CHECK-LABEL:  func.func @quantized
// CHECK:          "onnx.DequantizeLinear"
func.func @quantized() -> tensor<2xf32> {
  %c = onnx.Constant dense<[1, 2]> : tensor<2xi8>
  %scale = onnx.Constant dense<0.5> : tensor<f32>
  %zero = onnx.Constant dense<0> : tensor<i8>
  %y = "onnx.DequantizeLinear"(%c, %scale, %zero) : (tensor<2xi8>, tensor<f32>, tensor<i8>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// Four gigabytes of numbers that are not all the same.
// CHECK-LABEL:  func.func @too_large
// CHECK:          "onnx.Range"
func.func @too_large() -> tensor<1000000000xi32> {
  %start = onnx.Constant dense<0> : tensor<i32>
  %limit = onnx.Constant dense<1000000000> : tensor<i32>
  %delta = onnx.Constant dense<1> : tensor<i32>
  %y = "onnx.Range"(%start, %limit, %delta) : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<1000000000xi32>
  onnx.Return %y : tensor<1000000000xi32>
}

// -----
// Wrong at run time, and left to it: an index beyond the end, and sizes that do not fit.
// CHECK-LABEL:  func.func @wrong
// CHECK:          "onnx.Gather"
// CHECK:          "onnx.Reshape"
func.func @wrong() -> (tensor<f32>, tensor<?xf32>) {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %three = onnx.Constant dense<3> : tensor<i64>
  %g = "onnx.Gather"(%c, %three) {axis = 0 : si64} : (tensor<2xf32>, tensor<i64>) -> tensor<f32>
  %shape = onnx.Constant dense<[3]> : tensor<1xi64>
  %r = "onnx.Reshape"(%c, %shape) : (tensor<2xf32>, tensor<1xi64>) -> tensor<?xf32>
  onnx.Return %g, %r : tensor<f32>, tensor<?xf32>
}

// -----
// The other reader needs x + 1.
// CHECK-LABEL:  func.func @another_use
// CHECK:          [[S:%.+]] = "onnx.Add"(%arg0, {{.*}})
// CHECK:          "onnx.Add"([[S]], {{.*}})
func.func @another_use(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %a = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = onnx.Constant dense<[3.0, 4.0]> : tensor<2xf32>
  %0 = "onnx.Add"(%x, %a) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %y = "onnx.Add"(%0, %b) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0, %y : tensor<2xf32>, tensor<2xf32>
}

// -----
// To move a scalar behind a vector would make its addition five.
// CHECK-LABEL:  func.func @scalars_stay
// CHECK:          [[S:%.+]] = "onnx.Add"(%arg0, {{.*}}) : (tensor<f32>, tensor<f32>)
// CHECK:          "onnx.Add"([[S]], %arg1)
func.func @scalars_stay(%x: tensor<f32>, %z: tensor<5xf32>) -> tensor<5xf32> {
  %c = onnx.Constant dense<2.0> : tensor<f32>
  %0 = "onnx.Add"(%x, %c) : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %y = "onnx.Add"(%0, %z) : (tensor<f32>, tensor<5xf32>) -> tensor<5xf32>
  onnx.Return %y : tensor<5xf32>
}

// -----
// Zeros that make one element three.
// CHECK-LABEL:  func.func @zeros_broadcast
// CHECK:          "onnx.Add"(%arg0, {{.*}})
func.func @zeros_broadcast(%x: tensor<1xf32>) -> tensor<3xf32> {
  %c = onnx.Constant dense<0.0> : tensor<3xf32>
  %y = "onnx.Add"(%x, %c) : (tensor<1xf32>, tensor<3xf32>) -> tensor<3xf32>
  onnx.Return %y : tensor<3xf32>
}

// -----
// Nothing is divided by 1 that is not; a sum that overflows is not written.
// CHECK-LABEL:  func.func @not_one
// CHECK:          "onnx.Div"(%arg0, {{.*}})
// CHECK:          [[S:%.+]] = "onnx.Add"({{.*}}
// CHECK:          "onnx.Add"([[S]], {{.*}})
func.func @not_one(%x: tensor<2xf16>) -> tensor<2xf16> {
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf16>
  %most = onnx.Constant dense<[65504.0, 1.0]> : tensor<2xf16>
  %y = "onnx.Div"(%x, %c) : (tensor<2xf16>, tensor<2xf16>) -> tensor<2xf16>
  %0 = "onnx.Add"(%y, %most) : (tensor<2xf16>, tensor<2xf16>) -> tensor<2xf16>
  %z = "onnx.Add"(%0, %most) : (tensor<2xf16>, tensor<2xf16>) -> tensor<2xf16>
  onnx.Return %z : tensor<2xf16>
}

// -----
// NaN times 0 is no 0.
// CHECK-LABEL:  func.func @zero_reals
// CHECK:          "onnx.MatMul"
func.func @zero_reals(%x: tensor<3x4xf32>) -> tensor<2x4xf32> {
  %zeros = onnx.Constant dense<0.0> : tensor<2x3xf32>
  %y = "onnx.MatMul"(%zeros, %x) : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  onnx.Return %y : tensor<2x4xf32>
}

// -----
// CHECK-LABEL:  func.func @unknown_condition
// CHECK:          "onnx.If"(%arg0)
func.func @unknown_condition(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %y = "onnx.If"(%c) ({
    onnx.Yield %x : tensor<2xf32>
  }, {
    %0 = "onnx.Exp"(%x) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %0 : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}

// -----
// x may have one element, and the sum has three; that its type does not say so proves nothing.
// CHECK-LABEL:  func.func @zeros_may_broadcast
// CHECK:          "onnx.Add"(%arg0, {{.*}})
func.func @zeros_may_broadcast(%x: tensor<?xf32>) -> tensor<?xf32> {
  %c = onnx.Constant dense<0.0> : tensor<3xf32>
  %y = "onnx.Add"(%x, %c) : (tensor<?xf32>, tensor<3xf32>) -> tensor<?xf32>
  onnx.Return %y : tensor<?xf32>
}

// -----
// Of x nobody knows how many axes it has; the sum has two, at least.
// CHECK-LABEL:  func.func @zeros_may_add_axes
// CHECK:          "onnx.Add"(%arg0, {{.*}})
func.func @zeros_may_add_axes(%x: tensor<*xf32>) -> tensor<*xf32> {
  %c = onnx.Constant dense<0.0> : tensor<1x1xf32>
  %y = "onnx.Add"(%x, %c) : (tensor<*xf32>, tensor<1x1xf32>) -> tensor<*xf32>
  onnx.Return %y : tensor<*xf32>
}

// -----
// The text leaves out which number it is; the default, 0, is none of its business.
// CHECK-LABEL:  func.func @value_elided
// CHECK:          onnx.ConstantOfShape(
func.func @value_elided() -> tensor<2xf32> {
  %s = onnx.Constant dense<2> : tensor<1xi64>
  %y = "onnx.ConstantOfShape"(%s) {value = dense_resource<__elided__> : tensor<1xf32>} : (tensor<1xi64>) -> tensor<2xf32>
  onnx.Return %y : tensor<2xf32>
}
