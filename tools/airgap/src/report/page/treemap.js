// A squarified treemap: rectangles by size whose sides differ as little as may be.
// After Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000.

// Places for sizes, which have to be sorted, the largest first.
function squarify(sizes, box) {
  const total = sizes.reduce((one, other) => one + other, 0);
  const places = [];
  if (total <= 0 || box.width <= 0 || box.height <= 0) {
    return sizes.map(() => ({ x: box.x, y: box.y, width: 0, height: 0 }));
  }
  const scale = (box.width * box.height) / total;
  let free = { ...box };
  let from = 0;
  while (from < sizes.length) {
    const side = Math.min(free.width, free.height);
    let to = from;
    let area = 0;
    let worst = Infinity;
    // A row grows while that makes its worst rectangle no worse.
    while (to < sizes.length) {
      const next = area + sizes[to] * scale;
      const ratio = worstRatio(sizes[from] * scale, sizes[to] * scale, next, side);
      if (to > from && ratio > worst) break;
      [worst, area, to] = [ratio, next, to + 1];
    }
    free = placeRow(sizes.slice(from, to), scale, area, free, places);
    from = to;
  }
  return places;
}

function worstRatio(largest, smallest, area, side) {
  if (area <= 0 || side <= 0 || smallest <= 0) return Infinity;
  const square = side * side;
  return Math.max((square * largest) / (area * area), (area * area) / (square * smallest));
}

// Places a row at the shorter side; what remains free.
function placeRow(sizes, scale, area, free, places) {
  const wide = free.width >= free.height;
  const side = wide ? free.height : free.width;
  const depth = side > 0 ? area / side : 0;
  let at = wide ? free.y : free.x;
  for (const size of sizes) {
    const length = depth > 0 ? (size * scale) / depth : 0;
    places.push(wide ? { x: free.x, y: at, width: depth, height: length } : { x: at, y: free.y, width: length, height: depth });
    at += length;
  }
  return wide
    ? { x: free.x + depth, y: free.y, width: Math.max(0, free.width - depth), height: free.height }
    : { x: free.x, y: free.y + depth, width: free.width, height: Math.max(0, free.height - depth) };
}

// The place that an arrow key leads to from a place: the nearest in that direction, those beside it first.
function neighbour(places, from, key) {
  const middle = (place) => ({ x: place.x + place.width / 2, y: place.y + place.height / 2 });
  const start = middle(places[from]);
  let best = from;
  let least = Infinity;
  for (const [index, place] of places.entries()) {
    if (index === from || place.width <= 0 || place.height <= 0) continue;
    const point = middle(place);
    const [right, down] = [point.x - start.x, point.y - start.y];
    const [along, aside] = {
      ArrowRight: [right, down], ArrowLeft: [-right, down], ArrowDown: [down, right], ArrowUp: [-down, right],
    }[key];
    if (along <= 0.5) continue;
    const distance = along + 2 * Math.abs(aside);
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}
