// --pass=options is pass{options}; a truth value may stand alone.
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --mark | FileCheck %s --check-prefix=DEFAULT
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --mark="word=x count=-3 scale=1e-3 loud" | FileCheck %s
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --pass-pipeline="builtin.module(mark{count=-3   loud=true scale=0.001 word=x})" | FileCheck %s
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/probe.py --mark=cuont=1 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// Options of MLIR's passes are MLIR's business.
// RUN: onnx-opt %s --inline="max-iterations=2 inlining-threshold=10" | FileCheck %s --check-prefix=PLAIN
// RUN: not onnx-opt %s --inline=max-iteration=2 2>&1 | FileCheck %s --check-prefix=UPSTREAM

// CHECK:    marked = "x,-3,0.001,True"
// DEFAULT:  marked = "none,1,0.5,False"
// PLAIN:    func.func private @f(){{$}}
// UNKNOWN:  {{^}}onnx-opt: error: pass 'mark' has no option 'cuont'; did you mean 'count'?
// UPSTREAM: {{^}}onnx-opt: error: pass 'inline' has no option 'max-iteration'
func.func private @f()
