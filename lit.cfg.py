# SPDX-License-Identifier: Apache-2.0
"""The lit suite: test/lit and examples, with the tools of the environment that runs lit.

The tools are looked for next to the interpreter first, so an environment need not be activated.
`FILECHECK=/usr/bin/FileCheck-14` checks with LLVM's FileCheck instead of PyPI's; `-D exec_root=DIR`
says where the tests may write.
"""

import os
import shlex
import shutil
import sys
import sysconfig
from pathlib import Path

import lit.formats

# Typed here because lit itself hands these two over.
config = globals()["config"]
lit_config = globals()["lit_config"]

ROOT = Path(__file__).resolve().parent
TOOLS = os.pathsep.join(
    [sysconfig.get_path("scripts"), str(Path(sys.executable).parent), config.environment["PATH"]]
)


def tool(name: str) -> str:
    """The command line of `name`, or the end of the run with what to do about it."""
    found = shutil.which(name, path=TOOLS)
    if found is None:
        lit_config.fatal(
            f"{name} is not in {sys.prefix}; run: {sys.executable} -m pip install '.[test]'"
        )
    return shlex.quote(found)


config.name = "onnx-opt"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "build", "dist"]
config.test_source_root = str(ROOT)
config.test_exec_root = lit_config.params.get("exec_root", str(ROOT / "build" / "lit"))

config.environment["PATH"] = TOOLS
tool("onnx-opt")
file_check = os.environ.get("FILECHECK") or tool("filecheck")
config.substitutions += [
    # As a command only: not as a part of a path or of another word.
    (r"(?<![-./\w])FileCheck(?![-./\w])", file_check),
    (r"%python", shlex.quote(sys.executable)),
]

if os.geteuid() != 0:
    # The superuser can read a file that says nobody may.
    config.available_features.add("permissions")
