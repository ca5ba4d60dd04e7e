# SPDX-License-Identifier: Apache-2.0
"""`--report` and `Module.run(report=...)`: the file, what stands in it, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from report_models import blocks, data_of

import onnx_opt

PLUGIN = '''\
# SPDX-License-Identifier: Apache-2.0
"""A wrong rule."""
from onnx_opt.passes.rewriting import RewritePass, value
from onnx_opt.passes.rewriting.ops import Relu

x = value("x")
PASS = RewritePass(argument="drop-relu", summary="Drop every Relu", before=Relu(x), after=x)
'''


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Two blocks, each with a fold."""
    path = tmp_path / "model.onnx"
    onnx.save(blocks(2), path)
    return path


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "onnx_opt", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_report_is_all_that_is_written(model: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = run(model, "--fold-bn", f"--report={page}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    data = data_of(page)
    assert data["title"] == "model.onnx"
    assert data["command"] == "--fold-bn"
    assert data["states"] == {"kept": 6, "changed": 2, "removed": 2}
    assert data["ops"][0] == ["Conv", 4, 4]
    assert ["BatchNormalization", 2, 0] in data["ops"]
    assert [len(data["done"]), data["told"]] == [2, [2, 0]]
    fold = data["done"][0]
    assert [data["nodes"][place]["name"] for place in fold["at"]] == ["bn0", "conv0"]
    figures = {term: numbers for term, _, numbers, _ in fold["figures"]}
    assert "s = scale / sqrt(var + epsilon)" in "\n".join(data["rules"][fold["rule"]]["equation"])
    scale, var = (
        onnx.numpy_helper.to_array(each)
        for name in ("scale0", "var0")
        for each in onnx.load(model).graph.initializer
        if each.name == name
    )
    expected = scale.astype(float) / (var.astype(float) + 1e-5) ** 0.5
    assert [float(n) for n in figures["s"][1:-1].split(",")] == pytest.approx(expected, rel=1e-5)


def test_with_an_output_both_are_written(model: Path, tmp_path: Path) -> None:
    page, folded = tmp_path / "report.html", tmp_path / "folded.onnx"
    plain = tmp_path / "plain.onnx"
    assert run(model, "--fold-bn", f"--report={page}", "-o", folded).returncode == 0
    assert run(model, "--fold-bn", "-o", plain).returncode == 0
    assert folded.read_bytes() == plain.read_bytes()
    assert page.stat().st_size > 10_000


def test_python_callers_get_the_same(model: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = onnx_opt.load(model).run("fold-bn", report=str(page))
    assert "2 folded" in str(result)
    assert data_of(page)["told"] == [2, 0]


def test_what_was_left_alone_has_its_reason(model: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run(model, "--fold-bn-into-gemm", f"--report={page}")
    data = data_of(page)
    assert data["told"] == [0, 2]
    assert "not folded: " in data["left"][0]["text"]
    assert data["nodes"][data["left"][0]["at"][0]]["name"] == "bn0"


def test_numerics_stand_in_it_whether_they_hold_or_not(model: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = run(model, "--fold-bn", "--verify-numerics=1", f"--report={page}")
    assert done.returncode == 0
    assert "add1" in data_of(page)["numerics"]
    plugin, output = tmp_path / "drop_relu.py", tmp_path / "out.onnx"
    plugin.write_text(PLUGIN)
    wrong = run(
        *(model, f"--load-pass-plugin={plugin}", "--drop-relu", "--verify-numerics=1"),
        *(f"--report={page}", "-o", output),
    )
    assert wrong.returncode == 1
    assert not output.exists()
    assert "DEPARTS" in data_of(page)["numerics"]


def test_nothing_is_written_where_it_cannot_be(model: Path, tmp_path: Path) -> None:
    for target, reason in (
        (tmp_path / "no" / "report.html", "No such file"),
        (model, "it is needed for something else"),
    ):
        before = model.read_bytes()
        done = run(model, "--fold-bn", f"--report={target}")
        assert done.returncode == 1
        assert done.stdout == ""
        assert reason in done.stderr
        assert "Traceback" not in done.stderr
        assert model.read_bytes() == before


def test_an_invalid_input_leaves_no_page(tmp_path: Path) -> None:
    bad, page = tmp_path / "bad.mlir", tmp_path / "report.html"
    bad.write_text("func.func @f() {\n")
    assert run(bad, "--fold-bn", f"--report={page}").returncode == 1
    assert [*tmp_path.iterdir()] == [bad]


def test_sections_are_no_module(tmp_path: Path) -> None:
    text, page = tmp_path / "two.mlir", tmp_path / "report.html"
    text.write_text("module {\n}\n// -----\nmodule {\n}\n")
    done = run(text, "--split-input-file", f"--report={page}")
    assert "--report shows one module, and the input has 2" in done.stderr
    assert not page.exists()


def test_an_empty_module_has_a_page(tmp_path: Path) -> None:
    text, page = tmp_path / "empty.mlir", tmp_path / "report.html"
    text.write_text("module {\n}\n")
    assert run(text, f"--report={page}").returncode == 0
    assert data_of(page)["nodes"] == []


def test_names_are_data_and_never_markup(tmp_path: Path) -> None:
    hostile = "</script><script>alert(1)</script><!--\u2028&amp;"
    path, page = tmp_path / "model.onnx", tmp_path / "report.html"
    onnx.save(blocks(1, lambda name: f"{hostile}{name}"), path)
    assert run(path, "--fold-bn", f"--report={page}").returncode == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("<script") == text.count("</script") == 2
    assert "alert(1)<" not in text
    assert any(node["name"] == f"{hostile}conv0" for node in data_of(page)["nodes"])


def test_a_page_asks_nobody_for_anything(model: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run(model, "--fold-bn", f"--report={page}")
    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    links = {each for each in text.split('"') if each.startswith(("http:", "https:", "//"))}
    assert links == {"http://www.w3.org/2000/svg"}  # a name, no address


def test_a_thousand_nodes_stay_below_a_megabyte(tmp_path: Path) -> None:
    path, page = tmp_path / "model.onnx", tmp_path / "report.html"
    onnx.save(blocks(199), path)
    assert run(path, "--fold-bn", f"--report={page}").returncode == 0
    data = data_of(page)
    assert len(data["nodes"]) == 5 * 199 + 2
    assert data["hidden"] == 0
    assert page.stat().st_size < 1_000_000


def test_a_larger_model_stays_below_it_too(tmp_path: Path) -> None:
    path, page = tmp_path / "model.onnx", tmp_path / "report.html"
    onnx.save(blocks(1000), path)
    assert run(path, "--fold-bn", f"--report={page}").returncode == 0
    data = data_of(page)
    assert data["hidden"] > 2000
    assert data["told"] == [1000, 0]
    assert page.stat().st_size < 1_500_000


def test_unused_it_is_not_imported(model: Path) -> None:
    program = "import sys, onnx_opt.cli; onnx_opt.cli.main(sys.argv[1:]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program, str(model), "--fold-bn", "-o", "/dev/null"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "onnx_opt.driver" in done.stdout
    assert "onnx_opt.report" not in {*done.stdout.split()}
    assert "onnx_opt.passes.rewriting.figures" not in {*done.stdout.split()}
