// RUN: onnx-opt %s --split-input-file --canonicalize | FileCheck %s

// RULE: identity
func.func @identity(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Identity"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @identity
// CHECK-NEXT:     onnx.Return %arg0

// -----
// DCR on both sides: SpaceToDepth has no other mode.
// RULE: depth-to-space-of-space-to-depth
func.func @depth_to_space_of_space_to_depth(%a: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %0 = "onnx.SpaceToDepth"(%a) {blocksize = 2 : si64} : (tensor<1x2x4x4xf32>) -> tensor<1x8x2x2xf32>
  %1 = "onnx.DepthToSpace"(%0) {blocksize = 2 : si64, mode = "DCR"} : (tensor<1x8x2x2xf32>) -> tensor<1x2x4x4xf32>
  onnx.Return %1 : tensor<1x2x4x4xf32>
}
// CHECK-LABEL:  func.func @depth_to_space_of_space_to_depth
// CHECK-NEXT:     onnx.Return %arg0

// -----
// RULE: space-to-depth-of-depth-to-space
func.func @space_to_depth_of_depth_to_space(%a: tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32> {
  %0 = "onnx.DepthToSpace"(%a) {blocksize = 2 : si64, mode = "DCR"} : (tensor<1x8x2x2xf32>) -> tensor<1x2x4x4xf32>
  %1 = "onnx.SpaceToDepth"(%0) {blocksize = 2 : si64} : (tensor<1x2x4x4xf32>) -> tensor<1x8x2x2xf32>
  onnx.Return %1 : tensor<1x8x2x2xf32>
}
// CHECK-LABEL:  func.func @space_to_depth_of_depth_to_space
// CHECK-NEXT:     onnx.Return %arg0

// -----
// RULE: cast-to-same-type
func.func @cast_to_same_type(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Cast"(%a) {to = f32} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @cast_to_same_type
// CHECK-NEXT:     onnx.Return %arg0

// -----
// RULE: cast-of-slice
func.func @cast_of_slice(%a: tensor<4xi32>, %i: tensor<1xi64>, %j: tensor<1xi64>) -> tensor<?xi64> {
  %0 = "onnx.Slice"(%a, %i, %j, %i, %j) : (tensor<4xi32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?xi32>
  %1 = "onnx.Cast"(%0) {to = i64} : (tensor<?xi32>) -> tensor<?xi64>
  onnx.Return %1 : tensor<?xi64>
}
// CHECK-LABEL:  func.func @cast_of_slice
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Cast"(%arg0) <{saturate = 1 : si64, to = i64}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Slice"([[R0]], %arg1, %arg2, %arg1, %arg2)
// CHECK-NEXT:     onnx.Return [[R1]]

// -----
// RULE: cast-of-concat
func.func @cast_of_concat(%a: tensor<1xi32>, %b: tensor<2xi32>) -> tensor<3xf32> {
  %0 = "onnx.Concat"(%a, %b) {axis = 0 : si64} : (tensor<1xi32>, tensor<2xi32>) -> tensor<3xi32>
  %1 = "onnx.Cast"(%0) {to = f32} : (tensor<3xi32>) -> tensor<3xf32>
  onnx.Return %1 : tensor<3xf32>
}
// CHECK-LABEL:  func.func @cast_of_concat
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Cast"(%arg0) <{saturate = 1 : si64, to = f32}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Cast"(%arg1) <{saturate = 1 : si64, to = f32}>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Concat"([[R0]], [[R1]]) <{axis = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// RULE: tile-by-ones
func.func @tile_by_ones(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = onnx.Constant dense<1> : tensor<2xi64>
  %1 = "onnx.Tile"(%a, %0) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  onnx.Return %1 : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @tile_by_ones
// CHECK-NEXT:     onnx.Return %arg0

// -----
// Without training mode Dropout keeps everything.
// RULE: dropout-in-inference
func.func @dropout_in_inference(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, none) {
  %n = "onnx.NoValue"() {value} : () -> none
  %t = onnx.Constant dense<false> : tensor<i1>
  %r = onnx.Constant dense<0.5> : tensor<f32>
  %0:2 = "onnx.Dropout"(%a, %n, %n) : (tensor<2xf32>, none, none) -> (tensor<2xf32>, none)
  %1:2 = "onnx.Dropout"(%a, %r, %t) {seed = 7 : si64} : (tensor<2xf32>, tensor<f32>, tensor<i1>) -> (tensor<2xf32>, none)
  onnx.Return %0#0, %1#0, %1#1 : tensor<2xf32>, tensor<2xf32>, none
}
// CHECK-LABEL:  func.func @dropout_in_inference
// CHECK-NEXT:     [[N:%.+]] = "onnx.NoValue"()
// CHECK-NEXT:     onnx.Return %arg0, %arg0, [[N]]

// -----
// -1 <= 4, so the stricter bounds are those of both.
// RULE: clip-of-clip
// RULE: clip-min-then-max
// RULE: clip-max-then-min
// RULE: clip-min-then-both
// RULE: clip-both-then-max
// RULE: clip-both-then-min
// RULE: clip-max-then-both
func.func @clip_of_clip(%x: tensor<2xf32>, %p: tensor<f32>, %q: tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %a = onnx.Constant dense<-2.0> : tensor<f32>
  %b = onnx.Constant dense<4.0> : tensor<f32>
  %c = onnx.Constant dense<-1.0> : tensor<f32>
  %d = onnx.Constant dense<3.0> : tensor<f32>
  %n = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Clip"(%x, %a, %b) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  %1 = "onnx.Clip"(%0, %c, %d) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  %2 = "onnx.Clip"(%x, %p, %n) : (tensor<2xf32>, tensor<f32>, none) -> tensor<2xf32>
  %3 = "onnx.Clip"(%2, %n, %q) : (tensor<2xf32>, none, tensor<f32>) -> tensor<2xf32>
  %4 = "onnx.Clip"(%x, %n, %b) : (tensor<2xf32>, none, tensor<f32>) -> tensor<2xf32>
  %5 = "onnx.Clip"(%4, %c, %n) : (tensor<2xf32>, tensor<f32>, none) -> tensor<2xf32>
  %6 = "onnx.Clip"(%x, %p, %n) : (tensor<2xf32>, tensor<f32>, none) -> tensor<2xf32>
  %7 = "onnx.Clip"(%6, %c, %q) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  %8 = "onnx.Clip"(%x, %a, %p) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  %9 = "onnx.Clip"(%8, %n, %q) : (tensor<2xf32>, none, tensor<f32>) -> tensor<2xf32>
  %10 = "onnx.Clip"(%x, %p, %b) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  %11 = "onnx.Clip"(%10, %c, %n) : (tensor<2xf32>, tensor<f32>, none) -> tensor<2xf32>
  %12 = "onnx.Clip"(%x, %n, %b) : (tensor<2xf32>, none, tensor<f32>) -> tensor<2xf32>
  %13 = "onnx.Clip"(%12, %c, %q) : (tensor<2xf32>, tensor<f32>, tensor<f32>) -> tensor<2xf32>
  onnx.Return %1, %3, %5, %7, %9, %11, %13 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @clip_of_clip
// CHECK-DAG:      [[A:%.+]] = onnx.Constant dense<-2.000000e+00>
// CHECK-DAG:      [[B:%.+]] = onnx.Constant dense<4.000000e+00>
// CHECK-DAG:      [[C:%.+]] = onnx.Constant dense<-1.000000e+00>
// CHECK-DAG:      [[D:%.+]] = onnx.Constant dense<3.000000e+00>
// CHECK:          [[R0:%.+]] = "onnx.Max"([[A]], [[C]])
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Min"([[B]], [[D]])
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Clip"(%arg0, [[R0]], [[R1]])
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Clip"(%arg0, %arg1, %arg2)
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Clip"(%arg0, [[C]], [[B]])
// CHECK-NEXT:     [[R5:%.+]] = "onnx.Max"(%arg1, [[C]])
// CHECK-NEXT:     [[R6:%.+]] = "onnx.Clip"(%arg0, [[R5]], %arg2)
// CHECK-NEXT:     [[R7:%.+]] = "onnx.Min"(%arg1, %arg2)
// CHECK-NEXT:     [[R8:%.+]] = "onnx.Clip"(%arg0, [[A]], [[R7]])
// CHECK-NEXT:     [[R9:%.+]] = "onnx.Max"(%arg1, [[C]])
// CHECK-NEXT:     [[R10:%.+]] = "onnx.Clip"(%arg0, [[R9]], [[B]])
// CHECK-NEXT:     [[R11:%.+]] = "onnx.Min"([[B]], %arg2)
// CHECK-NEXT:     [[R12:%.+]] = "onnx.Clip"(%arg0, [[C]], [[R11]])
// CHECK-NEXT:     onnx.Return [[R2]], [[R3]], [[R4]], [[R6]], [[R8]], [[R10]], [[R12]]

// -----
// No size is -1; the second element is, and becomes 7.
// RULE: where-never
func.func @where_never(%a: tensor<?x?xf32>) -> tensor<2xi64> {
  %0 = onnx.Constant dense<-1> : tensor<2xi64>
  %1 = onnx.Constant dense<7> : tensor<2xi64>
  %2 = onnx.Constant dense<-1> : tensor<1xi64>
  %3 = "onnx.Dim"(%a) {axis = 1 : si64} : (tensor<?x?xf32>) -> tensor<1xi64>
  %4 = "onnx.Concat"(%3, %2) {axis = 0 : si64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %5 = "onnx.Equal"(%4, %0) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  %6 = "onnx.Where"(%5, %1, %4) : (tensor<2xi1>, tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  onnx.Return %6 : tensor<2xi64>
}
// CHECK-LABEL:  func.func @where_never
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<7> : tensor<1xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Dim"(%arg0) <{axis = 1 : si64}>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Concat"([[R1]], [[R0]]) <{axis = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// RULE: reshape-of-reshape
func.func @reshape_of_reshape(%a: tensor<2x6xf32>, %s: tensor<2xi64>, %t: tensor<2xi64>) -> tensor<?x?xf32> {
  %0 = "onnx.Reshape"(%a, %s) : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %1 = "onnx.Reshape"(%0, %t) {allowzero = 1 : si64} : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  onnx.Return %1 : tensor<?x?xf32>
}
// CHECK-LABEL:  func.func @reshape_of_reshape
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Reshape"(%arg0, %arg2) <{allowzero = 1 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// The 0 stands for the 3 that the first shape says.
// RULE: fused-reshapes
func.func @fused_reshapes(%a: tensor<2x6xf32>) -> tensor<3x2x2xf32> {
  %0 = onnx.Constant dense<[3, 4]> : tensor<2xi64>
  %1 = onnx.Constant dense<[0, 2, -1]> : tensor<3xi64>
  %2 = "onnx.Reshape"(%a, %0) : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %3 = "onnx.Reshape"(%2, %1) : (tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x2x2xf32>
  onnx.Return %3 : tensor<3x2x2xf32>
}
// CHECK-LABEL:  func.func @fused_reshapes
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[3, 2, -1]> : tensor<3xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Reshape"(%arg0, [[R0]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R1]]

// -----
// RULE: identity-reshape
func.func @identity_reshape(%a: tensor<2x?xf32>, %s: tensor<2xi64>) -> tensor<2x?xf32> {
  %0 = "onnx.Reshape"(%a, %s) : (tensor<2x?xf32>, tensor<2xi64>) -> tensor<2x?xf32>
  onnx.Return %0 : tensor<2x?xf32>
}
// CHECK-LABEL:  func.func @identity_reshape
// CHECK-NEXT:     onnx.Return %arg0

// -----
// RULE: zeros-mean-nothing
func.func @zeros_mean_nothing(%a: tensor<?x?xf32>) -> tensor<?x2xf32> {
  %0 = onnx.Constant dense<[-1, 2]> : tensor<2xi64>
  %1 = "onnx.Reshape"(%a, %0) {allowzero = 1 : si64} : (tensor<?x?xf32>, tensor<2xi64>) -> tensor<?x2xf32>
  onnx.Return %1 : tensor<?x2xf32>
}
// CHECK-LABEL:  func.func @zeros_mean_nothing
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[-1, 2]> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Reshape"(%arg0, [[R0]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R1]]

// -----
// Six elements in three by two have no zeros, whatever the shape is called.
// RULE: zeros-mean-nothing-there
func.func @zeros_mean_nothing_there(%a: tensor<6xf32>, %s: tensor<2xi64>) -> tensor<3x2xf32> {
  %0 = "onnx.Reshape"(%a, %s) {allowzero = 1 : si64} : (tensor<6xf32>, tensor<2xi64>) -> tensor<3x2xf32>
  onnx.Return %0 : tensor<3x2xf32>
}
// CHECK-LABEL:  func.func @zeros_mean_nothing_there
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Reshape"(%arg0, %arg1) <{allowzero = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// The size that the first shape says is that of a Dim.
// RULE: reshape-to-joined-sizes
func.func @reshape_to_joined_sizes(%a: tensor<?x6xf32>, %b: tensor<?xf32>) -> tensor<?x2x?xf32> {
  %0 = onnx.Constant dense<-1> : tensor<1xi64>
  %1 = onnx.Constant dense<[0, 2, -1]> : tensor<3xi64>
  %2 = "onnx.Dim"(%b) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
  %3 = "onnx.Concat"(%2, %0) {axis = 0 : si64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %4 = "onnx.Reshape"(%a, %3) : (tensor<?x6xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %5 = "onnx.Reshape"(%4, %1) : (tensor<?x?xf32>, tensor<3xi64>) -> tensor<?x2x?xf32>
  onnx.Return %5 : tensor<?x2x?xf32>
}
// CHECK-LABEL:  func.func @reshape_to_joined_sizes
// CHECK-DAG:      [[M:%.+]] = onnx.Constant dense<-1> : tensor<1xi64>
// CHECK-DAG:      [[T:%.+]] = onnx.Constant dense<2> : tensor<1xi64>
// CHECK-DAG:      [[D:%.+]] = "onnx.Dim"(%arg1)
// CHECK:          [[S:%.+]] = "onnx.Concat"([[D]], [[T]], [[M]]) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R:%.+]] = "onnx.Reshape"(%arg0, [[S]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R]]

// -----
// RULE: matmul-of-reshape
func.func @matmul_of_reshape(%a: tensor<2x3x4xf32>, %b: tensor<4x5xf32>) -> tensor<6x5xf32> {
  %0 = onnx.Constant dense<[6, 4]> : tensor<2xi64>
  %1 = "onnx.Reshape"(%a, %0) : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<6x4xf32>
  %2 = "onnx.MatMul"(%1, %b) : (tensor<6x4xf32>, tensor<4x5xf32>) -> tensor<6x5xf32>
  onnx.Return %2 : tensor<6x5xf32>
}
// CHECK-LABEL:  func.func @matmul_of_reshape
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[6, 5]> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.MatMul"(%arg0, %arg1)
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Reshape"([[R1]], [[R0]]) <{allowzero = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// -3 of four axes is 1; the Cast stays.
// RULE: unsqueeze-of-squeeze
// RULE: unsqueeze-of-squeeze-and-cast
func.func @unsqueeze_of_squeeze(%a: tensor<2x1x3x1xf32>) -> (tensor<2x1x3x1xf32>, tensor<2x1x3x1xi32>) {
  %0 = onnx.Constant dense<[-3, 3]> : tensor<2xi64>
  %1 = onnx.Constant dense<[3, 1]> : tensor<2xi64>
  %2 = "onnx.Squeeze"(%a, %0) : (tensor<2x1x3x1xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  %3 = "onnx.Unsqueeze"(%2, %1) : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2x1x3x1xf32>
  %4 = "onnx.Cast"(%2) {to = i32} : (tensor<2x3xf32>) -> tensor<2x3xi32>
  %5 = "onnx.Unsqueeze"(%4, %1) : (tensor<2x3xi32>, tensor<2xi64>) -> tensor<2x1x3x1xi32>
  onnx.Return %3, %5 : tensor<2x1x3x1xf32>, tensor<2x1x3x1xi32>
}
// CHECK-LABEL:  func.func @unsqueeze_of_squeeze
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Cast"(%arg0) <{saturate = 1 : si64, to = i32}>
// CHECK-NEXT:     onnx.Return %arg0, [[R0]]

// -----
// -1 of three axes is 2.
// RULE: squeeze-of-unsqueeze
// RULE: squeeze-of-unsqueeze-and-cast
func.func @squeeze_of_unsqueeze(%a: tensor<2x?xf32>) -> (tensor<2x?xf32>, tensor<2x?xi32>) {
  %0 = onnx.Constant dense<-1> : tensor<1xi64>
  %1 = onnx.Constant dense<2> : tensor<1xi64>
  %2 = "onnx.Unsqueeze"(%a, %0) : (tensor<2x?xf32>, tensor<1xi64>) -> tensor<2x?x1xf32>
  %3 = "onnx.Squeeze"(%2, %1) : (tensor<2x?x1xf32>, tensor<1xi64>) -> tensor<2x?xf32>
  %4 = "onnx.Cast"(%2) {to = i32} : (tensor<2x?x1xf32>) -> tensor<2x?x1xi32>
  %5 = "onnx.Squeeze"(%4, %1) : (tensor<2x?x1xi32>, tensor<1xi64>) -> tensor<2x?xi32>
  onnx.Return %3, %5 : tensor<2x?xf32>, tensor<2x?xi32>
}
// CHECK-LABEL:  func.func @squeeze_of_unsqueeze
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Cast"(%arg0) <{saturate = 1 : si64, to = i32}>
// CHECK-NEXT:     onnx.Return %arg0, [[R0]]

// -----
// The axes are attributes before opset 13.
// RULE: unsqueeze-of-squeeze-v11
// RULE: unsqueeze-of-squeeze-and-cast-v11
// RULE: squeeze-of-unsqueeze-v11
// RULE: squeeze-of-unsqueeze-and-cast-v11
func.func @axes_of_v11(%a: tensor<2x1xf32>) -> (tensor<2x1xf32>, tensor<2x1xi32>, tensor<2x1xf32>, tensor<2x1xi32>) {
  %0 = "onnx.SqueezeV11"(%a) {axes = [1]} : (tensor<2x1xf32>) -> tensor<2xf32>
  %1 = "onnx.UnsqueezeV11"(%0) {axes = [-1]} : (tensor<2xf32>) -> tensor<2x1xf32>
  %2 = "onnx.Cast"(%0) {to = i32} : (tensor<2xf32>) -> tensor<2xi32>
  %3 = "onnx.UnsqueezeV11"(%2) {axes = [1]} : (tensor<2xi32>) -> tensor<2x1xi32>
  %4 = "onnx.UnsqueezeV11"(%a) {axes = [0]} : (tensor<2x1xf32>) -> tensor<1x2x1xf32>
  %5 = "onnx.SqueezeV11"(%4) {axes = [-3]} : (tensor<1x2x1xf32>) -> tensor<2x1xf32>
  %6 = "onnx.Cast"(%4) {to = i32} : (tensor<1x2x1xf32>) -> tensor<1x2x1xi32>
  %7 = "onnx.SqueezeV11"(%6) {axes = [0]} : (tensor<1x2x1xi32>) -> tensor<2x1xi32>
  onnx.Return %1, %3, %5, %7 : tensor<2x1xf32>, tensor<2x1xi32>, tensor<2x1xf32>, tensor<2x1xi32>
}
// CHECK-LABEL:  func.func @axes_of_v11
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Cast"(%arg0)
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Cast"(%arg0)
// CHECK-NEXT:     onnx.Return %arg0, [[R0]], %arg0, [[R1]]

// -----
// RULE: squeeze-of-constant
func.func @squeeze_of_constant() -> tensor<2xf32> {
  %0 = onnx.Constant dense<[[4.0], [16.0]]> : tensor<2x1xf32>
  %1 = "onnx.SqueezeV11"(%0) {axes = [1]} : (tensor<2x1xf32>) -> tensor<2xf32>
  onnx.Return %1 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @squeeze_of_constant
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[4.000000e+00, 1.600000e+01]> : tensor<2xf32>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// RULE: unsqueeze-of-expand
func.func @unsqueeze_of_expand(%a: tensor<?xf32>, %c: tensor<f32>) -> tensor<2x?x1xf32> {
  %0 = onnx.Constant dense<-1> : tensor<1xi64>
  %1 = onnx.Constant dense<2> : tensor<1xi64>
  %2 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
  %3 = "onnx.Concat"(%1, %2) {axis = 0 : si64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %4 = "onnx.Expand"(%c, %3) : (tensor<f32>, tensor<2xi64>) -> tensor<2x?xf32>
  %5 = "onnx.Unsqueeze"(%4, %0) : (tensor<2x?xf32>, tensor<1xi64>) -> tensor<2x?x1xf32>
  onnx.Return %5 : tensor<2x?x1xf32>
}
// CHECK-LABEL:  func.func @unsqueeze_of_expand
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<1> : tensor<1xi64>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<2> : tensor<1xi64>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Dim"(%arg0) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Concat"([[R1]], [[R2]], [[R0]]) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R4:%.+]] = "onnx.Expand"(%arg1, [[R3]])
// CHECK-NEXT:     onnx.Return [[R4]]

// -----
// RULE: slice-of-expand
func.func @slice_of_expand(%a: tensor<?xf32>, %c: tensor<f32>) -> tensor<1x?xf32> {
  %0 = onnx.Constant dense<0> : tensor<1xi64>
  %1 = onnx.Constant dense<1> : tensor<1xi64>
  %2 = onnx.Constant dense<2> : tensor<1xi64>
  %3 = "onnx.Dim"(%a) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
  %4 = "onnx.Concat"(%2, %3) {axis = 0 : si64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %5 = "onnx.Expand"(%c, %4) : (tensor<f32>, tensor<2xi64>) -> tensor<2x?xf32>
  %6 = "onnx.Slice"(%5, %0, %1, %0, %1) : (tensor<2x?xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x?xf32>
  onnx.Return %6 : tensor<1x?xf32>
}
// CHECK-LABEL:  func.func @slice_of_expand
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<1> : tensor<1xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Dim"(%arg0) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Concat"([[R0]], [[R1]]) <{axis = 0 : si64}>
// CHECK-NEXT:     [[R3:%.+]] = "onnx.Expand"(%arg1, [[R2]])
// CHECK-NEXT:     onnx.Return [[R3]]

// -----
// RULE: known-shape
// RULE: known-part-of-shape
// RULE: known-size
// RULE: known-dim
func.func @known_shape(%a: tensor<2x3x4xf32>, %b: tensor<?x5xf32>) -> (tensor<2xi64>, tensor<1xi64>, tensor<i64>, tensor<1xi64>) {
  %0 = "onnx.Shape"(%a) {start = -2 : si64} : (tensor<2x3x4xf32>) -> tensor<2xi64>
  %1 = "onnx.Shape"(%a) {start = 1 : si64, end = -1 : si64} : (tensor<2x3x4xf32>) -> tensor<1xi64>
  %2 = "onnx.Size"(%a) : (tensor<2x3x4xf32>) -> tensor<i64>
  %3 = "onnx.Dim"(%b) {axis = 1 : si64} : (tensor<?x5xf32>) -> tensor<1xi64>
  onnx.Return %0, %1, %2, %3 : tensor<2xi64>, tensor<1xi64>, tensor<i64>, tensor<1xi64>
}
// CHECK-LABEL:  func.func @known_shape
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[3, 4]> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<3> : tensor<1xi64>
// CHECK-NEXT:     [[R2:%.+]] = onnx.Constant dense<24> : tensor<i64>
// CHECK-NEXT:     [[R3:%.+]] = onnx.Constant dense<5> : tensor<1xi64>
// CHECK-NEXT:     onnx.Return [[R0]], [[R1]], [[R2]], [[R3]]

// -----
// Axis 0 of the Transpose is axis 1 of %a; of the Reshape it is what the shape says.
// RULE: dim-of-transpose
// RULE: dim-of-reshape
func.func @dim_of_transpose(%a: tensor<2x?xf32>, %b: tensor<?xf32>) -> (tensor<1xi64>, tensor<1xi64>) {
  %0 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x?xf32>) -> tensor<?x2xf32>
  %1 = "onnx.Dim"(%0) {axis = 0 : si64} : (tensor<?x2xf32>) -> tensor<1xi64>
  %2 = onnx.Constant dense<-1> : tensor<1xi64>
  %3 = "onnx.Dim"(%b) {axis = 0 : si64} : (tensor<?xf32>) -> tensor<1xi64>
  %4 = "onnx.Concat"(%3, %2) {axis = 0 : si64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %5 = "onnx.Reshape"(%a, %4) : (tensor<2x?xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %6 = "onnx.Dim"(%5) {axis = 0 : si64} : (tensor<?x?xf32>) -> tensor<1xi64>
  onnx.Return %1, %6 : tensor<1xi64>, tensor<1xi64>
}
// CHECK-LABEL:  func.func @dim_of_transpose
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Dim"(%arg0) <{axis = 1 : si64}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.Dim"(%arg1) <{axis = 0 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]], [[R1]]

// -----
// RULE: slice-of-concat
func.func @slice_of_concat(%a: tensor<1xf32>, %b: tensor<1xf32>) -> tensor<1xf32> {
  %0 = onnx.Constant dense<-1> : tensor<1xi64>
  %1 = onnx.Constant dense<100> : tensor<1xi64>
  %2 = onnx.Constant dense<0> : tensor<1xi64>
  %3 = onnx.Constant dense<1> : tensor<1xi64>
  %4 = "onnx.Concat"(%a, %b) {axis = 0 : si64} : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
  %5 = "onnx.Slice"(%4, %0, %1, %2, %3) : (tensor<2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1xf32>
  onnx.Return %5 : tensor<1xf32>
}
// CHECK-LABEL:  func.func @slice_of_concat
// CHECK-NEXT:     onnx.Return %arg1

// -----
// RULE: concat-of-concat
func.func @concat_of_concat(%a: tensor<1x2xf32>, %b: tensor<1x3xf32>) -> tensor<1x7xf32> {
  %0 = "onnx.Concat"(%a, %b) {axis = 1 : si64} : (tensor<1x2xf32>, tensor<1x3xf32>) -> tensor<1x5xf32>
  %1 = "onnx.Concat"(%a, %0) {axis = -1 : si64} : (tensor<1x2xf32>, tensor<1x5xf32>) -> tensor<1x7xf32>
  onnx.Return %1 : tensor<1x7xf32>
}
// CHECK-LABEL:  func.func @concat_of_concat
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Concat"(%arg0, %arg0, %arg1) <{axis = -1 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// What has no element goes, then what joins nothing.
// RULE: concat-of-nothing
// RULE: concat-of-one
func.func @concat_of_nothing(%a: tensor<2x3xf32>, %b: tensor<2x0xf32>) -> tensor<2x3xf32> {
  %0 = "onnx.Concat"(%a, %b) {axis = 1 : si64} : (tensor<2x3xf32>, tensor<2x0xf32>) -> tensor<2x3xf32>
  onnx.Return %0 : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @concat_of_nothing
// CHECK-NEXT:     onnx.Return %arg0

// -----
// RULE: concat-of-nothing-first
func.func @concat_of_nothing_first(%a: tensor<?x0xf32>, %b: tensor<?x3xf32>) -> tensor<?x6xf32> {
  %0 = "onnx.Concat"(%a, %b, %b) {axis = -1 : si64} : (tensor<?x0xf32>, tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x6xf32>
  onnx.Return %0 : tensor<?x6xf32>
}
// CHECK-LABEL:  func.func @concat_of_nothing_first
// CHECK-NEXT:     [[R0:%.+]] = "onnx.Concat"(%arg1, %arg1) <{axis = -1 : si64}>
// CHECK-NEXT:     onnx.Return [[R0]]

// -----
// RULE: split-of-elementwise
func.func @split_of_elementwise(%a: tensor<2x4xf32>) -> (tensor<2x1xf32>, tensor<2x3xf32>) {
  %c = onnx.Constant dense<[1, 3]> : tensor<2xi64>
  %0:2 = "onnx.Split"(%a, %c) {axis = 1 : si64} : (tensor<2x4xf32>, tensor<2xi64>) -> (tensor<2x1xf32>, tensor<2x3xf32>)
  %1 = "onnx.LeakyRelu"(%0#0) {alpha = 0.5 : f32} : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %2 = "onnx.LeakyRelu"(%0#1) {alpha = 0.5 : f32} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  onnx.Return %1, %2 : tensor<2x1xf32>, tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @split_of_elementwise
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[1, 3]> : tensor<2xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.LeakyRelu"(%arg0) <{alpha = 5.000000e-01 : f32}>
// CHECK-NEXT:     [[R2:%.+]]:2 = "onnx.Split"([[R1]], [[R0]]) <{axis = 1 : si64}>
// CHECK-NEXT:     onnx.Return [[R2]]#0, [[R2]]#1

// -----
// RULE: layout-of-layout
func.func @layout_of_layout(%a: tensor<5x3x8x8xf32>) -> tensor<5x3x8x8xf32> {
  %0 = "onnx.LayoutTransform"(%a) {target_layout = #onnx.layout<{dataLayout = "NCHW4C"}>} : (tensor<5x3x8x8xf32>) -> tensor<5x3x8x8xf32, #onnx.layout<{dataLayout = "NCHW4C"}>>
  %1 = "onnx.LayoutTransform"(%0) : (tensor<5x3x8x8xf32, #onnx.layout<{dataLayout = "NCHW4C"}>>) -> tensor<5x3x8x8xf32>
  onnx.Return %1 : tensor<5x3x8x8xf32>
}
// CHECK-LABEL:  func.func @layout_of_layout
// CHECK-NEXT:     onnx.Return %arg0

// -----
// Two exchanges of the axes are none.
// RULE: transform-of-transform
func.func @transform_of_transform(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = "onnx.ShapeTransform"(%a) {index_map = affine_map<(d0, d1) -> (d1, d0)>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = "onnx.ShapeTransform"(%0) {index_map = affine_map<(d0, d1) -> (d1, d0)>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  onnx.Return %1 : tensor<2x3xf32>
}
// CHECK-LABEL:  func.func @transform_of_transform
// CHECK-NEXT:     onnx.Return %arg0

// -----
// RULE: upsampling-by-one
func.func @upsampling_by_one(%a: tensor<1x2xf32>) -> tensor<1x5xf32> {
  %0 = "onnx.UpsampleAndPad"(%a) {strides = [1], pads = [1, 2]} : (tensor<1x2xf32>) -> tensor<1x5xf32>
  onnx.Return %0 : tensor<1x5xf32>
}
// CHECK-LABEL:  func.func @upsampling_by_one
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<[0, 1, 0, 2]> : tensor<4xi64>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.NoValue"()
// CHECK-NEXT:     [[R2:%.+]] = "onnx.Pad"(%arg0, [[R0]], [[R1]], [[R1]]) <{mode = "constant"}>
// CHECK-NEXT:     onnx.Return [[R2]]

// -----
// The only sequence is as long as X.
// RULE: known-sequence-length
func.func @known_sequence_length(%x: tensor<7x1x3xf32>, %w: tensor<1x4x3xf32>, %r: tensor<1x4x4xf32>) -> tensor<1x1x4xf32> {
  %n = "onnx.NoValue"() {value} : () -> none
  %l = onnx.Constant dense<7> : tensor<1xi32>
  %y, %h = "onnx.RNN"(%x, %w, %r, %n, %l, %n) {hidden_size = 4 : si64} : (tensor<7x1x3xf32>, tensor<1x4x3xf32>, tensor<1x4x4xf32>, none, tensor<1xi32>, none) -> (none, tensor<1x1x4xf32>)
  onnx.Return %h : tensor<1x1x4xf32>
}
// CHECK-LABEL:  func.func @known_sequence_length
// CHECK-NEXT:     [[R0:%.+]] = "onnx.NoValue"() <{value}>
// CHECK-NEXT:     [[R1:%.+]] = "onnx.NoValue"()
// CHECK:          = "onnx.RNN"(%arg0, %arg1, %arg2, [[R0]], [[R1]], [[R0]]) <{activations = ["Tanh", "Tanh"], direction = "forward", hidden_size = 4 : si64, layout = 0 : si64}>

// -----
// From 0 by 4 while less than 30: eight times.
// RULE: counted-loop
func.func @counted_loop(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = onnx.Constant dense<100> : tensor<i64>
  %1 = onnx.Constant dense<true> : tensor<i1>
  %2 = onnx.Constant dense<0> : tensor<i32>
  %3 = onnx.Constant dense<30> : tensor<i32>
  %4:2 = "onnx.Loop"(%0, %1, %2, %a) ({
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %k: tensor<i32>, %x: tensor<2xf32>):
    %5 = onnx.Constant dense<4> : tensor<i32>
    %6 = "onnx.Add"(%k, %5) : (tensor<i32>, tensor<i32>) -> tensor<i32>
    %7 = "onnx.Sin"(%x) : (tensor<2xf32>) -> tensor<2xf32>
    %8 = "onnx.Less"(%6, %3) : (tensor<i32>, tensor<i32>) -> tensor<i1>
    onnx.Yield %8, %6, %7 : tensor<i1>, tensor<i32>, tensor<2xf32>
  }) : (tensor<i64>, tensor<i1>, tensor<i32>, tensor<2xf32>) -> (tensor<i32>, tensor<2xf32>)
  onnx.Return %4#1 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @counted_loop
// CHECK-NEXT:     [[R0:%.+]] = onnx.Constant dense<4> : tensor<i32>
// CHECK-NEXT:     [[R1:%.+]] = onnx.Constant dense<true> : tensor<i1>
// CHECK-NEXT:     [[R2:%.+]] = onnx.Constant dense<0> : tensor<i32>
// CHECK-NEXT:     [[R3:%.+]] = onnx.Constant dense<8> : tensor<i64>
// CHECK-NEXT:     [[R4:%.+]]:2 = "onnx.Loop"([[R3]], [[R1]], [[R2]], %arg0) ({
// CHECK:          [[R5:%.+]] = "onnx.Add"(%arg3, [[R0]])
// CHECK-NEXT:     [[R6:%.+]] = "onnx.Sin"(%arg4)
// CHECK-NEXT:     onnx.Yield %arg2, [[R5]], [[R6]]
// CHECK:          onnx.Return [[R4]]#1
