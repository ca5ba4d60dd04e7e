# SPDX-License-Identifier: Apache-2.0
"""What goes to standard error: diagnostics, how they compare with expected ones, progress and times."""
