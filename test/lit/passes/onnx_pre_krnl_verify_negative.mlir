// RUN: onnx-opt %s --split-input-file --onnx-pre-krnl-verify --verify-diagnostics

// What cannot be lowered is an error, once for each op.

func.func @unranked(%x: tensor<2xf32>, %y: tensor<*xf32>) -> tensor<*xf32> {
  // expected-error @+1 {{'onnx.Add' op operand #1 is not ranked, got tensor<*xf32>}}
  %0 = "onnx.Add"(%x, %y) : (tensor<2xf32>, tensor<*xf32>) -> tensor<*xf32>
  // expected-error @+1 {{'onnx.Mul' op operand #0 is not ranked, got tensor<*xf32>}}
  %1 = "onnx.Mul"(%0, %y) : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  return %1 : tensor<*xf32>
}

// -----
func.func @unranked_elements(%s: !onnx.Seq<tensor<*xf32>>, %i: tensor<i64>) {
  // expected-error @+1 {{'onnx.SequenceAt' op operand #0 is a SeqType with unranked Sequence Element, !onnx.Seq<tensor<*xf32>>}}
  %0 = "onnx.SequenceAt"(%s, %i) : (!onnx.Seq<tensor<*xf32>>, tensor<i64>) -> tensor<2xf32>
  return
}

// -----
func.func @unranked_return(%x: tensor<*xf32>) -> tensor<*xf32> {
  // expected-error @+1 {{'onnx.Return' op operand #0 is not ranked, got tensor<*xf32>}}
  onnx.Return %x : tensor<*xf32>
}

// -----
func.func @gather_nd_by_an_unknown_number_of_axes(%x: tensor<2x3xf32>, %i: tensor<4x?xi64>) {
  // expected-error @+1 {{'onnx.GatherND' op last dim of indices in GatherND is dynamic}}
  %0 = "onnx.GatherND"(%x, %i) : (tensor<2x3xf32>, tensor<4x?xi64>) -> tensor<?xf32>
  return
}
