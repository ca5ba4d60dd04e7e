# SPDX-License-Identifier: Apache-2.0
"""`--generate-checks`: FileCheck lines for what is printed, in the text that it is printed for.

Text in, text out: nothing here knows MLIR.  A printed line is a pattern (`patterns.py`); the patterns of a section come
as blocks, one a function (`printed.py`); and each block has its place in the section's source (`placing.py`).
"""

from .placing import with_checks, without_checks

__all__ = ["with_checks", "without_checks"]
