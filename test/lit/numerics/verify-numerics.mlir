// --verify-numerics runs the module as it was and as it is.
// RUN: onnx-opt %s --fold-bn-into-gemm --verify-numerics -o %t.mlir 2>&1 | FileCheck %s --check-prefix=TABLE --match-full-lines
// RUN: FileCheck %s --input-file %t.mlir
// RUN: onnx-opt %s --fold-bn-into-gemm --verify-numerics=1 --verify-engine=reference -o %t.mlir 2>&1 | FileCheck %s --check-prefix=ONE --match-full-lines

// A pass that changes what is computed is an error, which names the output and leaves no file.
// RUN: rm -f %t.none
// RUN: not onnx-opt %s --load-pass-plugin=%S/Inputs/broken.py --drop-relu --verify-numerics -o %t.none 2>&1 | FileCheck %s --check-prefix=BROKEN
// RUN: not ls %t.none
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/broken.py --drop-relu --verify-numerics --atol=100 -o %t.none

// The sizes of open dimensions.
// RUN: onnx-opt %s --fold-bn-into-gemm --verify-numerics=1 --input-shape x=7x3 -o %t.mlir
// RUN: not onnx-opt %s --fold-bn-into-gemm --verify-numerics --input-shape=x=7x4 2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not onnx-opt %s --fold-bn-into-gemm --verify-numerics --input-shape=z=7x3 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not onnx-opt %s --fold-bn-into-gemm --verify-numerics --input=x=nowhere.npy 2>&1 | FileCheck %s --check-prefix=FILE

// An array of the user's own: with x = 0 what is left is the bias, 2 * (1 - 1) + 5.
// RUN: %python -c "import numpy, sys; numpy.save(sys.argv[1], numpy.zeros((2, 3), 'f'))" %t.npy
// RUN: onnx-opt %s --load-pass-plugin=%S/Inputs/broken.py --drop-relu --verify-numerics --input=x=%t.npy -o %t.mlir 2>&1 | FileCheck %s --check-prefix=GIVEN

// TABLE:      onnx-opt: --verify-numerics: @main_graph on 3 inputs, {{.+}}
// TABLE-NEXT:   output{{ +}}computed{{ +}}max abs{{ +}}max rel{{ +}}max ulp{{ +}}of tolerance
// TABLE-NEXT:   y{{ +}}in float32 {{.+}}
// TABLE-NEXT:   y{{ +}}exactly {{.+}}

// ONE:        onnx-opt: --verify-numerics: @main_graph on 1 input, onnx {{.+}}'s reference evaluator

// BROKEN:     y {{.+}} DEPARTS
// BROKEN:     verify-numerics.mlir: error: --verify-numerics: @main_graph: output 'y' was 0 and is -{{.+}} at [{{.+}}] of input {{.}}, where {{.+}} is rounding

// SHAPE:      error: --verify-numerics: the shape [7, 4] does not fit input 'x' (float32[?, 3])
// NAME:       error: --verify-numerics: --input-shape names 'z', but the inputs are: 'x' (float32[?, 3])
// FILE:       error: --verify-numerics: cannot read 'nowhere.npy' for --input x: No such file or directory
// GIVEN:      on 1 input,

// CHECK-NOT:  onnx.BatchNormalization

func.func @main_graph(%x: tensor<?x3xf32> {onnx.name = "x"}) -> (tensor<?x2xf32> {onnx.name = "y"}) {
  %b = onnx.Constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>
  %c = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[4.0, 3.0]> : tensor<2xf32>
  %bias = onnx.Constant dense<[5.0, 7.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %var = onnx.Constant dense<[4.0, 1.0]> : tensor<2xf32>
  %z = "onnx.Gemm"(%x, %b, %c) : (tensor<?x3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %n = "onnx.BatchNormalizationInferenceMode"(%z, %scale, %bias, %mean, %var) {epsilon = 0.0 : f32}
      : (tensor<?x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<?x2xf32>
  %y = "onnx.Relu"(%n) : (tensor<?x2xf32>) -> tensor<?x2xf32>
  onnx.Return %y : tensor<?x2xf32>
}
