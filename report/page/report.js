"use strict";
// Everything that comes out of a model is put in as text: textContent and attributes, never markup.

const data = JSON.parse(document.getElementById("data").textContent);
const HEIGHT = 38;
const ROOM = 26; // characters that a node has room for
const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}
const make = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children);
const draw = (name, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
const short = (text) => (text.length > ROOM ? text.slice(0, ROOM - 1) + "…" : text);
const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

// --- The two graphs, of one layout: what was kept lies at the same place in both.

const BEFORE = 1, AFTER = 2;
const sides = [
  { bit: BEFORE, pane: byId("before"), absent: "made" },
  { bit: AFTER, pane: byId("after"), absent: "removed" },
];
const isEnd = (node) => node.op === "input" || node.op === "output";

function path(points) {
  const [x, y, ...rest] = points;
  return `M${x} ${y}C${rest.join(" ")}`;
}

function nodeShape(node, place) {
  const box = { x: node.x - node.w / 2, y: node.y - HEIGHT / 2, width: node.w, height: HEIGHT, rx: 7 };
  const second = isEnd(node) ? node.op : node.name;
  const first = isEnd(node) ? node.name : node.op;
  return draw(
    "g",
    {
      class: `node ${node.state}${isEnd(node) ? " end" : ""}`,
      "data-place": place,
      role: "button",
      tabindex: node.state === "kept" ? -1 : 0,
      onclick: () => select(place),
      onkeydown: (event) => { if (event.key === "Enter") select(place); },
    },
    draw("title", {}, `${first} ${second}`),
    draw("rect", box),
    draw("text", { x: node.x, y: node.y + (second ? -2 : 4.5) }, short(first)),
    second ? draw("text", { x: node.x, y: node.y + 12 }, short(second)) : null,
  );
}

for (const side of sides) {
  side.svg = side.pane.querySelector("svg");
  side.scene = side.pane.querySelector("g");
  side.near = draw("g"); // edges of what is selected, above the others and below the nodes
  const edges = data.edges.filter(([, , bits, points]) => bits & side.bit && points.length);
  side.scene.append(
    ...edges.map(([, , , points]) => draw("path", { class: "edge", d: path(points) })),
    side.near,
    ...data.nodes.map((node, place) =>
      node.state === side.absent
        ? draw("rect", { class: "ghost", x: node.x - node.w / 2, y: node.y - HEIGHT / 2,
                         width: node.w, height: HEIGHT, rx: 7 })
        : nodeShape(node, place)),
  );
}

// --- The view, which both share.

const view = { x: 0, y: 0, scale: 1 };

function show() {
  for (const { scene, svg } of sides) {
    scene.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
    svg.classList.toggle("far", view.scale < 0.35);
  }
}

function zoom(factor, x, y) {
  const box = sides[0].svg.getBoundingClientRect();
  x ??= box.width / 2;
  y ??= box.height / 2;
  const scale = Math.min(4, Math.max(0.01, view.scale * factor));
  view.x = x - ((x - view.x) * scale) / view.scale;
  view.y = y - ((y - view.y) * scale) / view.scale;
  view.scale = scale;
  show();
}

function lookAt(x, y, scale = view.scale) {
  const box = sides[0].svg.getBoundingClientRect();
  Object.assign(view, { scale, x: box.width / 2 - x * scale, y: box.height / 2 - y * scale });
  show();
}

function fitScale() {
  const box = sides[0].svg.getBoundingClientRect();
  return Math.min(1.2, (box.width - 30) / (data.width + 1), (box.height - 80) / (data.height + 1));
}
const fit = () => lookAt(data.width / 2, data.height / 2, fitScale());

for (const { svg } of sides) {
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 20 : 1;
    zoom(Math.exp(-event.deltaY * lines * 0.0015), event.clientX - box.x, event.clientY - box.y);
  }, { passive: false });
  svg.addEventListener("pointerdown", (down) => {
    let moved = false;
    const move = (event) => {
      if (!moved && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 4) return;
      if (!moved) svg.setPointerCapture(down.pointerId); // only now: a click is the node's
      moved = true;
      view.x += event.movementX;
      view.y += event.movementY;
      show();
    };
    svg.addEventListener("pointermove", move);
    svg.addEventListener("pointerup", () => svg.removeEventListener("pointermove", move), { once: true });
  });
}

// --- Details of one node.

const table = (head, rows) =>
  make("table", {},
    head ? make("tr", {}, ...head.map((text) => make("th", {}, text))) : null,
    ...rows);
const row = (cells, attributes = {}) =>
  make("tr", attributes, ...cells.map((cell) => (cell instanceof Node ? cell : make("td", {}, cell))));
const number = (text) => make("td", { class: "right number" }, String(text));
const mono = (text) => make("td", { class: "number" }, text);
const type = (text) => make("td", { class: "number type" }, text);
const counts = (head, rows) => make("div", { class: "counts" }, table(head, rows));

function details(heading, found) {
  if (!found) return [];
  const rows = [
    ...found.reads.map(([name, of, value]) => row([name, type(of), mono(value)])),
    ...found.gives.map(([name, of]) => row([name ? `→ ${name}` : "→", type(of), ""])),
    ...found.attributes.map(([name, value]) => row([name, make("td", { class: "number", colspan: 2 }, value)])),
  ];
  return rows.length ? [make("h4", {}, heading), make("div", { class: "details" }, table(null, rows))] : [];
}

function application(told) {
  const found = [make("h4", {}, told.pass), make("p", {}, told.text)];
  if (told.rule !== undefined) {
    const figures = told.figures.map(([term, shape, numbers, isNew]) =>
      row([mono(term), mono(shape), mono(numbers)], isNew ? { class: "new", title: "a new constant" } : {}));
    const { equation, conditions } = data.rules[told.rule];
    found.push(
      make("div", { class: "equation" }, ...equation.map((line) => make("code", {}, line))),
      make("div", { class: "figures" }, table(["term", "shape", "numbers"], figures)),
      make("details", {}, make("summary", { class: "faint" }, "It holds if"),
        make("ul", {}, ...conditions.map((text) => make("li", {}, text)))),
    );
  }
  return found;
}

const title = (node) => `${node.op} ${node.name}`;
const about = (list, place) => list.filter((told) => told.at.includes(place));
let selected = -1;

function select(place) {
  for (const old of document.querySelectorAll(".node.selected")) old.classList.remove("selected");
  for (const { near } of sides) near.replaceChildren();
  const panel = byId("selection");
  selected = place;
  if (place < 0) return panel.replaceChildren();
  const node = data.nodes[place];
  for (const shape of document.querySelectorAll(`.node[data-place="${place}"]`)) shape.classList.add("selected");
  for (const { bit, near } of sides) {
    for (const [source, target, bits, points] of data.edges) {
      if (!(bits & bit) || (source !== place && target !== place)) continue;
      const from = data.nodes[source], to = data.nodes[target];
      near.append(draw("path", {
        class: "edge selected",
        d: points.length ? path(points) : `M${from.x} ${from.y}L${to.x} ${to.y}`,
      }));
    }
  }
  const links = (node.into ?? []).map((other) =>
    make("button", { onclick: () => visit(other) }, title(data.nodes[other])));
  panel.replaceChildren(
    make("h3", {}, title(node)),
    make("p", {},
      make("span", { class: `state ${node.state}` }, node.state), " ",
      make("span", { class: "faint" },
        [node.by ? `by ${node.by}` : "", node.function ? `in @${node.function}` : ""].filter(Boolean).join(", "))),
    ...(links.length ? [make("p", {}, "became part of ", ...links)] : []),
    ...about(data.done, place).flatMap(application),
    ...about(data.left, place).flatMap(application),
    ...details(node.was ? "After" : "", node.was && node.is),
    ...details("Before", node.was),
    ...details("", node.was ? undefined : node.is),
  );
  panel.parentElement.scrollTop = 0;
}

function visit(place) {
  const node = data.nodes[place];
  lookAt(node.x, node.y, Math.max(view.scale, 0.8));
  select(place);
}

const changes = data.nodes.map((node, place) => ({ place, ...node }))
  .filter(({ state }) => state === "changed" || state === "removed" || state === "made")
  .sort((a, b) => a.y - b.y || a.x - b.x)
  .map(({ place }) => place);

function step(by) {
  if (!changes.length) return;
  const at = changes.indexOf(selected);
  visit(changes[at < 0 ? (by > 0 ? 0 : changes.length - 1) : (at + by + changes.length) % changes.length]);
}

// --- What is said about all of it.

function section(heading, note, open, ...children) {
  return make("details", open ? { open: "" } : {},
    make("summary", {}, `${heading} `, make("span", {}, note)), ...children);
}

function remarks(list, count) {
  const items = list.map((told) =>
    make("li", {}, make("button", { onclick: () => visit(told.at[0]) },
      make("b", {}, title(data.nodes[told.at[0]])), ` ${told.text} `, make("small", {}, told.pass))));
  if (count > list.length) items.push(make("li", { class: "faint" }, `and ${count - list.length} more`));
  return make("ol", {}, ...items);
}

function bytes(count) {
  const units = ["B", "kB", "MB", "GB"];
  let unit = 0;
  for (; count >= 1000 && unit < 3; unit++) count /= 1000;
  return `${count.toLocaleString("en", { maximumFractionDigits: unit ? 1 : 0 })} ${units[unit]}`;
}

const opCounts = [1, 2].map((side) => data.ops.reduce((sum, line) => sum + line[side], 0));
byId("title").textContent = data.title;
byId("command").textContent = data.command;
byId("summary").append(
  ...[["ops", opCounts, String], ["weights", data.weights, bytes]].map(([name, [was, is], form]) =>
    make("span", {}, `${name} `, make("b", {}, was === is ? form(is) : `${form(was)} → ${form(is)}`))));
sides.forEach((side, index) => {
  side.pane.querySelector("h2 span").textContent = plural(opCounts[index], "op");
});

const [doneCount, leftCount] = data.told;
const lists = [
  section("Passes", "", true, counts(["", "before", "after", "rewrites"],
    data.passes.map(([name, ...ops]) => row([mono(name), ...ops.map(number)])))),
];
if (doneCount) lists.push(section("Rewrites", String(doneCount), true, remarks(data.done, doneCount)));
if (leftCount) lists.push(section("Left alone, and why", String(leftCount), true, remarks(data.left, leftCount)));
if (data.numerics) lists.push(section("Numerics", "", true, make("pre", { id: "numerics" }, data.numerics)));
lists.push(section("Ops", "", data.ops.length < 30, counts(["", "before", "after"],
  data.ops.map(([name, was, is]) => row([name, number(was), number(is)])))));
if (data.timing.length) {
  lists.push(section("Time", "", false, table(null, data.timing.map(([name, depth, seconds]) =>
    row([" ".repeat(2 * depth) + name, number(`${(1000 * seconds).toFixed(1)} ms`)])))));
}
if (data.hidden) {
  lists.unshift(make("p", { class: "faint" },
    `${plural(data.hidden, "op")} ${data.hidden === 1 ? "is" : "are"} gathered in dashed boxes.`));
}
byId("lists").append(...lists);

// --- Buttons, keys, light and dark.

const actions = {
  next: () => step(1), previous: () => step(-1), in: () => zoom(1.3), out: () => zoom(1 / 1.3), fit,
};
for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);
const keys = { n: "next", p: "previous", "+": "in", "=": "in", "-": "out", f: "fit", 0: "fit" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") select(-1);
  else if (Object.hasOwn(keys, event.key)) actions[keys[event.key]]();
});

const prefersDark = matchMedia("(prefers-color-scheme: dark)");
let chosen = "";
const paint = () => {
  document.documentElement.dataset.theme = chosen || (prefersDark.matches ? "dark" : "light");
};
prefersDark.addEventListener("change", paint);
byId("theme").addEventListener("click", () => {
  chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  paint();
});
paint();

const first = changes.find((place) => about(data.done, place).length) ?? changes[0];
if (first === undefined || fitScale() > 0.6) fit();
if (first !== undefined) {
  if (fitScale() > 0.6) select(first);
  else {
    view.scale = Math.max(fitScale(), Math.min(1, (sides[0].svg.clientWidth - 40) / (data.width + 1)), 0.7);
    visit(first);
    view.y = Math.min(view.y, 60);
    show();
  }
}
