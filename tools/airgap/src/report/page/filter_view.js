// Which platforms are kept, and what leaving the others out saves.

const filterBox = document.getElementById("filter");
const labels = report.platformNeeds.map((one) => ({
  key: `label ${one.platform}`, text: one.platform, amount: one.only, other: false,
}));
const names = report.namedFor.map((one) => ({ key: `name ${one.platform}`, text: one.platform, amount: one.amount, other: one.other }));
names.sort((one, other) => other.amount.bytes - one.amount.bytes || order.compare(one.text, other.text));
const boxes = new Map();
const saving = element("p", { class: "saving", role: "status" });

function option(one) {
  const box = element("input", { type: "checkbox" });
  box.addEventListener("change", () => {
    const without = state.without.filter((key) => key !== one.key);
    show({ without: box.checked ? without : [...without, one.key].sort(), page: 1 });
  });
  boxes.set(one.key, box);
  const badge = one.other ? element("span", { class: "badge" }, "another platform") : "";
  return element("label", {}, box, element("span", {}, one.text, badge), element("span", { class: "amount" }, bytes(one.amount.bytes)));
}

function fieldset(title, options) {
  return options.length === 0 ? [] : element("fieldset", {}, element("legend", {}, title), options.map(option));
}

function makeFilter() {
  const others = names.filter((one) => one.other).map((one) => one.key);
  const leave = (keys) => () => show({ without: keys, page: 1 });
  const nothing = labels.length + names.length === 0;
  filterBox.replaceChildren(
    element("p", { class: "muted" }, nothing ? "Nothing here is for one platform alone." : "What is kept. A file that is for any platform always is."),
    ...[fieldset("Collected for, with what only this one needs", labels)].flat(),
    ...[fieldset("By name: a guess", names)].flat(), saving,
    element("div", { class: "actions" },
      others.length > 0 ? element("button", { type: "button", id: "leave-others", click: leave(others) }, "Leave other platforms out") : "",
      nothing ? "" : element("button", { type: "button", id: "keep-all", click: leave([]) }, "Keep all")));
}

function drawFilter() {
  for (const [key, box] of boxes) box.checked = !state.without.includes(key);
  const without = new Set(state.without);
  const gone = report.files.filter((file) => !stays(file, without));
  const saved = sum(gone);
  saving.textContent = without.size === 0
    ? "All platforms are kept. Clear one to see what that saves."
    : `Leaving these out saves ${bytes(saved)} (${share(saved, report.total.bytes)}) in ${count(gone.length, "file", "files")}; ${bytes(report.total.bytes - saved)} remain.`;
  saving.hidden = boxes.size === 0;
}

makeFilter();
views.push(drawFilter);
