// What would keep people from reading or using a page, by the rules of WCAG 2.2 that a program can check. It runs in the
// page, and so is one function that uses nothing else.
function inaccessible() {
  const found = [];
  const shown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const say = (element, what) => found.push(`${element.tagName}${element.id ? `#${element.id}` : ""} "${(element.textContent ?? "").slice(0, 40)}": ${what}`);

  if (!document.documentElement.lang) say(document.documentElement, "has no language");
  if (document.title === "") say(document.documentElement, "has no title");
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  if (new Set(ids).size !== ids.length) say(document.body, "has one id twice");
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-activedescendant]")) {
    for (const name of ["aria-labelledby", "aria-describedby", "aria-activedescendant"]) {
      for (const id of (element.getAttribute(name) ?? "").split(" ").filter((one) => one !== "")) {
        if (document.getElementById(id) === null) say(element, `${name} names nothing: ${id}`);
      }
    }
  }
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say(heading, `comes after a heading of level ${level}`);
    level = next;
  }
  if (document.querySelectorAll("h1").length !== 1 || document.querySelectorAll("main").length !== 1) say(document.body, "has not one h1 and main");
  for (const control of document.querySelectorAll("input, select")) {
    if (control.labels.length === 0 && !control.ariaLabel) say(control, "has no label");
  }
  for (const button of document.querySelectorAll("button")) {
    if (button.textContent.trim() === "" && !button.ariaLabel) say(button, "has no name");
  }
  for (const option of document.querySelectorAll("[role=option]")) {
    if (!option.getAttribute("aria-label") || !option.hasAttribute("aria-selected")) say(option, "has no name or state");
    if (option.closest("[role=listbox]") === null) say(option, "is in no listbox");
  }
  for (const table of document.querySelectorAll("table")) {
    if (table.caption === null) say(table, "has no caption");
    if (table.querySelector("th:not([scope])") !== null) say(table, "has a heading without a scope");
    if (table.querySelectorAll("th[aria-sort=ascending], th[aria-sort=descending]").length !== 1) say(table, "is sorted by not one column");
  }

  // Contrast: 4.5 for text, 3 for large text.
  const parse = (colour) => {
    const [, numbers] = /^rgba?\(([^)]*)\)$/.exec(colour) ?? [null, "0,0,0,0"];
    const [red, green, blue, alpha = 1] = numbers.split(/[ ,/]+/).map(Number);
    return { red, green, blue, alpha };
  };
  const over = (top, below, alpha = top.alpha) => ({
    red: top.red * alpha + below.red * (1 - alpha), green: top.green * alpha + below.green * (1 - alpha),
    blue: top.blue * alpha + below.blue * (1 - alpha), alpha: 1,
  });
  const light = ({ red, green, blue }) => {
    const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), { red: 255, green: 255, blue: 255, alpha: 1 });
  };
  const least = (style) => {
    const size = Number.parseFloat(style.fontSize);
    return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const element = text.parentElement;
    if (text.data.trim() === "" || element.closest("script, style, svg, noscript, option, :disabled, .skip") || !shown(element)) continue;
    const style = getComputedStyle(element);
    const below = ground(element);
    const contrast = ratio(over(parse(style.color), below), below);
    if (contrast < least(style)) say(element, `has a contrast of ${contrast.toFixed(2)}`);
  }
  for (const text of document.querySelectorAll("svg text")) {
    const box = text.getBBox();
    const point = { x: box.x + 2, y: box.y + box.height / 2 };
    let below = ground(text.closest("#map"));
    for (const rectangle of text.closest(".tile").querySelectorAll("rect:not(.ring)")) {
      const at = rectangle.getBBox();
      const inside = point.x >= at.x && point.x <= at.x + at.width && point.y >= at.y && point.y <= at.y + at.height;
      const style = getComputedStyle(rectangle);
      if (inside) below = over(parse(style.fill), below, Number(style.fillOpacity));
    }
    const contrast = ratio(parse(getComputedStyle(text).fill), below);
    if (contrast < 4.5) say(text, `has a contrast of ${contrast.toFixed(2)}`);
  }
  return [...new Set(found)].slice(0, 20);
}

module.exports = { inaccessible };
