// RUN: onnx-opt %s --split-input-file --recompose-onnx | FileCheck %s

// Gelu is of opset 20: a model that imports an older one keeps its ops.
module attributes {onnx.opset_import = [["", 14]]} {
  func.func @older(%x: tensor<2xf32>) -> tensor<2xf32> {
    %root = onnx.Constant dense<1.41421354> : tensor<f32>
    %one = onnx.Constant dense<1.0> : tensor<f32>
    %half = onnx.Constant dense<0.5> : tensor<f32>
    %0 = "onnx.Div"(%x, %root) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    %1 = "onnx.Erf"(%0) : (tensor<2xf32>) -> tensor<2xf32>
    %2 = "onnx.Add"(%1, %one) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    %3 = "onnx.Mul"(%x, %2) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    %4 = "onnx.Mul"(%3, %half) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    onnx.Return %4 : tensor<2xf32>
  }
}
// CHECK-LABEL: func.func @older
// CHECK:         "onnx.Erf"

// -----
module attributes {onnx.opset_import = [["", 20]]} {
  func.func @newer(%x: tensor<2xf32>) -> tensor<2xf32> {
    %root = onnx.Constant dense<1.41421354> : tensor<f32>
    %one = onnx.Constant dense<1.0> : tensor<f32>
    %half = onnx.Constant dense<0.5> : tensor<f32>
    %0 = "onnx.Div"(%x, %root) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    %1 = "onnx.Erf"(%0) : (tensor<2xf32>) -> tensor<2xf32>
    %2 = "onnx.Add"(%1, %one) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    %3 = "onnx.Mul"(%x, %2) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    %4 = "onnx.Mul"(%3, %half) : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    onnx.Return %4 : tensor<2xf32>
  }
}
// CHECK-LABEL: func.func @newer
// CHECK:         "onnx.Gelu"
// CHECK-NOT:     "onnx.Erf"
