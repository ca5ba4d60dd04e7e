# SPDX-License-Identifier: Apache-2.0
"""What several ops are together: each module finds one op of ONNX in the ops that it is made of."""
