// Text to a model and back; models in text formats are told by their suffix, and written as .onnx only.
// RUN: rm -rf %t && mkdir %t
// RUN: onnx-opt %s -o %t/model.onnx
// RUN: onnx-opt %t/model.onnx --quiet | FileCheck %s
// RUN: onnx-opt %s --emit=onnx | onnx-opt | FileCheck %s
// RUN: onnx-opt %t/model.onnx --mlir-timing -o %t/again.onnx 2>&1 | FileCheck %s --check-prefix=TIMING
// RUN: not onnx-opt %s -o %t/model.onnxtxt 2>&1 | FileCheck %s --check-prefix=TEXT
// RUN: not ls %t/model.onnxtxt

// TIMING: {{%}}) Import
// TIMING: {{%}}) Export

// TEXT: error: '{{.*}}model.onnxtxt': models are read from .onnxtxt files, but written as .onnx only

// CHECK:      func.func @main_graph(%arg0: tensor<?x2xf32> {onnx.dim_params = "0:batch", onnx.name = "x"}) -> (tensor<?x2xf32> {{.*}}onnx.name = "y"{{.*}}
// CHECK:        [[Y:%.+]] = "onnx.Relu"(%arg0)
// CHECK:        onnx.Return [[Y]] : tensor<?x2xf32>
// CHECK:      "onnx.EntryPoint"() <{func = @main_graph}> : () -> ()
func.func @main_graph(%arg0: tensor<?x2xf32> {onnx.dim_params = "0:batch", onnx.name = "x"}) -> (tensor<?x2xf32> {onnx.dim_params = "0:batch", onnx.name = "y"}) {
  %0 = "onnx.Relu"(%arg0) : (tensor<?x2xf32>) -> tensor<?x2xf32>
  onnx.Return %0 : tensor<?x2xf32>
}
"onnx.EntryPoint"() <{func = @main_graph}> : () -> ()
