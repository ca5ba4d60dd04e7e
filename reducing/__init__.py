# SPDX-License-Identifier: Apache-2.0
"""Test case reduction: the smallest module on which something still goes wrong.

    reduction     the stages: functions, ops, results, sizes, constants, each as long as it goes wrong the same way
      search      what is tried, in which order, until when
        attempts  one try, in a process of its own
        wrongs    what goes wrong, and whether two wrongs are the same
      cutting     fewer ops and results of a function
      values      what cut values are when the model runs
      shrinking   smaller sizes, plainer constants

docs/reducing.md is for its users.
"""

from __future__ import annotations

from .reduction import Reduction
from .wrongs import Wrong, wrong_error, wrong_exception, wrong_script

__all__ = ["Reduction", "Wrong", "wrong_error", "wrong_exception", "wrong_script"]
