# SPDX-License-Identifier: Apache-2.0
"""Passes: from flags or a pipeline's text to a plan, and running it."""
