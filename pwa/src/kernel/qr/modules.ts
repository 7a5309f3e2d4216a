/** An SVG path over a grid of unit squares: one run of dark modules each, so that no seams show between them. */
export function modulesPath(rows: readonly (readonly boolean[])[]): string {
  return rows.map((row, y) => runs(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`).join("")).join("");
}

function runs(row: readonly boolean[]): [start: number, length: number][] {
  const found: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = found.at(-1);
    if (dark && row[x - 1] && last) last[1] += 1;
    else if (dark) found.push([x, 1]);
  });
  return found;
}
