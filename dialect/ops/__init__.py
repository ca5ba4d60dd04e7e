# SPDX-License-Identifier: Apache-2.0
"""What an op is: its operands, results, attributes and regions, from ONNX's schemas."""
