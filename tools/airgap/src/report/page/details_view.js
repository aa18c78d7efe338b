// What is known of the file, repository or group that was chosen.

function fact(title, ...content) {
  return [element("h4", {}, title), ...content];
}

function list(entries) {
  const most = 12;
  const more = entries.length - most;
  return element("ul", { class: "plain" }, entries.slice(0, most).map((one) => element("li", {}, one)),
    more > 0 ? element("li", { class: "muted" }, `and ${more.toLocaleString("en")} more`) : "");
}

// The chain of targets that leads to a repository.
function because(name) {
  const chain = repositories.get(name)?.chain ?? [];
  if (chain.length === 0) {
    const why = name === "module resolution"
      ? "Bazel reads it to find out which versions of modules there are."
      : "No target shows why: it is asked for while modules, extensions or toolchains are looked up.";
    return element("p", { class: "muted" }, why);
  }
  return element("ol", { class: "chain" }, chain.map((label) => element("li", {}, element("code", {}, label))));
}

function fileDetails(file) {
  const guess = file.platforms.length === 0 || file.platforms.length === report.platforms.length;
  let platform = file.platform;
  if (guess && file.namedFor !== undefined) platform = `${file.namedFor}, a guess from its name`;
  return [
    element("h3", {}, file.name),
    element("p", {}, element("span", { class: "big" }, bytes(file.size)), ` ${share(file.size, report.total.bytes)} of all`),
    fact("Kind and platform", element("p", {}, `${file.kindWords}; ${platform}`)),
    fact(file.neededBy.length > 1 ? `Needed by ${file.neededBy.length}; it counts once` : "Needed by",
      list(file.neededBy.map((name) => named(name, () => openRepository(name))))),
    file.neededBy.length > 0 ? fact(`Why ${short(file.neededBy[0])} is needed`, because(file.neededBy[0])) : [],
    file.sources.length > 0 ? fact("From", list(file.sources.map((source) => element("span", { class: "path" }, source)))) : [],
    fact("In the bundle", element("p", { class: "path" }, file.path)),
  ];
}

function repositoryDetails(one) {
  const files = report.files.filter((file) => file.neededBy.includes(one.name));
  files.sort((a, b) => b.size - a.size || order.compare(a.path, b.path));
  const search = () => {
    show({ search: one.name, table: "files", page: 1, at: [], active: "" }, true);
    document.getElementById("table-heading").focus();
  };
  return [
    element("h3", {}, one.name),
    element("p", {}, element("span", { class: "big" }, bytes(one.amount.bytes)), ` in ${count(one.amount.files, "file", "files")}`),
    element("p", {}, `Without it ${bytes(one.alone.bytes)} would go; others need the rest, too.`),
    fact("Why it is needed", because(one.name)),
    fact("Its files", list(files.map((file) => [named(file.name, () => openFile(file)), element("span", { class: "muted" }, ` ${bytes(file.size)}`)]))),
    element("div", { class: "actions" }, element("button", { type: "button", click: search }, "Show only these")),
  ];
}

function groupDetails(part) {
  const largest = [...part.files].sort((one, other) => other.size - one.size || order.compare(one.path, other.path));
  const needers = new Set(part.files.flatMap((file) => file.neededBy));
  const [only] = needers;
  return [
    element("h3", {}, part.full),
    element("p", {}, element("span", { class: "big" }, bytes(part.bytes)),
      ` ${share(part.bytes, report.total.bytes)} of all, ${count(part.files.length, "file", "files")}`),
    needers.size === 1 ? fact(`Why ${short(only)} is needed`, because(only)) : fact("Needed by", element("p", {}, count(needers.size, "repository", "repositories"))),
    fact("Largest files", list(largest.slice(0, 8).map((file) => [named(file.name, () => openFile(file)), element("span", { class: "muted" }, ` ${bytes(file.size)}`)]))),
  ];
}

function drawDetails() {
  const [, kind, name] = /^(file|repository) (.*)$/s.exec(state.item) ?? [];
  const part = mapParts[activeIndex()];
  let content = [element("p", { class: "muted" }, "Nothing is chosen.")];
  if (kind === "file" && filesByPath.has(name)) content = fileDetails(filesByPath.get(name));
  else if (kind === "repository" && repositories.has(name)) content = repositoryDetails(repositories.get(name));
  else if (part !== undefined) content = part.file === null ? groupDetails(part) : fileDetails(part.file);
  document.getElementById("details").replaceChildren(...content.flat(3));
}
views.push(drawDetails);
