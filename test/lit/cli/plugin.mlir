// A plugin's passes become flags, wherever the plugin's own flag stands.
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --mark | FileCheck %s
// RUN: onnx-opt --mark %s -load-pass-plugin %S/Inputs/probe.py | FileCheck %s

// What goes wrong in a plugin is the plugin's: one line with the place.
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --boom 2>&1 | FileCheck %s --check-prefix=BOOM
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/no-such-plugin.py 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/wrong_rule.py 2>&1 | FileCheck %s --check-prefix=RULE
// RUN: echo "def f(:" > %t.py
// RUN: not onnx-opt %s --load-pass-plugin=%t.py 2>&1 | FileCheck %s --check-prefix=SYNTAX
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --load-pass-plugin=%S/Inputs/probe.py 2>&1 | FileCheck %s --check-prefix=TWICE

// CHECK:     func.func private @f() attributes {marked
// BOOM:      {{^/.*}}Inputs/probe.py:{{[0-9]+:[0-9]+}}: error: KeyError: 'nothing' (in pass 'boom')
// BOOM-NOT:  {{.}}
// RULE:      Inputs/wrong_rule.py:9:1: error: RuleError: rule 'gemm-to-matmul': transposed(B, alpha): the attribute 'alpha' is no integer
// RULE-NOT:  {{.}}
// MISSING:   {{^}}onnx-opt: error: cannot read plugin '{{.*}}no-such-plugin.py': No such file or directory
// SYNTAX:    {{^.*}}.py:1:7: error: SyntaxError:
// TWICE:     {{^}}onnx-opt: error: plugin '{{.*}}probe.py': there is already a pass 'mark'
func.func private @f()
