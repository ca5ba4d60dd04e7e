# SPDX-License-Identifier: Apache-2.0
"""`python -m onnx_opt` is `onnx-opt`."""

from .cli import command

command()
