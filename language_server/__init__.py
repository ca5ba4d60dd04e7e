# SPDX-License-Identifier: Apache-2.0
"""`onnx-lsp`: a language server for MLIR text with onnx ops, for any editor.

What an editor asks while somebody types is answered from the text itself, whether or not it is whole: `text`, `lexer`,
`structure` and `names` know lines, items and names, and need no MLIR.  What needs MLIR - to check, to format, to run a
pass - is done item by item in a process of its own (`worker`), which may die and is started anew (`workers`).
"""
