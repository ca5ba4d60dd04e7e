# SPDX-License-Identifier: Apache-2.0
"""Whether the rules of passes hold: both sides computed exactly, on what the rules admit."""
