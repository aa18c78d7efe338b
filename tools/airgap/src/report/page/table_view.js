// The table, sortable by each column, a page of rows at a time.

const ROWS = 50;
const table = document.getElementById("table");
const openFile = (file) => show({ item: `file ${file.path}` });
const openRepository = (name) => show({ item: `repository ${name}` });

// Of each column: its name, what it is sorted by, what stands in it, and its class: `number` is sorted as such.
const tables = {
  files: {
    words: "Files",
    rows: visible,
    columns: [
      { id: "name", title: "File", by: (file) => file.name, cell: (file) => named(file.name, () => openFile(file)), as: "wide" },
      { id: "size", title: "Size", by: (file) => file.size, cell: (file) => bytes(file.size), as: "number" },
      { id: "kind", title: "Kind", by: (file) => file.kindWords, cell: (file) => file.kindWords, as: "narrow" },
      { id: "platform", title: "Platform", by: (file) => file.platform, cell: (file) => file.platform, as: "narrow" },
      {
        id: "repository", title: "Needed by", by: (file) => file.neededBy.join(" "),
        cell: (file) => (file.neededBy.length > 1 ? `${file.neededBy[0]} and ${file.neededBy.length - 1} more` : file.repository),
        as: "wide",
      },
    ],
    is: (file) => state.item === `file ${file.path}`,
  },
  repositories: {
    words: "Repositories",
    rows: visibleRepositories,
    columns: [
      { id: "name", title: "Repository", by: (one) => one.name, cell: (one) => named(one.name, () => openRepository(one.name)), as: "wide" },
      { id: "size", title: "Size", by: (one) => one.bytes, cell: (one) => bytes(one.bytes), as: "number" },
      { id: "alone", title: "Needed by it alone", by: (one) => one.alone, cell: (one) => bytes(one.alone), as: "number" },
      { id: "files", title: "Files", by: (one) => one.files, cell: (one) => one.files.toLocaleString("en"), as: "number" },
      { id: "chain", title: "Because of", by: (one) => one.chain[0] ?? "", cell: (one) => one.chain[0] ?? "", as: "wide" },
    ],
    is: (one) => state.item === `repository ${one.name}`,
  },
  missing: {
    words: "Not in it",
    rows: () => report.notIncluded,
    columns: [
      { id: "class", title: "Why not", by: (one) => one.class, cell: (one) => one.class, as: "narrow" },
      { id: "name", title: "What", by: (one) => one.what.join(" "), cell: (one) => one.what.join("\n"), as: "wide" },
      { id: "needed", title: "Needed by", by: (one) => one.neededBy.join(" "), cell: (one) => some(one.neededBy), as: "wide" },
      { id: "mend", title: "What to do", by: (one) => one.mend, cell: (one) => one.mend, as: "wide" },
    ],
    is: () => false,
  },
};

const named = (text, click) => element("button", { type: "button", class: "link", click }, text);
const some = (list) => (list.length > 3 ? `${list.slice(0, 3).join(", ")} and ${list.length - 3} more` : list.join(", "));

// Who needs what is visible, with the sums of just that.
function visibleRepositories() {
  const found = new Map();
  for (const file of visible()) {
    for (const name of file.neededBy) {
      let one = found.get(name);
      if (one === undefined) found.set(name, (one = { name, bytes: 0, alone: 0, files: 0, chain: repositories.get(name)?.chain ?? [] }));
      one.bytes += file.size;
      one.files += 1;
      if (file.neededBy.length === 1) one.alone += file.size;
    }
  }
  return [...found.values()];
}

function compare(column) {
  const way = state.down ? -1 : 1;
  const values = column.as === "number" ? (one, other) => one - other : (one, other) => order.compare(one, other);
  return (one, other) => way * values(column.by(one), column.by(other));
}

function drawTable() {
  const { words, rows, columns, is } = tables[state.table];
  const column = columns.find((one) => one.id === state.sort) ?? columns[1];
  const all = [...rows()].sort(compare(column));
  const pages = Math.max(1, Math.ceil(all.length / ROWS));
  const page = Math.min(state.page, pages);
  const from = (page - 1) * ROWS;
  const head = columns.map((one) => {
    const sorted = one === column ? (state.down ? "descending" : "ascending") : "none";
    const sort = () => {
      show({ sort: one.id, down: one === column ? !state.down : one.as === "number", page: 1 });
      table.querySelector(`th[data-column="${one.id}"] button`).focus();
    };
    return element("th", { scope: "col", "aria-sort": sorted, class: one.as, "data-column": one.id },
      element("button", { type: "button", click: sort }, one.title));
  });
  const body = all.slice(from, from + ROWS).map((row) =>
    element("tr", { "aria-current": is(row) ? "true" : null }, columns.map((one, index) =>
      element(index === 0 ? "th" : "td", { scope: index === 0 ? "row" : null, class: one.as }, one.cell(row)))));
  table.setAttribute("aria-rowcount", String(all.length + 1));
  table.replaceChildren(element("caption", {}, `${words}: ${all.length.toLocaleString("en")}`),
    element("thead", {}, element("tr", {}, head)), element("tbody", {}, body));
  drawPager(all.length, from, page, pages);
  document.getElementById("tabs").replaceChildren(...Object.entries(tables).map(([id, one]) =>
    element("button", {
      type: "button", id: `tab-${id}`, "aria-pressed": String(id === state.table),
      click: () => {
        show({ table: id, page: 1, sort: id === "missing" ? "class" : "size", down: id !== "missing" });
        document.getElementById(`tab-${id}`).focus();
      },
    }, one.words)));
}

function drawPager(length, from, page, pages) {
  const button = (id, text, to) => element("button", {
    type: "button", id: `page-${id}`, disabled: to < 1 || to > pages || to === page,
    click: () => {
      show({ page: to });
      const again = document.getElementById(`page-${id}`);
      (again.disabled ? document.getElementById("table-heading") : again).focus({ preventScroll: true });
    },
  }, text);
  const rows = length === 0 ? "no rows" : `${(from + 1).toLocaleString("en")}–${Math.min(from + ROWS, length).toLocaleString("en")} of ${length.toLocaleString("en")}`;
  const pager = document.getElementById("pager");
  pager.hidden = pages === 1;
  pager.replaceChildren(button("first", "First", 1), button("previous", "Previous", page - 1), element("span", {}, rows),
    button("next", "Next", page + 1), button("last", "Last", pages));
}

// Choosing something on the map changes no row but the marked one.
views.push((before) => {
  const same = before !== null && ["without", "search", "table", "sort", "down", "page", "item"].every((name) => before[name] === state[name]);
  if (!same) drawTable();
});
