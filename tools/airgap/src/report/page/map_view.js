// The map: the parts of one group, each with its own parts inside where there is room.

const HEADER = 20;
const COLOURS = 8;
const map = document.getElementById("map");
let mapGroup = null;
let mapParts = [];
let mapPlaces = [];
let mapDrawn = "";
const colours = { kind: colourOrder("kindWords"), platform: colourOrder("platform") };

// Values by how much they hold, so that the largest have colours of their own. The last colour is all the others'.
function colourOrder(property) {
  const totals = new Map();
  for (const file of report.files) totals.set(file[property], (totals.get(file[property]) ?? 0) + file.size);
  const sorted = [...totals].sort((one, other) => other[1] - one[1] || order.compare(one[0], other[0]));
  return { sorted, numbers: new Map(sorted.map(([value], index) => [value, Math.min(index, COLOURS - 1)])) };
}

function colourOf(part, index) {
  if (state.colour === "group") return part.key === SMALLER ? COLOURS - 1 : index % (COLOURS - 1);
  const property = state.colour === "kind" ? "kindWords" : "platform";
  const totals = new Map();
  for (const file of part.files) totals.set(file[property], (totals.get(file[property]) ?? 0) + file.size);
  let most = [null, -1];
  for (const entry of totals) if (entry[1] > most[1]) most = entry;
  return colours[state.colour].numbers.get(most[0]) ?? COLOURS - 1;
}

// The group that the state leads to; a part of the way that is not there any more ends it.
function findGroup() {
  const whole = report.of === "collection" ? "All of the collection" : "All of the bundle";
  const way = [makeGroup("", whole, whole, visible(), state.group.split(","))];
  for (const key of state.at) {
    const next = way[way.length - 1].parts.find((part) => part.key === key && part.parts.length > 0);
    if (next === undefined) break;
    way.push(next);
  }
  return way;
}

function drawMap() {
  const box = { x: 0, y: 0, width: map.clientWidth, height: map.clientHeight };
  const drawn = JSON.stringify([state.group, state.colour, state.at, state.without, state.search, box.width, box.height]);
  if (drawn !== mapDrawn) {
    mapDrawn = drawn;
    const way = findGroup();
    mapGroup = way[way.length - 1];
    mapParts = mapGroup.parts;
    mapPlaces = squarify(mapParts.map((part) => part.bytes), box);
    const tiles = mapParts.map((part, index) => drawTile(part, index, mapPlaces[index]));
    const picture = svg("svg", { viewBox: `0 0 ${box.width || 1} ${box.height || 1}`, role: "presentation" }, tiles);
    const nothing = element("p", { class: "none" }, "No file is like this. Search for something else, or keep more platforms.");
    map.replaceChildren(mapParts.length === 0 ? nothing : picture);
    drawCrumbs(way);
    drawLegend();
  }
  markActive();
}

function describe(part) {
  const files = part.file === null ? `, ${count(part.files.length, "file", "files")}` : "";
  return `${part.full}, ${bytes(part.bytes)}, ${share(part.bytes, mapGroup.bytes)}${files}`;
}

function drawTile(part, index, place) {
  const { x, y, width, height } = place;
  const inside = { x: x + 3, y: y + HEADER, width: width - 6, height: height - HEADER - 3 };
  const framed = part.parts.length > 1 && inside.width > 30 && inside.height > 24;
  const colour = colourOf(part, index);
  const rectangle = (kind, inset) => svg("rect", {
    x: x + inset, y: y + inset, width: Math.max(0, width - 2 * inset), height: Math.max(0, height - 2 * inset), rx: 3, class: kind,
  });
  const tile = svg("g", {
    class: `tile${framed ? " framed" : ""}`, id: `tile-${index}`, role: "option", "aria-selected": "false",
    "aria-label": describe(part), "data-index": index,
  }, svg("title", {}, describe(part)), rectangle(`frame c${colour}`, 0));
  if (framed) {
    const places = squarify(part.parts.map((one) => one.bytes), inside);
    part.parts.forEach((one, number) => {
      const at = places[number];
      // What is too small to be seen would only make the page slow.
      if (at.width < 5 || at.height < 5) return;
      const inner = state.colour === "group" ? colour : colourOf(one, number);
      tile.append(svg("rect", { x: at.x, y: at.y, width: at.width, height: at.height, rx: 2, class: `inner c${inner}` },
        svg("title", {}, `${part.full}: ${one.full}, ${bytes(one.bytes)}`)));
      tile.append(...drawText(one.label, at, 14, "faint", at.height > 34 ? bytes(one.bytes) : ""));
    });
    const head = width > 150 ? `${part.label}  ${bytes(part.bytes)}` : part.label;
    tile.append(...drawText(head, { ...place, height: HEADER }, 14, "strong", ""));
  } else {
    tile.append(...drawText(part.label, place, 16, "strong", height > 38 ? bytes(part.bytes) : ""));
  }
  tile.append(rectangle("ring", 2));
  return tile;
}

// A line that fits, and a second below it. Letters are taken for as wide as most are.
function drawText(text, place, down, kind, below) {
  const room = Math.floor((place.width - 10) / (kind === "strong" ? 7.7 : 6.7));
  if (room < 4 || place.height < down + 2) return [];
  const fit = (line) => (line.length <= room ? line : `${line.slice(0, room - 1)}…`);
  const at = { x: place.x + 6, "aria-hidden": "true" };
  const lines = [svg("text", { ...at, y: place.y + down, class: kind }, fit(text))];
  if (below !== "") lines.push(svg("text", { ...at, y: place.y + down + 15, class: "faint" }, fit(below)));
  return lines;
}

function drawCrumbs(way) {
  document.getElementById("crumbs").replaceChildren(...way.map((group, depth) => {
    const text = `${group.label} (${bytes(group.bytes)})`;
    if (depth === way.length - 1) return element("li", {}, element("span", { "aria-current": "location" }, text));
    const out = () => {
      show({ at: state.at.slice(0, depth), active: state.at[depth] ?? "" }, true);
      map.focus();
    };
    return element("li", {}, element("button", { type: "button", click: out }, text));
  }));
}

function drawLegend() {
  const legend = document.getElementById("legend");
  if (state.colour === "group") return legend.replaceChildren();
  const { sorted } = colours[state.colour];
  const entries = sorted.slice(0, COLOURS - 1).map(([value, size], index) => [value, size, index]);
  const others = sorted.slice(COLOURS - 1);
  if (others.length > 0) entries.push([count(others.length, "other", "others"), others.reduce((total, [, size]) => total + size, 0), COLOURS - 1]);
  legend.replaceChildren(...entries.map(([value, size, colour]) =>
    element("li", {}, element("span", { class: `swatch c${colour}` }), `${value}, ${bytes(size)}`)));
}

function activeIndex() {
  const found = mapParts.findIndex((part) => part.key === state.active);
  return found < 0 ? 0 : found;
}

function markActive() {
  const active = mapParts.length === 0 ? -1 : activeIndex();
  for (const tile of map.querySelectorAll(".tile")) {
    const is = Number(tile.dataset.index) === active;
    tile.classList.toggle("active", is);
    tile.setAttribute("aria-selected", String(is));
  }
  if (active < 0) map.removeAttribute("aria-activedescendant");
  else map.setAttribute("aria-activedescendant", `tile-${active}`);
}

function goIn(index) {
  const part = mapParts[index];
  if (part === undefined) return;
  if (part.parts.length > 0) show({ at: [...state.at, part.key], active: "", item: "" }, true);
  else show({ active: part.key, item: `file ${part.file.path}` });
}

function goOut() {
  if (state.at.length > 0) show({ at: state.at.slice(0, -1), active: state.at[state.at.length - 1], item: "" }, true);
}

map.addEventListener("click", (event) => {
  const tile = event.target.closest(".tile");
  if (tile !== null) goIn(Number(tile.dataset.index));
});
map.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const choose = (index) => mapParts[index] && show({ active: mapParts[index].key, item: "" });
  if (event.key.startsWith("Arrow") && mapParts.length > 0) choose(neighbour(mapPlaces, activeIndex(), event.key));
  else if (event.key === "Home") choose(0);
  else if (event.key === "End") choose(mapParts.length - 1);
  else if (event.key === "Enter" || event.key === " ") goIn(activeIndex());
  else if (event.key === "Escape" || event.key === "Backspace") goOut();
  else return;
  event.preventDefault();
});
new ResizeObserver(drawMap).observe(map);
views.push(drawMap);
