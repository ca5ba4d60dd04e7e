// RUN: onnx-opt %s --split-input-file --decompose-onnx=enable-conv-to-matmul | FileCheck %s

// 2 x 2 places, their channels as rows: (3, 2) @ (2, 4).
func.func @pointwise(%x: tensor<1x2x2x2xf32>, %w: tensor<3x2x1x1xf32>, %b: tensor<3xf32>) -> tensor<1x3x2x2xf32> {
  %y = "onnx.Conv"(%x, %w, %b) : (tensor<1x2x2x2xf32>, tensor<3x2x1x1xf32>, tensor<3xf32>) -> tensor<1x3x2x2xf32>
  onnx.Return %y : tensor<1x3x2x2xf32>
}
// CHECK-LABEL:  func.func @pointwise(
// CHECK-SAME:     [[X:%.+]]: tensor<1x2x2x2xf32>, [[W:%.+]]: tensor<3x2x1x1xf32>, [[B:%.+]]: tensor<3xf32>)
// CHECK:          [[P:%.+]] = "onnx.Reshape"([[X]], {{.*}}) -> tensor<1x2x4xf32>
// CHECK:          [[C:%.+]] = "onnx.Reshape"([[P]], {{.*}}) -> tensor<2x4xf32>
// CHECK:          [[M:%.+]] = "onnx.Reshape"([[W]], {{.*}}) -> tensor<3x2xf32>
// CHECK-NEXT:     [[R:%.+]] = "onnx.MatMul"([[M]], [[C]]) : (tensor<3x2xf32>, tensor<2x4xf32>) -> tensor<3x4xf32>
// CHECK:          [[U:%.+]] = "onnx.Unsqueeze"([[B]], {{.*}}) -> tensor<3x1xf32>
// CHECK-NEXT:     [[S:%.+]] = "onnx.Add"([[R]], [[U]])
// CHECK:          "onnx.Reshape"([[S]], {{.*}}) -> tensor<1x3x2x2xf32>

// -----
// A batch that is not known stays; a kernel of 2 x 2 sees 2 * 2 * 2 = 8 elements.
func.func @im2col(%x: tensor<?x2x3x3xf32>, %w: tensor<3x2x2x2xf32>) -> tensor<?x3x2x2xf32> {
  %none = "onnx.NoValue"() : () -> none
  %y = "onnx.Conv"(%x, %w, %none) : (tensor<?x2x3x3xf32>, tensor<3x2x2x2xf32>, none) -> tensor<?x3x2x2xf32>
  onnx.Return %y : tensor<?x3x2x2xf32>
}
// CHECK-LABEL:  func.func @im2col(
// CHECK-SAME:     [[X:%.+]]: tensor<?x2x3x3xf32>, [[W:%.+]]: tensor<3x2x2x2xf32>)
// CHECK:          [[C:%.+]] = "onnx.Im2Col"([[X]]) <{auto_pad = "NOTSET", kernel_shape = [2, 2]}> : (tensor<?x2x3x3xf32>) -> tensor<?x8x?xf32>
// CHECK:          [[M:%.+]] = "onnx.Reshape"([[W]], {{.*}}) -> tensor<3x8xf32>
// CHECK-NEXT:     [[P:%.+]] = "onnx.MatMul"([[M]], [[C]]) : (tensor<3x8xf32>, tensor<?x8x?xf32>) -> tensor<?x3x?xf32>
// CHECK-NEXT:     [[N:%.+]] = "onnx.Dim"([[X]]) <{axis = 0 : si64}>
// CHECK:          "onnx.Reshape"([[P]], {{.*}}) -> tensor<?x3x2x2xf32>
