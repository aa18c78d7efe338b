// The data, and what is computed from it alone.

const report = JSON.parse(document.getElementById("data").textContent);
const EVERY = "any platform";
const SEVERAL = "several repositories";
const NOBODY = "nobody named";

const kindWords = new Map(report.kinds.map((one) => [one.kind, one.words]));
const repositories = new Map(report.repositories.map((one) => [one.name, one]));
const order = new Intl.Collator("en", { numeric: true });

// As `lazytools` prints them: in powers of 1024.
function bytes(number) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let power = 0;
  while (number >= 1024 && power < units.length - 1) {
    number /= 1024;
    power += 1;
  }
  return power === 0 ? `${number} B` : `${number.toFixed(2)} ${units[power]}`;
}

function count(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

function share(part, whole) {
  const percent = whole === 0 ? 0 : (100 * part) / whole;
  if (percent === 0 || percent === 100) return `${percent} %`;
  return percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
}

// A canonical name in parts: of `@@module~ext~name` the module, the extension, and the name. Bazel 8 has `+` for `~`, and
// no name for the main module.
function parts(name) {
  if (!name.startsWith("@@")) return [name];
  const found = name.slice(2).split(/[~+]+/).filter((part) => part !== "");
  return found.length === 0 ? [name] : found;
}

// What is the same for all repositories of one extension of rules_lazytools: HUB.TOOL of `HUB.TOOL.host.PLATFORM.ID`.
function lazyTool(name) {
  const found = parts(name);
  if (found[found.length - 2] !== "lazy_tools") return null;
  const [hub, tool] = found[found.length - 1].split(".");
  return tool === undefined ? null : { hub, tool };
}

// The telling end of a canonical name.
function short(name) {
  const end = parts(name).at(-1);
  return lazyTool(name) === null ? end : end.slice(end.indexOf(".") + 1);
}

// Whose a repository is: a tool, the extension that makes it, or itself where it is a module.
function origin(name) {
  const lazy = lazyTool(name);
  if (lazy !== null) return `${lazy.tool} (${lazy.hub})`;
  const extension = /^module extension '?(.+?)'? in @@(.*?)\/\//.exec(name);
  if (extension !== null) return `${parts(`@@${extension[2]}`)[0].replace(/^@@$/, "this workspace")}: ${extension[1]}`;
  const found = parts(name);
  if (found.length === 1) return found[0];
  const inner = found[found.length - 2];
  if (inner === "_repo_rules") return "this workspace";
  const module = found.length > 2 ? found[0] : "_main";
  return `${module === "_main" ? "this workspace" : module}: ${inner}`;
}

for (const [index, file] of report.files.entries()) {
  file.index = index;
  file.platforms ??= [];
  const some = file.platforms.length > 0 && file.platforms.length < report.platforms.length;
  if (some) file.platform = file.platforms.join(", ");
  else file.platform = file.namedFor === undefined ? EVERY : `${file.namedFor} (by name)`;
  if (file.neededBy.length === 0) file.repository = NOBODY;
  else file.repository = file.neededBy.length === 1 ? file.neededBy[0] : SEVERAL;
  file.kindWords = kindWords.get(file.kind) ?? file.kind;
  file.text = [file.name, file.path, ...file.sources, ...file.neededBy, file.platform, file.kindWords].join("\n").toLowerCase();
}

const filesByPath = new Map(report.files.map((file) => [file.path, file]));

function sum(files) {
  let total = 0;
  for (const file of files) total += file.size;
  return total;
}

// What a file counts for on a level of the map.
const levels = {
  module: { of: (file) => (file.neededBy.length > 1 ? SEVERAL : origin(file.repository)), show: (key) => key },
  repository: { of: (file) => file.repository, show: short },
  platform: { of: (file) => file.platform, show: (key) => key },
  kind: { of: (file) => file.kindWords, show: (key) => key },
};

// The most parts of one group that the map shows; what is smaller is a group of its own.
const MOST = 160;
const SMALLER = "smaller ones";

// A group of the map. Its parts are made when they are asked for; a level that would have one part alone is left out.
function makeGroup(key, label, full, files, rest) {
  return {
    key, label, full, files, bytes: sum(files), file: null, cached: null,
    get parts() {
      this.cached ??= makeParts(this.files, rest);
      return this.cached;
    },
  };
}

function makeLeaf(file) {
  return { key: `file ${file.path}`, label: file.name, full: file.name, files: [file], bytes: file.size, file, parts: [] };
}

function makeParts(files, rest) {
  const [level, ...below] = rest;
  let made;
  if (level === undefined) {
    made = files.map(makeLeaf);
  } else {
    const groups = Map.groupBy ? Map.groupBy(files, levels[level].of) : groupBy(files, levels[level].of);
    if (groups.size === 1) return makeParts(files, below);
    made = Array.from(groups, ([key, own]) =>
      own.length === 1 && key !== SEVERAL ? { ...makeLeaf(own[0]), key, label: levels[level].show(key), full: key }
        : makeGroup(key, levels[level].show(key), key, own, below));
  }
  made.sort((one, other) => other.bytes - one.bytes || order.compare(one.key, other.key));
  return bounded(made);
}

function bounded(all) {
  if (all.length <= MOST) return all;
  const smaller = all.slice(MOST - 1);
  const label = `${smaller.length.toLocaleString("en")} smaller`;
  const group = makeGroup(SMALLER, label, label, smaller.flatMap((part) => part.files), []);
  group.cached = bounded(smaller);
  return [...all.slice(0, MOST - 1), group];
}

function groupBy(list, of) {
  const groups = new Map();
  for (const one of list) {
    const key = of(one);
    if (groups.has(key)) groups.get(key).push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
