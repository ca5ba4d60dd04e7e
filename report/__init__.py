# SPDX-License-Identifier: Apache-2.0
"""What passes did to a module, as one page to look at: `--report`."""
