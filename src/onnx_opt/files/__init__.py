# SPDX-License-Identifier: Apache-2.0
"""Bytes in and out of files and streams."""
