// RUN: onnx-opt %s --canonicalize | FileCheck %s

// Each power of the one before.  X ** n takes as many products as n has bits but the first, and one for each other 1 among them:
// together that is 393.
// RULE: pow-1
// RULE: pow-2
// RULE: pow-3
// RULE: pow-4
// RULE: pow-5
// RULE: pow-6
// RULE: pow-7
// RULE: pow-8
// RULE: pow-9
// RULE: pow-10
// RULE: pow-11
// RULE: pow-12
// RULE: pow-13
// RULE: pow-14
// RULE: pow-15
// RULE: pow-16
// RULE: pow-17
// RULE: pow-18
// RULE: pow-19
// RULE: pow-20
// RULE: pow-21
// RULE: pow-22
// RULE: pow-23
// RULE: pow-24
// RULE: pow-25
// RULE: pow-26
// RULE: pow-27
// RULE: pow-28
// RULE: pow-29
// RULE: pow-30
// RULE: pow-31
// RULE: pow-32
// RULE: pow-33
// RULE: pow-34
// RULE: pow-35
// RULE: pow-36
// RULE: pow-37
// RULE: pow-38
// RULE: pow-39
// RULE: pow-40
// RULE: pow-41
// RULE: pow-42
// RULE: pow-43
// RULE: pow-44
// RULE: pow-45
// RULE: pow-46
// RULE: pow-47
// RULE: pow-48
// RULE: pow-49
// RULE: pow-50
// RULE: pow-51
// RULE: pow-52
// RULE: pow-53
// RULE: pow-54
// RULE: pow-55
// RULE: pow-56
// RULE: pow-57
// RULE: pow-58
// RULE: pow-59
// RULE: pow-60
// RULE: pow-61
// RULE: pow-62
// RULE: pow-63
// RULE: pow-64
func.func @powers(%p0: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %n1 = onnx.Constant dense<1.0> : tensor<f32>
  %p1 = "onnx.Pow"(%p0, %n1) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n2 = onnx.Constant dense<2.0> : tensor<f32>
  %p2 = "onnx.Pow"(%p1, %n2) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n3 = onnx.Constant dense<3.0> : tensor<f32>
  %p3 = "onnx.Pow"(%p2, %n3) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n4 = onnx.Constant dense<4.0> : tensor<f32>
  %p4 = "onnx.Pow"(%p3, %n4) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n5 = onnx.Constant dense<5.0> : tensor<f32>
  %p5 = "onnx.Pow"(%p4, %n5) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n6 = onnx.Constant dense<6.0> : tensor<f32>
  %p6 = "onnx.Pow"(%p5, %n6) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n7 = onnx.Constant dense<7.0> : tensor<f32>
  %p7 = "onnx.Pow"(%p6, %n7) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n8 = onnx.Constant dense<8.0> : tensor<f32>
  %p8 = "onnx.Pow"(%p7, %n8) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n9 = onnx.Constant dense<9.0> : tensor<f32>
  %p9 = "onnx.Pow"(%p8, %n9) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n10 = onnx.Constant dense<10.0> : tensor<f32>
  %p10 = "onnx.Pow"(%p9, %n10) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n11 = onnx.Constant dense<11.0> : tensor<f32>
  %p11 = "onnx.Pow"(%p10, %n11) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n12 = onnx.Constant dense<12.0> : tensor<f32>
  %p12 = "onnx.Pow"(%p11, %n12) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n13 = onnx.Constant dense<13.0> : tensor<f32>
  %p13 = "onnx.Pow"(%p12, %n13) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n14 = onnx.Constant dense<14.0> : tensor<f32>
  %p14 = "onnx.Pow"(%p13, %n14) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n15 = onnx.Constant dense<15.0> : tensor<f32>
  %p15 = "onnx.Pow"(%p14, %n15) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n16 = onnx.Constant dense<16.0> : tensor<f32>
  %p16 = "onnx.Pow"(%p15, %n16) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n17 = onnx.Constant dense<17.0> : tensor<f32>
  %p17 = "onnx.Pow"(%p16, %n17) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n18 = onnx.Constant dense<18.0> : tensor<f32>
  %p18 = "onnx.Pow"(%p17, %n18) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n19 = onnx.Constant dense<19.0> : tensor<f32>
  %p19 = "onnx.Pow"(%p18, %n19) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n20 = onnx.Constant dense<20.0> : tensor<f32>
  %p20 = "onnx.Pow"(%p19, %n20) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n21 = onnx.Constant dense<21.0> : tensor<f32>
  %p21 = "onnx.Pow"(%p20, %n21) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n22 = onnx.Constant dense<22.0> : tensor<f32>
  %p22 = "onnx.Pow"(%p21, %n22) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n23 = onnx.Constant dense<23.0> : tensor<f32>
  %p23 = "onnx.Pow"(%p22, %n23) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n24 = onnx.Constant dense<24.0> : tensor<f32>
  %p24 = "onnx.Pow"(%p23, %n24) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n25 = onnx.Constant dense<25.0> : tensor<f32>
  %p25 = "onnx.Pow"(%p24, %n25) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n26 = onnx.Constant dense<26.0> : tensor<f32>
  %p26 = "onnx.Pow"(%p25, %n26) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n27 = onnx.Constant dense<27.0> : tensor<f32>
  %p27 = "onnx.Pow"(%p26, %n27) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n28 = onnx.Constant dense<28.0> : tensor<f32>
  %p28 = "onnx.Pow"(%p27, %n28) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n29 = onnx.Constant dense<29.0> : tensor<f32>
  %p29 = "onnx.Pow"(%p28, %n29) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n30 = onnx.Constant dense<30.0> : tensor<f32>
  %p30 = "onnx.Pow"(%p29, %n30) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n31 = onnx.Constant dense<31.0> : tensor<f32>
  %p31 = "onnx.Pow"(%p30, %n31) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n32 = onnx.Constant dense<32.0> : tensor<f32>
  %p32 = "onnx.Pow"(%p31, %n32) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n33 = onnx.Constant dense<33.0> : tensor<f32>
  %p33 = "onnx.Pow"(%p32, %n33) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n34 = onnx.Constant dense<34.0> : tensor<f32>
  %p34 = "onnx.Pow"(%p33, %n34) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n35 = onnx.Constant dense<35.0> : tensor<f32>
  %p35 = "onnx.Pow"(%p34, %n35) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n36 = onnx.Constant dense<36.0> : tensor<f32>
  %p36 = "onnx.Pow"(%p35, %n36) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n37 = onnx.Constant dense<37.0> : tensor<f32>
  %p37 = "onnx.Pow"(%p36, %n37) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n38 = onnx.Constant dense<38.0> : tensor<f32>
  %p38 = "onnx.Pow"(%p37, %n38) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n39 = onnx.Constant dense<39.0> : tensor<f32>
  %p39 = "onnx.Pow"(%p38, %n39) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n40 = onnx.Constant dense<40.0> : tensor<f32>
  %p40 = "onnx.Pow"(%p39, %n40) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n41 = onnx.Constant dense<41.0> : tensor<f32>
  %p41 = "onnx.Pow"(%p40, %n41) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n42 = onnx.Constant dense<42.0> : tensor<f32>
  %p42 = "onnx.Pow"(%p41, %n42) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n43 = onnx.Constant dense<43.0> : tensor<f32>
  %p43 = "onnx.Pow"(%p42, %n43) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n44 = onnx.Constant dense<44.0> : tensor<f32>
  %p44 = "onnx.Pow"(%p43, %n44) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n45 = onnx.Constant dense<45.0> : tensor<f32>
  %p45 = "onnx.Pow"(%p44, %n45) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n46 = onnx.Constant dense<46.0> : tensor<f32>
  %p46 = "onnx.Pow"(%p45, %n46) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n47 = onnx.Constant dense<47.0> : tensor<f32>
  %p47 = "onnx.Pow"(%p46, %n47) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n48 = onnx.Constant dense<48.0> : tensor<f32>
  %p48 = "onnx.Pow"(%p47, %n48) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n49 = onnx.Constant dense<49.0> : tensor<f32>
  %p49 = "onnx.Pow"(%p48, %n49) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n50 = onnx.Constant dense<50.0> : tensor<f32>
  %p50 = "onnx.Pow"(%p49, %n50) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n51 = onnx.Constant dense<51.0> : tensor<f32>
  %p51 = "onnx.Pow"(%p50, %n51) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n52 = onnx.Constant dense<52.0> : tensor<f32>
  %p52 = "onnx.Pow"(%p51, %n52) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n53 = onnx.Constant dense<53.0> : tensor<f32>
  %p53 = "onnx.Pow"(%p52, %n53) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n54 = onnx.Constant dense<54.0> : tensor<f32>
  %p54 = "onnx.Pow"(%p53, %n54) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n55 = onnx.Constant dense<55.0> : tensor<f32>
  %p55 = "onnx.Pow"(%p54, %n55) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n56 = onnx.Constant dense<56.0> : tensor<f32>
  %p56 = "onnx.Pow"(%p55, %n56) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n57 = onnx.Constant dense<57.0> : tensor<f32>
  %p57 = "onnx.Pow"(%p56, %n57) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n58 = onnx.Constant dense<58.0> : tensor<f32>
  %p58 = "onnx.Pow"(%p57, %n58) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n59 = onnx.Constant dense<59.0> : tensor<f32>
  %p59 = "onnx.Pow"(%p58, %n59) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n60 = onnx.Constant dense<60.0> : tensor<f32>
  %p60 = "onnx.Pow"(%p59, %n60) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n61 = onnx.Constant dense<61.0> : tensor<f32>
  %p61 = "onnx.Pow"(%p60, %n61) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n62 = onnx.Constant dense<62.0> : tensor<f32>
  %p62 = "onnx.Pow"(%p61, %n62) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n63 = onnx.Constant dense<63.0> : tensor<f32>
  %p63 = "onnx.Pow"(%p62, %n63) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  %n64 = onnx.Constant dense<64.0> : tensor<f32>
  %p64 = "onnx.Pow"(%p63, %n64) : (tensor<?x2xf32>, tensor<f32>) -> tensor<?x2xf32>
  onnx.Return %p64 : tensor<?x2xf32>
}
// CHECK-LABEL:  func.func @powers
// CHECK-COUNT-393: = "onnx.Mul"(
// CHECK-NEXT:     onnx.Return
