# SPDX-License-Identifier: Apache-2.0
"""What a constant is: arrays, and the elements attributes that hold them."""
