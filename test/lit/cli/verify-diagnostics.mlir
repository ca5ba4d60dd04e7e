// What the comments expect is reported, and nothing else: exit code 0.
// RUN: onnx-opt %s --split-input-file --verify-diagnostics
// RUN: onnx-opt %s --split-input-file -verify-diagnostics=all
// RUN: onnx-opt %s --split-input-file --verify-diagnostics=only-expected

// expected-error @+2 {{use of undeclared SSA value}}
func.func @line_below() {
  return %0 : i32
}

// -----
func.func @line_above() {
  return %0 : i32
  // expected-error @-1 {{undeclared SSA value name}}
}

// -----
func.func @this_line() {
  return %0 : i32 // expected-error {{use of undeclared}}
}

// -----
func.func @below() {
  // expected-error@below {{use of undeclared}}
  return %0 : i32
}

// -----
func.func @above() {
  return %0 : i32
  // expected-error@above {{use of undeclared}}
}

// -----
func.func @regular_expression() {
  // expected-error-re @+1 {{use of {{[a-z]+}} SSA {{val.e}} name}}
  return %0 : i32
}

// -----
func.func @regular_expression_without_suffix() {
  // expected-error @+1 {{use of {{[a-z]+}} SSA}}
  return %0 : i32
}

// -----
// expected-note @+1 {{see existing symbol definition here}}
func.func private @note()
// expected-error @+1 {{redefinition of symbol named 'note'}}
func.func private @note()

// -----
func.func @nothing() {
  return
}
