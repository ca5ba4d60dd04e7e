// RUN: onnx-opt %s --split-input-file | FileCheck %s
// RUN: onnx-opt %s --split-input-file | onnx-opt --split-input-file | FileCheck %s
// RUN: onnx-opt %s --split-input-file --mlir-print-op-generic | onnx-opt --split-input-file | FileCheck %s

// Text as onnx-mlir writes it, and its other spellings.

// The pretty forms.
func.func @pretty_forms(%shape: tensor<2xi64>) -> (tensor<2xf32>, tensor<*xf32>) {
  %0 = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %1 = "onnx.Constant"() <{value = dense<1> : tensor<i64>}> : () -> tensor<i64>
  %2 = onnx.Constant {value_ints = [1, 2]} : tensor<2xi64>
  %3 = onnx.ConstantOfShape(%shape) {value = dense<1.0> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<*xf32>
  %4 = onnx.ConstantOfShape(%shape) : (tensor<2xi64>) -> tensor<*xf32>
  onnx.Return %0, %3 : tensor<2xf32>, tensor<*xf32>
}
// CHECK-LABEL:  func.func @pretty_forms
// CHECK-SAME:     ([[SHAPE:%.+]]: tensor<2xi64>) -> (tensor<2xf32>, tensor<*xf32>)
// CHECK-NEXT:     [[C:%.+]] = onnx.Constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:     {{%.+}} = onnx.Constant dense<1> : tensor<i64>
// CHECK-NEXT:     {{%.+}} = onnx.Constant {value_ints = [1, 2]} : tensor<2xi64>
// CHECK-NEXT:     [[V:%.+]] = onnx.ConstantOfShape([[SHAPE]]) {value = dense<1.000000e+00> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<*xf32>
// CHECK-NEXT:     {{%.+}} = onnx.ConstantOfShape([[SHAPE]]) : (tensor<2xi64>) -> tensor<*xf32>
// CHECK-NEXT:     onnx.Return [[C]], [[V]] : tensor<2xf32>, tensor<*xf32>

// -----
// Inherent attributes are sorted, with defaults filled in; the others follow.
func.func @attributes(%a: tensor<1x2xf32>, %b: tensor<2x2xf32>) -> tensor<1x2xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %0 = "onnx.Gemm"(%a, %b, %none) {transB = 1 : si64, onnx_node_name = "fc", alpha = 2.0 : f32} : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>
  onnx.Return %0 : tensor<1x2xf32>
}
// CHECK-LABEL:  func.func @attributes
// CHECK-NEXT:     [[NONE:%.+]] = "onnx.NoValue"() <{value}> : () -> none
// CHECK-NEXT:     "onnx.Gemm"({{%.+}}, {{%.+}}, [[NONE]]) <{alpha = 2.000000e+00 : f32, beta = 1.000000e+00 : f32, transA = 0 : si64, transB = 1 : si64}> {onnx_node_name = "fc"} : (tensor<1x2xf32>, tensor<2x2xf32>, none) -> tensor<1x2xf32>

// -----
// Bodies.
func.func @regions(%cond: tensor<i1>, %n: tensor<i64>, %a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.If"(%cond) ({
    %1 = "onnx.Loop"(%n, %cond, %a) ({
    ^bb0(%i: tensor<i64>, %c: tensor<i1>, %x: tensor<2xf32>):
      "onnx.Yield"(%c, %x) : (tensor<i1>, tensor<2xf32>) -> ()
    }) {onnx_node_name = "loop"} : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  }, {
    onnx.Yield %a : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @regions
// CHECK-SAME:     ([[COND:%.+]]: tensor<i1>, [[N:%.+]]: tensor<i64>, [[A:%.+]]: tensor<2xf32>)
// CHECK-NEXT:     [[R:%.+]] = "onnx.If"([[COND]]) ({
// CHECK-NEXT:       [[L:%.+]] = "onnx.Loop"([[N]], [[COND]], [[A]]) ({
// CHECK-NEXT:       ^bb0({{%.+}}: tensor<i64>, [[C:%.+]]: tensor<i1>, [[X:%.+]]: tensor<2xf32>):
// CHECK-NEXT:         onnx.Yield [[C]], [[X]] : tensor<i1>, tensor<2xf32>
// CHECK-NEXT:       }) {onnx_node_name = "loop"} : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> tensor<2xf32>
// CHECK-NEXT:       onnx.Yield [[L]] : tensor<2xf32>
// CHECK-NEXT:     }, {
// CHECK-NEXT:       onnx.Yield [[A]] : tensor<2xf32>
// CHECK-NEXT:     }) : (tensor<i1>) -> tensor<2xf32>
// CHECK-NEXT:     onnx.Return [[R]] : tensor<2xf32>

// -----
// Types, an encoding, an affine map.
#map = affine_map<(d0, d1) -> (d1, d0)>
func.func @types(%seq: !onnx.Seq<tensor<*xf32>>, %opt: !onnx.Opt<tensor<2xi4>>, %str: tensor<2x!onnx.String>, %lay: tensor<1x4xf32, #onnx.layout<{dataLayout = "NCHW4C"}>>, %f8: tensor<2xf8E4M3FN>, %m: tensor<2x3xf32>) {
  %0 = "onnx.SequenceLength"(%seq) : (!onnx.Seq<tensor<*xf32>>) -> tensor<i64>
  %1 = "onnx.LayoutTransform"(%lay) : (tensor<1x4xf32, #onnx.layout<{dataLayout = "NCHW4C"}>>) -> tensor<1x4xf32>
  %2 = "onnx.ShapeTransform"(%m) {index_map = #map} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  onnx.Return
}
// CHECK:          [[MAP:#.+]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL:  func.func @types
// CHECK-SAME:     !onnx.Seq<tensor<*xf32>>, {{%.+}}: !onnx.Opt<tensor<2xi4>>, {{%.+}}: tensor<2x!onnx.String>, {{%.+}}: tensor<1x4xf32, #onnx.layout<{dataLayout = "NCHW4C"}>>, {{%.+}}: tensor<2xf8E4M3FN>
// CHECK-NEXT:     "onnx.SequenceLength"({{%.+}}) : (!onnx.Seq<tensor<*xf32>>) -> tensor<i64>
// CHECK-NEXT:     "onnx.LayoutTransform"({{%.+}}) : (tensor<1x4xf32, #onnx.layout<{dataLayout = "NCHW4C"}>>) -> tensor<1x4xf32>
// CHECK-NEXT:     "onnx.ShapeTransform"({{%.+}}) <{index_map = [[MAP]]}> : (tensor<2x3xf32>) -> tensor<3x2xf32>
// CHECK-NEXT:     onnx.Return{{$}}

// -----
// A whole model: names of inputs and outputs, symbolic dimensions, the entry point.
module attributes {llvm.data_layout = "e"} {
  func.func @main_graph(%arg0: tensor<?x2xf32> {onnx.dim_params = "0:batch", onnx.name = "x"}) -> (tensor<?x2xf32> {onnx.dim_params = "0:batch", onnx.name = "y"}) {
    %0 = "onnx.Relu"(%arg0) : (tensor<?x2xf32>) -> tensor<?x2xf32>
    return %0 : tensor<?x2xf32>
  }
  "onnx.EntryPoint"() {func = @main_graph} : () -> ()
}
// CHECK-LABEL:  func.func @main_graph
// CHECK-SAME:     ([[A:%.+]]: tensor<?x2xf32> {onnx.dim_params = "0:batch", onnx.name = "x"}) -> (tensor<?x2xf32> {onnx.dim_params = "0:batch", onnx.name = "y"})
// CHECK:          "onnx.Relu"([[A]]) : (tensor<?x2xf32>) -> tensor<?x2xf32>
// CHECK-NEXT:     return
// CHECK:          "onnx.EntryPoint"() <{func = @main_graph}> : () -> ()

// -----
// Constants with many bytes: hexadecimal, a resource, strings, sparse.
func.func @constants() {
  %0 = onnx.Constant dense<"0x0000803F0000C07F000080FF"> : tensor<3xf32>
  %1 = onnx.Constant dense_resource<w0> : tensor<3xi8>
  %2 = onnx.Constant dense<["a", "\22\\ \00\n"]> : tensor<2x!onnx.String>
  %3 = onnx.Constant sparse<[[0, 1], [1, 0]], [1.0, 2.0]> : tensor<2x2xf32>
  onnx.Return
}
{-#
  dialect_resources: {
    builtin: {
      w0: "0x0100000001FF7F"
    }
  }
#-}
// CHECK-LABEL:  func.func @constants
// CHECK-NEXT:     onnx.Constant dense<[1.000000e+00, 0x7FC00000, 0xFF800000]> : tensor<3xf32>
// CHECK-NEXT:     onnx.Constant dense<[1, -1, 127]> : tensor<3xi8>
// CHECK-NEXT:     onnx.Constant dense<["a", "\22\\ \00\0A"]> : tensor<2x!onnx.String>
// CHECK-NEXT:     onnx.Constant sparse<{{\[\[}}0, 1], [1, 0]], [1.000000e+00, 2.000000e+00]> : tensor<2x2xf32>

// -----
// Results of ops with several have the names of their definition; a name that is taken gets a suffix, and the others'
// numbers follow one another.  A variadic result has no name.
func.func @named_results(%x: tensor<4x3x2xf32>, %w: tensor<1x3x2xf32>, %r: tensor<1x3x3xf32>, %s: tensor<4x3xf32>) -> tensor<1x3x3xf32> {
  %none = "onnx.NoValue"() {value} : () -> none
  %a:2 = "onnx.RNN"(%x, %w, %r, %none, %none, %none) {hidden_size = 3 : si64} : (tensor<4x3x2xf32>, tensor<1x3x2xf32>, tensor<1x3x3xf32>, none, none, none) -> (tensor<4x1x3x3xf32>, tensor<1x3x3xf32>)
  %b = "onnx.Relu"(%a#1) : (tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  %Y_h, %Y = "onnx.RNN"(%x, %w, %r, %none, %none, %b) {hidden_size = 3 : si64} : (tensor<4x3x2xf32>, tensor<1x3x2xf32>, tensor<1x3x3xf32>, none, none, tensor<1x3x3xf32>) -> (none, tensor<1x3x3xf32>)
  %c:2 = "onnx.Split"(%s, %none) {axis = 0 : si64, num_outputs = 2 : si64} : (tensor<4x3xf32>, none) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  %d = "onnx.Add"(%Y, %a#1) : (tensor<1x3x3xf32>, tensor<1x3x3xf32>) -> tensor<1x3x3xf32>
  onnx.Return %d : tensor<1x3x3xf32>
}
// CHECK-LABEL:  func.func @named_results(
// CHECK:          %0 = "onnx.NoValue"()
// CHECK-NEXT:     %Y, %Y_h = "onnx.RNN"(%arg0, %arg1, %arg2, %0, %0, %0)
// CHECK-NEXT:     %1 = "onnx.Relu"(%Y_h)
// CHECK-NEXT:     %Y_0, %Y_h_1 = "onnx.RNN"(%arg0, %arg1, %arg2, %0, %0, %1)
// CHECK-NEXT:     %2:2 = "onnx.Split"(%arg3, %0)
// CHECK-NEXT:     %3 = "onnx.Add"(%Y_h_1, %Y_h)
// CHECK-NEXT:     onnx.Return %3

// -----
// Beside the elements a constant keeps what a model says of it, and nothing else.
func.func @attributes_of_constants() {
  %0 = onnx.Constant {name = "constant.0", value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %1 = onnx.Constant {onnx_node_name = "c", value = dense<1.0> : tensor<2xf32>} : tensor<2xf32>
  %2 = onnx.Constant {name = "constant.2", value_float = 1.0 : f32} : tensor<f32>
  return
}
// CHECK-LABEL:  func.func @attributes_of_constants(
// CHECK-NEXT:     onnx.Constant dense<1.000000e+00> : tensor<2xf32>
// CHECK-NEXT:     onnx.Constant {onnx_node_name = "c", value = dense<1.000000e+00> : tensor<2xf32>} : tensor<2xf32>
// CHECK-NEXT:     onnx.Constant {name = "constant.2", value_float = 1.000000e+00 : f32} : tensor<f32>
