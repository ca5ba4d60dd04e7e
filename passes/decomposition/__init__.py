# SPDX-License-Identifier: Apache-2.0
"""What ops are made of: each module decomposes the ops of one theme, as equations where an equation says it."""
