// The head of the page, the bar above the map, and the first drawing.

const WHAT = { bundle: "this bundle", difference: "this difference and the bundle before it", collection: "this collection" };
const title = `What is in ${WHAT[report.of] ?? "this bundle"}`;
const search = document.getElementById("search");
const selects = { group: document.getElementById("group"), colour: document.getElementById("colour") };

document.title = title;
document.getElementById("title").textContent = title;
document.getElementById("lead").append(
  "For ", ...report.targets.flatMap((target, index) => [index === 0 ? "" : ", ", element("code", {}, target)]),
  report.platforms.length === 0 ? "" : ` on ${report.platforms.join(", ")}`, `, asked of Bazel ${report.bazel}.`,
  report.leftOut === undefined ? "" : ` Only what ${report.leftOut.kept.join(" and ")} needs; that leaves out ${bytes(report.leftOut.amount.bytes)}.`);
document.getElementById("figures").append(...[
  [bytes(report.total.bytes), "in all"],
  [report.total.files.toLocaleString("en"), "files"],
  [report.repositories.length.toLocaleString("en"), "repositories"],
  [report.notIncluded.length.toLocaleString("en"), "not in it"],
].map(([figure, words]) => element("div", {}, element("dt", {}, words), element("dd", {}, figure))));

search.addEventListener("input", () => show({ search: search.value, page: 1, at: [], active: "", item: "" }));
search.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  show({ search: "", page: 1 });
});
for (const [name, select] of Object.entries(selects)) {
  select.addEventListener("change", () => show(name === "group" ? { group: select.value, at: [], active: "", item: "" } : { colour: select.value }));
}
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("table-heading").focus();
});
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input[type=search], select, textarea") !== null;
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
  search.select();
});

views.push(() => {
  if (search.value !== state.search) search.value = state.search;
  for (const [name, select] of Object.entries(selects)) select.value = state[name];
  const files = visible();
  document.getElementById("status").textContent = files.length === report.files.length
    ? `All ${count(files.length, "file", "files")}`
    : `${files.length.toLocaleString("en")} of ${count(report.files.length, "file", "files")}, ${bytes(sum(files))}`;
});

draw(null);
document.documentElement.dataset.ready = "true";
