# SPDX-License-Identifier: Apache-2.0
"""Where the external data of a model may lie.  Light: the command line asks before anything heavy is loaded."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath


def is_below_folder(location: str) -> bool:
    """Whether a location is a relative path that stays in the model's folder, on every system; links are not followed.

    Locations come from the model, so from anywhere: neither an absolute path, nor a drive, nor `..` leads out.
    """
    forms = (PurePosixPath(location), PureWindowsPath(location))
    return bool(location) and not any(
        form.is_absolute() or form.drive or ".." in form.parts for form in forms
    )
