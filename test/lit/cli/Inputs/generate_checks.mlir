// What a user wrote stays.

// CHECK-LABEL: func.func @outdated
// OTHER: stays
func.func @f(%x: tensor<2xf32>) -> tensor<2x2xf32> {
  %c = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %d = onnx.Constant dense<5.0> : tensor<f32>
  %y = "onnx.Add"(%x, %c) : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %z = "onnx.Mul"(%y, %d) : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  onnx.Return %z : tensor<2x2xf32>
}
func.func private @unused() -> i32
