# SPDX-License-Identifier: Apache-2.0
"""What happens to files when disks, inputs or processes fail."""
