# SPDX-License-Identifier: Apache-2.0
"""`--generate-checks`: what it writes passes, and fails when something else is printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from file_check import changed, passes, passes_llvm

from onnx_opt.checks import with_checks, without_checks
from onnx_opt.cli import main

ROOT = Path(__file__).resolve().parents[2]
RUN = re.compile(
    r"RUN: (onnx-opt [^|>&]*?)(?: \| FileCheck %s(?: --check-prefix(?:es)?=([\w-]+).*)?)?"
)


def lit_runs() -> list[tuple[Path, str, str]]:
    """The RUN lines of our lit tests that print text of the file itself: the file, the flags, the prefix."""
    found: list[tuple[Path, str, str]] = []
    for file in sorted(
        [*(ROOT / "test" / "lit").rglob("*.mlir"), *(ROOT / "examples").glob("*.mlir")]
    ):
        for line in file.read_text().splitlines():
            match = RUN.fullmatch(line.removeprefix("// "))
            if (
                match
                and "%s" in match[1]
                and " -o " not in match[1]
                and "--explain" not in match[1]
            ):
                found.append((file, match[1], match[2] or "CHECK"))
    return found


RUNS = lit_runs()


@pytest.mark.parametrize(
    ("file", "command", "prefix"), RUNS, ids=[f"{file.stem}-{prefix}" for file, _, prefix in RUNS]
)
def test_every_lit_test_can_be_generated(
    file: Path, command: str, prefix: str, tmp_path: Path
) -> None:
    """Made anew, both FileChecks pass it on what it prints itself, and none passes a change."""
    made, printed = tmp_path / "made.mlir", tmp_path / "printed.mlir"
    words = shlex.split(
        command.replace("%S", str(file.parent)).replace("- < %s", "%s").replace("< %s", "%s")
    )[1:]

    def run(source: Path, *more: str) -> str:
        assert main([*more, *(str(source) if word == "%s" else word for word in words)]) == 0
        return Path(more[-1]).read_text()

    checks = run(file, f"--generate-checks={prefix}", "-o", str(made))
    text = run(made, "-o", str(printed))
    assert run(made, f"--generate-checks={prefix}", "-o", str(printed)) == checks, (
        "not the same a second time"
    )
    assert without_checks(checks, prefix) == without_checks(file.read_text(), prefix)
    if not re.search(rf"// {prefix}[-:]", checks):
        assert "verify-diagnostics" in command, (
            "only where every section has an error nothing is checked"
        )
        return
    assert passes(checks, text, prefix)
    assert passes_llvm(made, text, prefix)
    assert not passes(checks, changed(text), prefix)


def test_there_are_lit_tests() -> None:
    assert len(RUNS) > 90


def function(name: str, *lines: str) -> str:
    return "\n".join([f"  func.func @{name}() {{", *(f"    {line}" for line in lines), "  }"])


def module(*functions: str) -> str:
    return "\n".join(["module {", *functions, "}", ""])


def label(name: str, prefix: str = "CHECK") -> str:
    return f"// {prefix}-LABEL:  func.func @{name}("


def order(text: str, *lines: str) -> bool:
    """Whether these lines stand in the text, in this order."""
    at = [text.split("\n").index(line) for line in lines]
    return at == sorted(at)


def test_each_function_has_its_checks_in_front() -> None:
    source = "// About f.\nfunc.func @f() {\n}\n\nfunc.func @g() {\n}\n"
    checks = with_checks(source, module(function("f"), function("g")))
    assert order(
        checks, "// About f.", label("f"), "func.func @f() {", label("g"), "func.func @g() {"
    )
    assert without_checks(checks) == source


def test_new_checks_stand_where_earlier_ones_of_the_function_began() -> None:
    source = "\n".join(
        [
            "func.func @f() {",
            "  return",
            "  // CHECK-LABEL: func @f",
            "  // why",
            "  // CHECK:      return",
            "}",
            "func.func @g() {",
            "  // CHECK-NOT: call",
            "  call @f() : () -> () // CHECK-SAME: @f",
            "  return",
            "}",
        ]
    )
    checks = with_checks(source, module(function("f", "return"), function("g", "return")))
    assert order(checks, "func.func @f() {", "  return", f"  {label('f')}", "  // why", "}")
    assert order(checks, "func.func @g() {", f"  {label('g')}", "  call @f() : () -> ()")
    assert len(re.findall(r"// CHECK", checks)) == 2 * len(["LABEL", "SAME", "return", "}"])
    assert with_checks(checks, module(function("f", "return"), function("g", "return"))) == checks


def test_names_begin_anew_in_each_function() -> None:
    printed = module(function("f", "%0 = a.b"), function("g", "%0 = a.b"))
    checks = with_checks("", printed)
    assert checks.count("[[VAR_0_:%.+]] = a.b") == 2


def test_checks_keep_the_order_of_what_is_printed() -> None:
    """A function that the passes made, and two that changed places."""
    printed = module(function("g"), function("new"), function("f"))
    checks = with_checks("func.func @f()\nfunc.func @g()\n", printed)
    assert order(checks, "func.func @f()", label("g"), label("new"), label("f"), "func.func @g()")
    assert passes(checks, printed)


def test_other_prefixes_stay() -> None:
    source = "// RUN: x\n// CHECK: a\n// OTHER: a\n// OTHER-CHECK: a\n// CHECK-OTHER: a\nfunc.func @f()\n"
    checks = with_checks(source, module(function("f")), "OTHER")
    assert label("f", "OTHER") in checks
    assert without_checks(checks, "OTHER") == source.replace("// OTHER: a\n", "")


def test_what_is_gone_must_stay_away() -> None:
    source = "func.func @f()\nfunc.func @gone()\nfunc.func @g()\n"
    printed = module(function("f"), function("g"))
    checks = with_checks(source, printed)
    assert order(checks, label("f"), "// CHECK-NOT:    func.func{{.*}}@gone(", label("g"))
    assert passes(checks, printed)
    assert not passes(checks, module(function("f"), function("gone"), function("g")))


def test_an_expected_error_stays_above_its_line() -> None:
    source = "// expected-error @+1 {{no}}\nfunc.func @f()\n"
    assert with_checks(source, module(function("f"))).endswith(source)


def test_names_that_come_again_are_others() -> None:
    """Both regions call their value `%1`; a test must not depend on that."""
    region = ["%1 = a.b(%0)", "c.d %1"]
    printed = module(
        function("f", "%0:2 = a.a", "e.f {", *region, "}, {", *region, "}", "g.h %0#1")
    )
    checks = with_checks("", printed)
    assert "[[VAR_0_:%.+]]:2 = a.a" in checks
    assert "[[VAR_1_1_:%.+]] = a.b([[VAR_0_]])" in checks
    assert "g.h [[VAR_0_]]#1" in checks
    before, region_text, behind = printed.rpartition("%1 = a.b(%0)\n    c.d %1")
    assert passes(checks, f"{before}{region_text.replace('%1', '%2')}{behind}")
    assert not passes(checks, printed.replace("c.d %1", "c.d %0"))


@pytest.mark.parametrize(
    "text",
    [
        "a.b dense<[[[1, 2]]]> : tensor<1x1x2xi64>",
        "a.b {{{x}}} {[[1]]} [{ }]",
        "%0 = a.b %c[%d] [[%e, %f]] {{%g}}",
        'a.b {x = "[[NO:%.+]] {{.*}} %arg0 \\" %1"}',
        "a.b affine_map<(d0) -> (d0)> : #alias",
        "a.b $x ^y (z|w)* \\d+ %x",
    ],
)
def test_what_filecheck_would_read_is_escaped(text: str, tmp_path: Path) -> None:
    printed = module(function("f", text))
    made = tmp_path / "made.mlir"
    made.write_text(with_checks("", printed))
    assert passes(made.read_text(), printed)
    assert passes_llvm(made, printed)
    for index in (match.start() for match in re.finditer(r"[][{}]", text)):
        other = module(function("f", f"{text[:index]}_{text[index + 1 :]}"))
        assert not passes(made.read_text(), other), other


def test_aliases_are_variables() -> None:
    printed = "#map = affine_map<(d0) -> (d0)>\n" + module(function("f", "a.b #map, #other.x"))
    checks = with_checks("", printed)
    assert "// CHECK-DAG:  [[MAP_0_:#.+]] = affine_map<(d0) -> (d0)>" in checks
    assert "a.b [[MAP_0_]], #other.x" in checks
    assert passes(checks, printed.replace("#map", "#map7"))


def test_many_parameters_cost_nothing(tmp_path: Path) -> None:
    """`.+` for each would try every way to share the line among them."""
    parameters = ", ".join(f"%arg{n}: tensor<f32>" for n in range(40))
    printed = module(f"  func.func @f({parameters}) {{", "    return", "  }")
    made = tmp_path / "made.mlir"
    made.write_text(with_checks("", printed))
    assert passes(made.read_text(), printed) and passes_llvm(made, printed)
    assert not passes(
        made.read_text(), printed.replace("%arg39: tensor<f32>", "%arg39: tensor<f16>")
    )


def test_long_literals_are_cut_in_checks_and_whole_in_the_source(tmp_path: Path) -> None:
    elements = "0x" + "".join(f"{n % 256:02X}000000" for n in range(1000))
    source = tmp_path / "long.mlir"
    source.write_text(
        "func.func @f() -> tensor<1000xi32> {\n"
        f'  %0 = onnx.Constant dense<"{elements}"> : tensor<1000xi32>\n'
        "  onnx.Return %0 : tensor<1000xi32>\n}\n"
    )
    made = tmp_path / "made.mlir"
    assert main([str(source), "--generate-checks", "-o", str(made)]) == 0
    assert made.read_text().endswith(source.read_text())
    (line,) = (line for line in made.read_text().splitlines() if "]] = onnx.Constant" in line)
    assert line.endswith('{{.*}}"> : tensor<1000xi32>')
    assert len(line) < 200


def test_nothing_is_written_if_a_section_is_wrong(tmp_path: Path) -> None:
    source = tmp_path / "wrong.mlir"
    text = "func.func @f() {\n  return\n}\n// -----\nfunc.func @g() {\n"
    source.write_text(text)
    command = [str(source), "--split-input-file", "--generate-checks", "-o", str(source)]
    assert main(command) == 1
    assert source.read_text() == text


def test_expected_errors_and_checks_in_one_file(tmp_path: Path) -> None:
    source = tmp_path / "both.mlir"
    right = "func.func @f() {\n  return\n}\n"
    wrong = "func.func @g() -> i32 {\n  // expected-error @+1 {{operands}}\n  return\n}\n"
    source.write_text(f"{right}// -----\n// CHECK: outdated\n{wrong}")
    command = [str(source), "--split-input-file", "--verify-diagnostics"]
    assert main([*command, "--generate-checks", "-o", str(source)]) == 0
    assert source.read_text().endswith(f"{right}// -----\n{wrong}")
    assert label("f") in source.read_text()
    assert main([*command, "-o", str(tmp_path / "printed.mlir")]) == 0


def test_a_marker_of_ones_own_stays(tmp_path: Path) -> None:
    source = tmp_path / "marked.mlir"
    source.write_text("func.func private @f()\n// HERE\nfunc.func private @g()\n")
    command = [str(source), "--split-input-file=// HERE", "--generate-checks", "-o", str(source)]
    assert main(command) == 0
    assert re.findall(r"// HERE|@[fg]\b", source.read_text()) == ["@f", "@f", "// HERE", "@g", "@g"]
