// What a user wrote stays.

// CHECK-LABEL:  func.func @f(
// CHECK-SAME:     [[PARAM_0_:%.+]]: tensor<2xf32>) -> tensor<2x2xf32> {
// CHECK-DAG:      [[VAR_0_:%.+]] = onnx.Constant dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK-DAG:      [[VAR_1_:%.+]] = onnx.Constant dense<5.000000e+00> : tensor<f32>
// CHECK:          [[VAR_2_:%.+]] = "onnx.Add"([[PARAM_0_]], [[VAR_0_]]) : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
// CHECK:          [[VAR_3_:%.+]] = "onnx.Mul"([[VAR_2_]], [[VAR_1_]]) : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
// CHECK:          onnx.Return [[VAR_3_]] : tensor<2x2xf32>
// CHECK:        }
// OTHER: stays
func.func @f(%x: tensor<2xf32>) -> tensor<2x2xf32> {
  %c = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %d = onnx.Constant dense<5.0> : tensor<f32>
  %y = "onnx.Add"(%x, %c) : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %z = "onnx.Mul"(%y, %d) : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  onnx.Return %z : tensor<2x2xf32>
}
// CHECK-NOT:    func.func{{.*}}@unused(
func.func private @unused() -> i32
