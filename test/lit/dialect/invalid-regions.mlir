// RUN: onnx-opt %s --split-input-file --verify-diagnostics

// Bodies and what ends them.

func.func @no_body(%c: tensor<i1>) {
  // expected-error @+1 {{'onnx.If' op expected 2 regions (then_branch, else_branch), got 0}}
  %0 = "onnx.If"(%c) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @body_without_end(%c: tensor<i1>, %a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.If' op region 'then_branch' must end in onnx.Yield, got onnx.Relu}}
  %0 = "onnx.If"(%c) ({
    %1 = "onnx.Relu"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  }, {
    onnx.Yield %a : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @yield_in_a_function() {
  // expected-error @+1 {{'onnx.Yield' op must stand in a region of an onnx op, got func.func}}
  onnx.Yield
}

// -----
func.func @return_in_the_middle(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Return' op must be the last op of its block}}
  "onnx.Return"() : () -> ()
  %0 = "onnx.Relu"(%a) : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @use_before_definition(%c: tensor<i1>, %a: tensor<2xf32>) {
  %0 = "onnx.If"(%c) ({
    // expected-error @+1 {{'onnx.Relu' op operand #0 does not dominate this use}}
    %1 = "onnx.Relu"(%2) : (tensor<2xf32>) -> tensor<2xf32>
    // expected-note @+1 {{operand defined here}}
    %2 = "onnx.Relu"(%a) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  }, {
    onnx.Yield %a : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @use_before_definition_inside(%c: tensor<i1>, %a: tensor<2xf32>) {
  %0 = "onnx.If"(%c) ({
    %1 = "onnx.If"(%c) ({
      // expected-error @+1 {{'onnx.Yield' op operand #0 does not dominate this use}}
      onnx.Yield %2 : tensor<2xf32>
    }, {
      onnx.Yield %a : tensor<2xf32>
    }) : (tensor<i1>) -> tensor<2xf32>
    // expected-note @+1 {{operand defined here}}
    %2 = "onnx.Relu"(%a) : (tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  }, {
    onnx.Yield %a : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @use_of_itself(%c: tensor<i1>, %a: tensor<2xf32>) {
  %0 = "onnx.If"(%c) ({
    // expected-error @+2 {{'onnx.Add' op operand #1 does not dominate this use}}
    // expected-note @+1 {{operand defined here}}
    %1 = "onnx.Add"(%a, %1) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.Yield %1 : tensor<2xf32>
  }, {
    onnx.Yield %a : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @then_yields_too_much(%c: tensor<i1>, %a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.If' op then branch #results=2 differ from if #results=1}}
  %0 = "onnx.If"(%c) ({
    onnx.Yield %a, %a : tensor<2xf32>, tensor<2xf32>
  }, {
    onnx.Yield %a : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @else_yields_too_little(%c: tensor<i1>, %a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.If' op else branch #results=0 differ from if #results=1}}
  %0 = "onnx.If"(%c) ({
    onnx.Yield %a : tensor<2xf32>
  }, {
    onnx.Yield
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @branches_of_another_type(%c: tensor<i1>, %a: tensor<2xf32>, %b: tensor<2xi64>) {
  // expected-error @+1 {{'onnx.If' op else branch disagrees on result type #1 of 1: expected tensor<2xf32>, got tensor<2xi64>}}
  %0 = "onnx.If"(%c) ({
    onnx.Yield %a : tensor<2xf32>
  }, {
    onnx.Yield %b : tensor<2xi64>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @branch_that_yields_a_sequence(%c: tensor<i1>, %a: tensor<2xf32>, %s: !onnx.Seq<tensor<2xf32>>) {
  // expected-error @+1 {{'onnx.If' op then branch disagrees on result type #1 of 1: expected tensor<2xf32>, got !onnx.Seq<tensor<2xf32>>}}
  %0 = "onnx.If"(%c) ({
    onnx.Yield %s : !onnx.Seq<tensor<2xf32>>
  }, {
    onnx.Yield %a : tensor<2xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @sequences_of_another_type(%c: tensor<i1>, %s: !onnx.Seq<tensor<2xf32>>, %t: !onnx.Seq<tensor<2xi64>>) {
  // expected-error @+1 {{'onnx.If' op else branch disagrees on result type #1 of 1}}
  %0 = "onnx.If"(%c) ({
    onnx.Yield %s : !onnx.Seq<tensor<2xf32>>
  }, {
    onnx.Yield %t : !onnx.Seq<tensor<2xi64>>
  }) : (tensor<i1>) -> !onnx.Seq<tensor<*xf32>>
  onnx.Return
}

// -----
// Shapes may differ.
func.func @branches_of_another_shape(%c: tensor<i1>, %a: tensor<2xf32>, %b: tensor<3x4xf32>) {
  %0 = "onnx.If"(%c) ({
    onnx.Yield %a : tensor<2xf32>
  }, {
    onnx.Yield %b : tensor<3x4xf32>
  }) : (tensor<i1>) -> tensor<2xf32>
  onnx.Return
}

// -----
// What reads a value that is wrong already, and the end behind it, are not blamed.
func.func @one_error_for_one_mistake(%x: tensor<2x3xf32>) -> tensor<7xf32> {
  // expected-error @+1 {{onnx.Softmax: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.Softmax"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<5xf32>
  %1 = "onnx.Transpose"(%0) {perm = [1, 0]} : (tensor<5xf32>) -> tensor<5xf32>
  onnx.Return %1 : tensor<5xf32>
}

// -----
func.func @no_end_and_an_error_there(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Softmax: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.Softmax"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
}

// -----
// expected-error @+1 {{'func.func' op must end each block in a terminator such as onnx.Return, got onnx.Relu}}
func.func @no_end(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{onnx.Softmax: 'axis' value is 2, accepted range is [-2, 1]}}
  %0 = "onnx.Softmax"(%x) {axis = 2 : si64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = "onnx.Relu"(%x) : (tensor<2x3xf32>) -> tensor<2x3xf32>
}

// -----
func.func @fused_yields_too_little(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Fused' op yield operand count (0) must match result count (1)}}
  %0 = "onnx.Fused"(%a) ({
  ^bb0(%b: tensor<2xf32>):
    onnx.Yield
  }) {kind = "k"} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @fused_takes_too_much(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Fused' op body block argument count (2) must match inputs count (1)}}
  %0 = "onnx.Fused"(%a) ({
  ^bb0(%b: tensor<2xf32>, %c: tensor<2xf32>):
    onnx.Yield %b : tensor<2xf32>
  }) {kind = "k"} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}

// -----
func.func @fused_takes_another_type(%a: tensor<2xf32>) {
  // expected-error @+1 {{'onnx.Fused' op body block argument 0 type tensor<3xf32> does not match input type tensor<2xf32>}}
  %0 = "onnx.Fused"(%a) ({
  ^bb0(%b: tensor<3xf32>):
    onnx.Yield %b : tensor<3xf32>
  }) {kind = "k"} : (tensor<2xf32>) -> tensor<2xf32>
  onnx.Return
}
