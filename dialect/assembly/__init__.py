# SPDX-License-Identifier: Apache-2.0
"""How the dialect is written: text and bytecode in and out."""
