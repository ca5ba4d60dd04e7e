// RUN: onnx-opt %s --split-input-file --cse | FileCheck %s
// RUN: onnx-opt %s --split-input-file --cse --mlir-print-debuginfo | FileCheck %s --check-prefix=SAID

// Equal ops on equal operands are one op, and so are the ops that read them.
func.func @equal_ops(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %2 = "onnx.Neg"(%0) : (tensor<2xf32>) -> tensor<2xf32>
  %3 = "onnx.Neg"(%1) : (tensor<2xf32>) -> tensor<2xf32>
  %4 = "onnx.Add"(%2, %3) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %4 : tensor<2xf32>
}
// CHECK-LABEL:  func.func @equal_ops
// CHECK-NEXT:     [[E:%.+]] = "onnx.Exp"
// CHECK-NEXT:     [[N:%.+]] = "onnx.Neg"([[E]])
// CHECK-NEXT:     [[S:%.+]] = "onnx.Add"([[N]], [[N]])
// CHECK-NEXT:     onnx.Return [[S]]

// -----
// A name does not make an op different; the first one's survives.
func.func @names(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = "onnx.Exp"(%a) {onnx_node_name = "first"} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Exp"(%a) {onnx_node_name = "second"} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @names
// CHECK-NEXT:     [[E:%.+]] = "onnx.Exp"({{.*}}) {onnx_node_name = "first"}
// CHECK-NEXT:     onnx.Return [[E]], [[E]]

// -----
// Nor does anything else that a model says beside its graph, or a default that is written down.
func.func @words(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = "onnx.Transpose"(%a) {perm = [1, 0], onnx.outputs = ["s"], onnx.doc_string = "the first"} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = "onnx.Transpose"(%a) {perm = [1, 0], onnx.outputs = ["t"], onnx.metadata_props = [["k", "v"]], onnx.value_info = [""]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = "onnx.LeakyRelu"(%0) {onnx.outputs = ["u"]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = "onnx.LeakyRelu"(%1) {alpha = 0.01 : f32, onnx.attributes = ["alpha"], onnx.outputs = ["v"]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %4 = "onnx.Add"(%2, %3) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  onnx.Return %4 : tensor<2x2xf32>
}
// CHECK-LABEL:  func.func @words
// CHECK-NEXT:     [[S:%.+]] = "onnx.Transpose"(
// CHECK-NEXT:     [[U:%.+]] = "onnx.LeakyRelu"([[S]])
// CHECK-NEXT:     [[R:%.+]] = "onnx.Add"([[U]], [[U]])
// CHECK-NEXT:     onnx.Return [[R]]
// SAID-LABEL:   func.func @words
// SAID:           "onnx.Transpose"({{.*}} {onnx.doc_string = "the first", onnx.outputs = ["s"]}
// SAID:           "onnx.LeakyRelu"({{.*}} {onnx.outputs = ["u"]}

// -----
// Where an op runs is no mere word.
func.func @devices(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Exp"(%a) {onnx.device_configurations = ["configuration_id: \22gpus\22"]} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:   func.func @devices
// CHECK-COUNT-2:   "onnx.Exp"
// CHECK:           onnx.Return

// -----
// Attributes make ops different, and so do result types.
func.func @differences(%a: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<*xf32>, tensor<2x2xf32>) {
  %0 = "onnx.Transpose"(%a) {perm = [0, 1]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = "onnx.Transpose"(%a) {perm = [1, 0]} : (tensor<2x2xf32>) -> tensor<*xf32>
  %3 = "onnx.Transpose"(%a) {device = "cpu", perm = [1, 0]} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  onnx.Return %0, %1, %2, %3 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<*xf32>, tensor<2x2xf32>
}
// CHECK-LABEL:   func.func @differences
// CHECK-COUNT-4:   "onnx.Transpose"
// CHECK:           onnx.Return

// -----
// Two draws of a random number are two numbers.
func.func @random() -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = "onnx.RandomNormal"() {shape = [2]} : () -> tensor<2xf32>
  %1 = "onnx.RandomNormal"() {shape = [2]} : () -> tensor<2xf32>
  onnx.Return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:   func.func @random
// CHECK-COUNT-2:   "onnx.RandomNormal"
// CHECK:           onnx.Return

// -----
// Nothing is known of a custom op: it may do something each time.
func.func @custom(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = "onnx.Custom"(%a) {function_name = "f"} : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.Custom"(%a) {function_name = "f"} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:   func.func @custom
// CHECK-COUNT-2:   "onnx.Custom"
// CHECK:           onnx.Return

// -----
// A body sees what stands outside and before it; its own ops are seen by nobody else.
func.func @regions(%a: tensor<2xf32>, %cond: tensor<i1>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = "onnx.If"(%cond) ({
    %2 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
    %3 = "onnx.Neg"(%2) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %3 : tensor<2xf32>
  }, {
    %4 = "onnx.Neg"(%0) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %4 : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  %5 = "onnx.Neg"(%0) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %1, %5 : tensor<2xf32>, tensor<2xf32>
}
// CHECK-LABEL:  func.func @regions
// CHECK-NEXT:     [[E:%.+]] = "onnx.Exp"
// CHECK-NEXT:     [[R:%.+]] = "onnx.If"
// CHECK-NEXT:       [[T:%.+]] = "onnx.Neg"([[E]])
// CHECK-NEXT:       onnx.Yield [[T]]
// CHECK-NEXT:     }, {
// CHECK-NEXT:       [[F:%.+]] = "onnx.Neg"([[E]])
// CHECK-NEXT:       onnx.Yield [[F]]
// CHECK-NEXT:     })
// CHECK-NEXT:     [[N:%.+]] = "onnx.Neg"([[E]])
// CHECK-NEXT:     onnx.Return [[R]], [[N]]

// -----
// Functions share nothing; ops of other dialects are MLIR's to merge.
func.func @one(%a: tensor<2xf32>) -> tensor<2xf32> {
  %0 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return %0 : tensor<2xf32>
}
func.func @two(%a: tensor<2xf32>, %x: i32) -> (tensor<2xf32>, i32, i32) {
  %0 = "onnx.Exp"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = arith.addi %x, %x : i32
  %2 = arith.addi %x, %x : i32
  return %0, %1, %2 : tensor<2xf32>, i32, i32
}
// CHECK-LABEL:  func.func @one
// CHECK-NEXT:     "onnx.Exp"
// CHECK-LABEL:  func.func @two
// CHECK-NEXT:     [[E:%.+]] = "onnx.Exp"
// CHECK-NEXT:     [[S:%.+]] = arith.addi
// CHECK-NEXT:     return [[E]], [[S]], [[S]]
