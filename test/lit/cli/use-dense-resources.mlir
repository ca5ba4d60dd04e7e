// Resources are printed where they stand; --use-dense-resources leaves them at the end.
// RUN: onnx-opt %s | FileCheck %s
// RUN: onnx-opt %s --mlir-print-op-generic | onnx-opt | FileCheck %s
// RUN: onnx-opt %s --use-dense-resources | onnx-opt | FileCheck %s
// RUN: onnx-opt %s --emit=mlirbc | onnx-opt | FileCheck %s
// RUN: onnx-opt %s --use-dense-resources | FileCheck %s --check-prefix=RESOURCES
// RUN: onnx-opt %s --mlir-elide-elementsattrs-if-larger=3 | FileCheck %s --check-prefix=ELIDED
// RUN: onnx-opt %s --mlir-elide-elementsattrs-if-larger=3 --use-dense-resources | FileCheck %s --check-prefix=ELIDED-RESOURCES

func.func @f(%arg0: tensor<2xf32> {onnx.default_value = dense_resource<w> : tensor<2xf32>}) {
  %0 = onnx.Constant dense_resource<w> : tensor<2xf32>
  %1 = onnx.Constant dense_resource<splat> : tensor<4xi8>
  %2 = onnx.Constant dense_resource<"a name"> : tensor<4xf16>
  %3 = onnx.Constant dense_resource<absent> : tensor<2xf32>
  %4 = arith.constant dense_resource<w> : tensor<2xf32>
  onnx.Return
}
// CHECK:       func.func @f(%{{.*}}: tensor<2xf32> {onnx.default_value = dense<[1.000000e+00, -2.000000e+00]> : tensor<2xf32>})
// CHECK-NEXT:    onnx.Constant dense<[1.000000e+00, -2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT:    onnx.Constant dense<7> : tensor<4xi8>
// CHECK-NEXT:    onnx.Constant dense<[1.000000e+00, 1.500000e+00, 2.000000e+00, 0x7C00]> : tensor<4xf16>
// CHECK-NEXT:    onnx.Constant dense_resource<absent> : tensor<2xf32>
// Ops of other dialects keep the form that they have.
// CHECK-NEXT:    arith.constant dense_resource<w{{.*}}> : tensor<2xf32>
// CHECK:         w{{.*}}: "0x040000000000803F000000C0"
// CHECK-NOT:     splat

// RESOURCES:      onnx.default_value = dense_resource<w> : tensor<2xf32>}
// RESOURCES-NEXT:   onnx.Constant dense_resource<w> : tensor<2xf32>
// RESOURCES-NEXT:   onnx.Constant dense_resource<splat> : tensor<4xi8>
// RESOURCES-NEXT:   onnx.Constant dense_resource<"a name"> : tensor<4xf16>
// RESOURCES:        w: "0x040000000000803F000000C0"
// RESOURCES-NEXT:   splat: "0x0100000007070707"
// RESOURCES-NEXT:   "a name": "0x02000000003C003E0040007C"

// ELIDED:      onnx.Constant dense<[1.000000e+00, -2.000000e+00]> : tensor<2xf32>
// ELIDED-NEXT: onnx.Constant dense<7> : tensor<4xi8>
// ELIDED-NEXT: onnx.Constant dense_resource<__elided__> : tensor<4xf16>

// ELIDED-RESOURCES:      onnx.Constant dense_resource<w> : tensor<2xf32>
// ELIDED-RESOURCES-NEXT: onnx.Constant dense_resource<__elided__> : tensor<4xi8>
// ELIDED-RESOURCES-NEXT: onnx.Constant dense_resource<__elided__> : tensor<4xf16>

{-#
  dialect_resources: {
    builtin: {
      w: "0x040000000000803F000000C0",
      splat: "0x0100000007070707",
      "a name": "0x02000000003C003E0040007C"
    }
  }
#-}
