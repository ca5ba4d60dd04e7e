# SPDX-License-Identifier: Apache-2.0
"""What docs/editors.md and the extension for VS Code say of the server is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "editors.md").read_text()
EXTENSION = ROOT / "editors" / "vscode"
OPTION = "allowUnregisteredDialect"


def block(language: str, number: int = 0) -> str:
    return str(re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number])


def test_every_editor_gives_the_option_that_the_server_reads() -> None:
    assert f'"{OPTION}"' in (ROOT / "language_server" / "server.py").read_text()
    for language in ("lua", "elisp", "toml", "json"):
        assert OPTION in block(language), language


def test_helix_can_read_its_settings() -> None:
    tomllib = pytest.importorskip("tomllib")  # from Python 3.11 on
    settings = tomllib.loads(block("toml"))
    (language,) = settings["language"]
    assert set(language["language-servers"]) == set(settings["language-server"])


def test_the_extension_is_whole() -> None:
    package: Any = json.loads((EXTENSION / "package.json").read_text())
    code = (EXTENSION / package["main"]).read_text()
    settings = package["contributes"]["configuration"]["properties"]
    assert {f"onnxLsp.{name}" for name in re.findall(r'settings.get\("(\w+)"\)', code)} == {
        *settings
    }
    assert set(json.loads(block("json"))) == set(settings)
    (language,) = package["contributes"]["languages"]
    assert json.loads((EXTENSION / language["configuration"]).read_text())
    assert f'language: "{language["id"]}"' in code
    for required in re.findall(r'require\("([\w-]+)', code):
        assert required == "vscode" or required in package["dependencies"]
    assert f"onnx-opt-{package['version']}.vsix" in PAGE


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "onnx_opt.language_server.command", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, input="")


def test_the_command_knows_its_arguments() -> None:
    from onnx_opt import __version__

    assert run("--version").stdout == f"onnx-lsp {__version__}\n"
    wrong = run("--port=1")
    assert wrong.returncode == 1
    assert wrong.stderr == "onnx-lsp: error: unknown argument '--port=1'; see onnx-lsp --help\n"
    # An editor that goes away without a word.
    assert run("--stdio").returncode == 0


def test_without_pygls_the_command_says_what_to_install() -> None:
    code = "import sys; sys.modules['pygls'] = None\nfrom onnx_opt.language_server.command import main\nsys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'onnx-opt[lsp]'" in done.stderr and "Traceback" not in done.stderr


def test_nobody_else_pays_for_it() -> None:
    code = (
        "import sys, onnx_opt.cli\n"
        "assert onnx_opt.cli.main(['--list-passes']) == 0\n"
        "print(sorted(m for m in sys.modules if 'language_server' in m or 'pygls' in m or 'lsprotocol' in m))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n[]\n")
