# SPDX-License-Identifier: Apache-2.0
"""A page in a real browser: Chromium without a window, driven by Selenium.

Skipped where either is missing: `pip install '.[browser]'`, and Debian's chromium and chromium-driver.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
import pytest
from report_models import blocks

import onnx_opt

webdriver: Any = pytest.importorskip("selenium.webdriver", reason="no selenium here")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium with driver here")

ATTACK = (
    "</script><img src=x onerror=document.title='hit'><script>document.title='hit'</script>\"'>"
)


class Browser:
    """A browser, and what its pages have said and asked for."""

    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in (
            *("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage"),
            *("window-size=1400,940", "hide-scrollbars", "disable-background-networking"),
        ):
            options.add_argument(f"--{argument}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = webdriver.ChromeService(DRIVER)
        self.driver = webdriver.Chrome(options=options, service=service)

    def open(self, page: Path) -> None:
        """Show a file; what was logged before is forgotten."""
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(page.as_uri())

    def dark(self, dark: bool) -> None:
        """What the system prefers."""
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def js(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.js(
            "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)",
            selector,
        )
        return found

    def click(self, pane: str, name: str) -> None:
        """Click on the node of a name, with the mouse."""
        for node in self.driver.find_elements("css selector", f"#{pane} .node"):
            if name in [text.text for text in node.find_elements("tag name", "text")]:
                webdriver.ActionChains(self.driver).move_to_element(node).click().perform()
                return
        raise AssertionError(f"{name} is not there")

    @property
    def errors(self) -> list[str]:
        """What stands on the console."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    @property
    def asked_for(self) -> set[str]:
        """Every address that was requested, but for those that the browser has blocked."""
        asked: dict[str, str] = {}
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            found = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                asked[found["requestId"]] = found["request"]["url"]
            elif found.get("blockedReason"):
                asked.pop(found["requestId"], None)
        return {*asked.values()}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ.setdefault("SE_OFFLINE", "true")
    made = Browser()
    yield made
    made.driver.quit()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page about two blocks, in one of which the normalization cannot be folded."""
    model = blocks(2)
    model.graph.output.append(onnx.helper.make_tensor_value_info("conv1", 1, [1, 2, 4, 4]))
    return page_of(model, tmp_path)


def page_of(model: onnx.ModelProto, folder: Path) -> Path:
    path = folder / "report.html"
    onnx_opt.load(model).run("fold-bn", report=str(path))
    return path


def test_both_graphs_are_there(browser: Browser, page: Path) -> None:
    browser.open(page)
    count = "return document.querySelectorAll(arguments[0]).length"
    # Ten ops, an input and two outputs before; one op less after, and a place where it was.
    assert browser.js(count, "#before .node") == 13
    assert browser.js(count, "#after .node") == 12
    assert browser.js(count, "#after .ghost") == 1
    assert browser.js(count, "#before .node.removed") == 1
    assert browser.js(count, "#after .node.changed") == 1
    assert browser.js(count, "#before path.edge") >= 13
    assert browser.texts("#before h2 span") == ["10 ops"]
    assert browser.errors == []
    assert browser.asked_for == {page.as_uri()}


def test_what_was_kept_lies_at_the_same_place(browser: Browser, page: Path) -> None:
    browser.open(page)
    places = """
        return ["before", "after"].map((pane) => {
            const left = document.querySelector(`#${pane} svg`).getBoundingClientRect().x;
            const box = document.querySelector(`#${pane} .node.kept`).getBoundingClientRect();
            return [box.x - left, box.y];
        })"""
    before, after = browser.js(places)
    assert before == pytest.approx(after, abs=0.5)


def test_a_click_on_a_fold_shows_its_equation_and_numbers(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("before", "bn0")
    (equation,) = browser.texts("#selection .equation")
    assert "s = scale / sqrt(var + epsilon)" in equation
    assert "= moved(Conv(X, W * along(s, 0), (B - mean) * s + bias; ...))" in equation
    terms = browser.texts("#selection td:first-child")
    assert {"W", "s", "epsilon", "W * along(s, 0)"} <= {*terms}
    # max |W|, before and after.
    assert sum(cell.startswith("max |·| ") for cell in browser.texts("#selection td")) >= 2
    assert "became part of Conv conv0" in browser.texts("#selection")[0]
    browser.click("after", "conv0")
    assert browser.texts("#selection h3") == ["Conv conv0"]
    assert len(browser.texts("#selection .equation")) == 1
    assert browser.errors == []


def test_what_was_left_says_why(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("before", "bn1")
    assert "not folded: the result of the Conv has another use" in browser.texts("#selection")[0]
    assert "kept" in browser.texts("#selection .state")


def test_the_lists_lead_to_the_nodes(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.js("document.querySelectorAll('#lists ol button')[1].click()")
    assert browser.texts("#selection h3") == ["BatchNormalization bn1"]
    middle = browser.js("""
        const box = document.querySelector("#before .node.selected").getBoundingClientRect();
        const pane = document.querySelector("#before svg").getBoundingClientRect();
        return [box.x + box.width / 2 - pane.x - pane.width / 2,
                box.y + box.height / 2 - pane.y - pane.height / 2]""")
    assert middle == pytest.approx([0, 0], abs=2)


def test_keys_go_from_change_to_change(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.js("select(-1)")
    body = browser.driver.find_element("tag name", "body")
    body.send_keys("n")
    first = browser.texts("#selection h3")
    body.send_keys("n")
    assert [first, browser.texts("#selection h3")] == [["Conv conv0"], ["BatchNormalization bn0"]]
    body.send_keys("n")
    assert browser.texts("#selection h3") == first


def test_both_panes_move_together(browser: Browser, page: Path) -> None:
    browser.open(page)
    transforms = """return [...document.querySelectorAll(".pane svg > g")]
        .map((scene) => scene.getAttribute("transform"))"""
    start = browser.js(transforms)
    assert start[0] == start[1]
    pane = browser.driver.find_element("css selector", "#before svg")
    actions = webdriver.ActionChains(browser.driver)
    actions.move_to_element_with_offset(pane, -200, -250).click_and_hold()
    actions.move_by_offset(40, 30).release().perform()
    moved = browser.js(transforms)
    assert moved[0] == moved[1] != start[0]
    browser.js("""document.querySelector("#after svg").dispatchEvent(
        new WheelEvent("wheel", {deltaY: -300, clientX: 900, clientY: 300}))""")
    closer = browser.js(transforms)
    assert closer[0] == closer[1]
    assert browser.js("return view.scale") > float(moved[0].split("scale(")[1][:-1])
    browser.js("document.getElementById('fit').click()")
    assert browser.js("""const box = document.querySelector("#before svg > g").getBoundingClientRect();
        return box.height < innerHeight && box.width < innerWidth / 2""")


@pytest.mark.parametrize("prefers", [False, True], ids=["light", "dark"])
def test_light_and_dark(browser: Browser, page: Path, prefers: bool) -> None:
    color = "return getComputedStyle(document.body).backgroundColor"
    bright = "rgb(247, 247, 245)"
    browser.dark(prefers)
    browser.open(page)
    assert (browser.js(color) == bright) is not prefers
    browser.js("document.getElementById('theme').click()")
    assert (browser.js(color) == bright) is prefers
    browser.dark(False)


def test_a_hostile_model_does_nothing(browser: Browser, tmp_path: Path) -> None:
    model = blocks(1, lambda name: ATTACK + name)
    model.graph.input[0].name = model.graph.node[0].input[0] = model.graph.node[4].input[1] = ATTACK
    model.graph.node[2].domain = "x"  # an op of nobody's, with an attribute
    model.opset_import.add(domain="x", version=1)
    model.graph.node[2].attribute.append(onnx.helper.make_attribute("a", ATTACK))
    path = page_of(model, tmp_path)
    browser.open(path)
    for place in range(browser.js("return data.nodes.length")):
        browser.js("select(arguments[0])", place)
        assert browser.js("return document.querySelectorAll('img').length") == 0
    assert browser.js("return document.scripts.length") == 2
    assert browser.driver.title == "<model> - onnx-opt"
    assert any(ATTACK in text for text in browser.texts("#before title"))
    assert browser.errors == []
    assert browser.asked_for == {path.as_uri()}


def test_a_script_of_the_model_would_not_run(browser: Browser, page: Path) -> None:
    """The page's policy is the second line of defence: were markup let in, it would be dead."""
    browser.open(page)
    browser.js("""const script = document.createElement("script");
        script.textContent = "document.title = 'hit'"; document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src='https://example.org/x'>");""")
    assert "hit" not in browser.driver.title
    assert len([error for error in browser.errors if "Content Security Policy" in error]) == 2
    assert browser.asked_for == {page.as_uri()}


def test_a_thousand_nodes_move_smoothly(browser: Browser, tmp_path: Path) -> None:
    browser.open(page_of(blocks(199), tmp_path))
    assert browser.js("return data.nodes.length") == 997
    # Twenty steps of the whole graph, each laid out and painted: far below a tenth of a second each.
    seconds = browser.driver.execute_async_script("""
        const done = arguments[0], start = performance.now();
        let left = 20;
        fit();
        const step = () => {
            if (!left--) return done((performance.now() - start) / 1000);
            zoom(1.05);
            document.querySelector("#before svg > g").getBoundingClientRect();
            requestAnimationFrame(step);
        };
        requestAnimationFrame(step);""")
    assert seconds < 4
    assert browser.errors == []
