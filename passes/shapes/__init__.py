# SPDX-License-Identifier: Apache-2.0
"""What can be known of shapes before a model runs."""
