// The weights of a model in a file beside it: those of 16 bytes, or of 32 and more.
// RUN: rm -rf %t && mkdir %t
// RUN: onnx-opt %s -o %t/model.onnx --save-as-external-data --size-threshold=16
// RUN: ls -A %t | FileCheck %s --check-prefix=FILES
// RUN: onnx-opt %t/model.onnx | FileCheck %s
// FILES:      model.onnx
// FILES-NEXT: model.onnx.data
// FILES-NOT:  {{.}}

// RUN: rm %t/model.onnx.data
// RUN: not onnx-opt %t/model.onnx -o %t/new.onnx 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: model.onnx: error: cannot read external data 'model.onnx.data' of '{{.+}}': No such file or directory

// RUN: onnx-opt %s -o %t/model.onnx --save-as-external-data=weights --size-threshold=32
// RUN: ls -A %t | FileCheck %s --check-prefix=INSIDE
// INSIDE:      model.onnx
// INSIDE-NOT:  {{.}}

// RUN: not onnx-opt %s --save-as-external-data 2>&1 | FileCheck %s --check-prefix=TEXT
// TEXT: onnx-opt: error: --save-as-external-data is for models: write one with -o <file>.onnx or --emit=onnx

// CHECK: [[W:%.+]] = onnx.Constant {{.*}}dense<{{\[\[}}1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK: "onnx.MatMul"(%arg0, [[W]])
func.func @main_graph(%arg0: tensor<1x2xf32> {onnx.name = "x"}) -> (tensor<1x2xf32> {onnx.name = "y"}) {
  %0 = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %1 = "onnx.MatMul"(%arg0, %0) : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  onnx.Return %1 : tensor<1x2xf32>
}
"onnx.EntryPoint"() <{func = @main_graph}> : () -> ()
