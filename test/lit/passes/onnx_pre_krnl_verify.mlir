// RUN: onnx-opt %s --split-input-file --onnx-pre-krnl-verify | FileCheck %s

// What has ranks passes, unchanged: sizes, results and what stands in regions do not matter.

// CHECK-LABEL:  func.func @open_sizes
// CHECK:          "onnx.Clip"({{%.+}}, {{%.+}}, {{%.+}}) : (tensor<?x3xf32>, none, tensor<f32>) -> tensor<*xf32>
func.func @open_sizes(%x: tensor<?x3xf32>, %most: tensor<f32>) {
  %none = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Clip"(%x, %none, %most) : (tensor<?x3xf32>, none, tensor<f32>) -> tensor<*xf32>
  onnx.Return
}

// -----
// CHECK-LABEL:  func.func @ranked_elements
// CHECK:          onnx.SequenceAt
func.func @ranked_elements(%s: !onnx.Seq<tensor<?xf32>>, %i: tensor<i64>) {
  %0 = "onnx.SequenceAt"(%s, %i) : (!onnx.Seq<tensor<?xf32>>, tensor<i64>) -> tensor<?xf32>
  onnx.Return
}

// -----
// CHECK-LABEL:  func.func @inside_a_branch
// CHECK:          "onnx.Relu"({{%.+}}) : (tensor<*xf32>) -> tensor<*xf32>
func.func @inside_a_branch(%c: tensor<i1>, %x: tensor<*xf32>) -> tensor<2xf32> {
  %0 = "onnx.If"(%c) ({
    %1 = "onnx.Relu"(%x) : (tensor<*xf32>) -> tensor<*xf32>
    onnx.Yield %1 : tensor<*xf32>
  }, {
    onnx.Yield %x : tensor<*xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
