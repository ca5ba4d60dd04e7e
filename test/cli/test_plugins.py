# SPDX-License-Identifier: Apache-2.0
"""A plugin's mistakes are told in one line that names the plugin, with exit code 1."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .conftest import Names, Run

NUL_ERROR = SyntaxError if sys.version_info >= (3, 11, 4) else ValueError
"""What Python's compiler raises for a NUL byte."""

GOOD = """
from onnx_opt.passes.rewriting.base import FunctionPass
def work(op):
    {body}
PASS = FunctionPass(argument="{name}", summary="A pass", function=work)
"""


def good(body: str = "pass", name: str = "my-pass") -> str:
    return GOOD.format(body=body, name=name)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x = 1\n1 / 0", "plugin.py:2:1: error: ZeroDivisionError: division by zero"),
        ("def f(:", "plugin.py:1:7: error: SyntaxError: invalid syntax"),
        (
            "import no_such_module",
            "plugin.py:1:1: error: ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("import sys\nsys.exit('bye')", "plugin.py:2:1: error: SystemExit: bye"),
        ("raise ValueError('two\\nlines')", "plugin.py:1:1: error: ValueError: two lines"),
        ("raise KeyError", "plugin.py:1:1: error: KeyError"),
        (
            "x = 1",
            "onnx-opt: error: plugin 'plugin.py' defines no pass: set PASS or PASSES at its top level",
        ),
        (
            "PASSES = []",
            "onnx-opt: error: plugin 'plugin.py' defines no pass: set PASS or PASSES at its top level",
        ),
        ("PASS = 3", "onnx-opt: error: plugin 'plugin.py': PASS and PASSES hold passes, not int"),
        (
            "PASSES = ['x']",
            "onnx-opt: error: plugin 'plugin.py': PASS and PASSES hold passes, not str",
        ),
        (
            "a\0b",
            f"plugin.py: error: {NUL_ERROR.__name__}: source code string cannot contain null bytes",
        ),
        (
            good(name="cse"),
            "onnx-opt: error: plugin 'plugin.py': there is already a pass 'cse', from onnx-opt itself",
        ),
        (
            good(name="help"),
            "onnx-opt: error: plugin 'plugin.py': a pass is called 'help', which is a flag of onnx-opt",
        ),
        (
            good(name="my pass"),
            "onnx-opt: error: plugin 'plugin.py': a pass is called 'my pass', which cannot be a flag",
        ),
    ],
)
def test_a_plugin_that_does_not_load(
    run: Run, tmp_path: Path, module: Path, content: str, said: str
) -> None:
    (tmp_path / "plugin.py").write_text(content)
    result = run("--load-pass-plugin=plugin.py", module)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", said + "\n")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("op.attributes['nope']", "plugin.py:4:5: error: KeyError: "),
        ("__import__('json').loads('{')", "plugin.py:4:5: error: JSONDecodeError: "),
        ("raise SystemExit(0)", "plugin.py:4:5: error: SystemExit: 0"),
    ],
)
def test_a_pass_that_raises(
    names: Names, run: Run, tmp_path: Path, module: Path, body: str, said: str
) -> None:
    (tmp_path / "plugin.py").write_text(good(body))
    result = run("--load-pass-plugin=plugin.py", "--my-pass", module, "-o", "out.mlir")
    assert result.returncode == 1
    assert result.stderr.startswith(said)
    assert result.stderr.endswith("(in pass 'my-pass')\n")
    assert result.stderr.count("\n") == 1
    assert names(tmp_path) == ["ok.mlir", "plugin.py"]


def test_a_pattern_that_raises(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plugin.py").write_text(
        "from onnx_opt.dialect.onnx import Relu\n"
        "from onnx_opt.passes.rewriting import RewritePass\n"
        "def pattern(op, rewriter):\n"
        "    raise RuntimeError('in a pattern')\n"
        "PASS = RewritePass(argument='my-pass', summary='A pass', patterns={Relu: pattern})\n"
    )
    result = run(
        "--load-pass-plugin=plugin.py",
        "--my-pass",
        input="func.func @f(%x: tensor<1xf32>) -> tensor<1xf32> {\n"
        '  %0 = "onnx.Relu"(%x) : (tensor<1xf32>) -> tensor<1xf32>\n'
        "  onnx.Return %0 : tensor<1xf32>\n}\n",
    )
    assert result.returncode == 1
    assert result.stderr == "plugin.py:4:5: error: RuntimeError: in a pattern (in pass 'my-pass')\n"


def test_a_callback_that_raises(run: Run, tmp_path: Path, module: Path) -> None:
    (tmp_path / "plugin.py").write_text(
        "from onnx_opt.passes.rewriting.base import FunctionPass\n"
        "def visit(op):\n"
        "    raise RuntimeError('in a callback')\n"
        "def work(op):\n"
        "    op.walk(visit)\n"
        "PASS = FunctionPass(argument='my-pass', summary='A pass', function=work)\n"
    )
    result = run("--load-pass-plugin=plugin.py", "--my-pass", module)
    assert result.returncode == 1
    assert (
        result.stderr == "plugin.py:3:5: error: RuntimeError: in a callback (in pass 'my-pass')\n"
    )


def test_a_plugin_may_import_its_neighbour(run: Run, tmp_path: Path, module: Path) -> None:
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "neighbour.py").write_text("def work(op):\n    print('worked')\n")
    (folder / "plugin.py").write_text(
        "from neighbour import work\n"
        "from onnx_opt.passes.rewriting.base import FunctionPass\n"
        "PASSES = (FunctionPass(argument='my-pass', summary='A pass', function=work),)\n"
    )
    result = run("--load-pass-plugin=plugins/plugin.py", "--my-pass", module, "-o", "/dev/null")
    assert (result.returncode, result.stdout, result.stderr) == (0, "worked\n", "")


def test_loading_leaves_no_bytecode_beside_the_plugin(
    names: Names, run: Run, tmp_path: Path, module: Path
) -> None:
    (tmp_path / "plugin.py").write_text(good())
    assert run("--load-pass-plugin=plugin.py", "--my-pass", module).returncode == 0
    assert names(tmp_path) == ["ok.mlir", "plugin.py"]


def test_two_plugins(run: Run, tmp_path: Path, module: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(good(f"print('{name}')", name=f"pass-{name}"))
    plugins = ["--load-pass-plugin=one.py", "--load-pass-plugin", "two.py"]
    result = run(*plugins, "--pass-two", "--pass-one", module, "-o", "/dev/null")
    assert (result.returncode, result.stdout) == (0, "two\none\n")


def test_a_plugin_builds_ops_of_any_dialect(run: Run, tmp_path: Path, module: Path) -> None:
    """Ones that the input does not have, as MLIR knows them."""
    build = (
        "from onnx_opt.dialect.bindings import ir\n"
        "    i32 = ir.IntegerType.get_signless(32)\n"
        "    body = op.regions[0].blocks[0]\n"
        "    with ir.InsertionPoint.at_block_begin(body), ir.Location.unknown():\n"
        "        ir.Operation.create('emitc.constant', [i32], attributes={'value': ir.IntegerAttr.get(i32, 1)})"
    )
    (tmp_path / "plugin.py").write_text(good(build))
    result = run("--load-pass-plugin=plugin.py", "--my-pass", module)
    assert (result.returncode, result.stderr) == (0, "")
    assert '"emitc.constant"() <{value = 1 : i32}>' in result.stdout


def test_what_a_plugin_leaves_to_the_end_is_done(run: Run, tmp_path: Path, module: Path) -> None:
    """The process ends without taking Python apart."""
    body = (
        "import atexit, sys\n    sys.stdout.write('buffered ')\n    atexit.register(print, 'done')"
    )
    (tmp_path / "plugin.py").write_text(good(body))
    result = run("--load-pass-plugin=plugin.py", "--my-pass", module, "-o", "/dev/null")
    assert (result.returncode, result.stdout, result.stderr) == (0, "buffered done\n", "")
