# SPDX-License-Identifier: Apache-2.0
"""The child process: does one task and leaves the answer in a file.  An engine that crashes ends only this process."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

from .errors import described


def main(folder: str) -> None:
    """Do the task that lies in `folder`, a folder that only the parent process writes to."""
    warnings.simplefilter("ignore")
    kind, arguments = pickle.loads(Path(folder, "task").read_bytes())
    answer: tuple[str, Any]
    try:
        answer = ("ok", _FUNCTIONS[kind](*arguments))
    except Exception as error:
        answer = ("error", described(error))
    with Path(folder, "answer").open("wb") as stream:
        pickle.dump(answer, stream, protocol=5)


def _run(*arguments: Any) -> Any:
    from .execution import run_models

    return run_models(*arguments)


def _exact(*arguments: Any) -> Any:
    from .exact import run_exact

    return run_exact(*arguments)


_FUNCTIONS = {"run": _run, "exact": _exact}
