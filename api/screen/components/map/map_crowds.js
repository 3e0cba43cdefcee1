// What lies so close together that marks would cover each other becomes one mark with a count; the worst leads it.
export const RANK = { critical: 0, warning: 1, unknown: 2, maintenance: 3, "": 4, absent: 5 };

// `things` have `spot` {x, y} in pixels of the zoom and `tone`; returns groups of things, each around its worst.
export function crowds(things, reach) {
  const groups = [];
  const cells = new Map();
  const cellOf = ({ x, y }) => [Math.floor(x / reach), Math.floor(y / reach)];
  for (const thing of [...things].sort((a, b) => RANK[a.tone] - RANK[b.tone])) {
    const [column, row] = cellOf(thing.spot);
    let nearest = null;
    for (let c = column - 1; c <= column + 1; c++)
      for (let r = row - 1; r <= row + 1; r++)
        for (const group of cells.get(`${c},${r}`) ?? []) {
          const far = Math.hypot(group[0].spot.x - thing.spot.x, group[0].spot.y - thing.spot.y);
          if (far < reach && (nearest === null || far < nearest.far)) nearest = { group, far };
        }
    if (nearest) nearest.group.push(thing);
    else {
      const group = [thing];
      groups.push(group);
      const cell = `${column},${row}`;
      cells.set(cell, [...(cells.get(cell) ?? []), group]);
    }
  }
  return groups;
}
