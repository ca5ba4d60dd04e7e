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
