// What is shown. All of it stands in the address after `#`, so that a link leads to the same view.

const INITIAL = {
  group: "module,repository,platform,kind", colour: "group", at: [], active: "", without: [], search: "",
  table: "files", sort: "size", down: true, page: 1, item: "",
};
const LISTS = ["at", "without"];
const TABLES = ["files", "repositories", "missing"];

let state = fromHash();
const views = [];

function fromHash() {
  const found = { ...INITIAL, at: [], without: [] };
  const given = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of given) {
    if (!(name in INITIAL)) continue;
    if (LISTS.includes(name)) found[name].push(value);
    else if (name === "down") found.down = value === "true";
    else if (name === "page") found.page = Math.max(1, Number.parseInt(value, 10) || 1);
    else found[name] = value;
  }
  if (!found.group.split(",").every((level) => Object.hasOwn(levels, level))) found.group = INITIAL.group;
  if (!["group", "kind", "platform"].includes(found.colour)) found.colour = INITIAL.colour;
  if (!TABLES.includes(found.table)) found.table = INITIAL.table;
  return found;
}

function toHash() {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (LISTS.includes(name)) value.forEach((one) => given.append(name, one));
    else if (value !== INITIAL[name]) given.set(name, String(value));
  }
  return `#${given}`;
}

// Shows something else. `step` makes it a place that the browser's Back leads to.
function show(changes, step = false) {
  const before = state;
  state = { ...state, ...changes };
  const hash = toHash();
  if (hash !== location.hash) history[step ? "pushState" : "replaceState"](null, "", hash);
  draw(before);
}

function draw(before) {
  for (const view of views) view(before);
}

addEventListener("popstate", () => {
  const before = state;
  state = fromHash();
  draw(before);
});

// Whether a file stays when some platforms are left out.
function stays(file, without) {
  if (file.namedFor !== undefined && without.has(`name ${file.namedFor}`)) return false;
  return file.platforms.length === 0 || file.platforms.some((platform) => !without.has(`label ${platform}`));
}

let shownFor = null;
let shownFiles = report.files;

// The files that the platforms and the search leave.
function visible() {
  const key = JSON.stringify([state.without, state.search]);
  if (shownFor === key) return shownFiles;
  const without = new Set(state.without);
  const words = state.search.toLowerCase().split(/\s+/).filter((word) => word !== "");
  shownFor = key;
  shownFiles = report.files.filter((file) => stays(file, without) && words.every((word) => file.text.includes(word)));
  return shownFiles;
}

// An element with its content, which is only ever text or elements.
function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  fill(made, attributes, content);
  return made;
}

function svg(tag, attributes = {}, ...content) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(made, attributes, content);
  return made;
}

function fill(made, attributes, content) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "click") made.addEventListener("click", value);
    else if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...content.flat().filter((one) => one !== null && one !== ""));
}
