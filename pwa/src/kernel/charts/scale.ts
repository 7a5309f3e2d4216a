/** The smallest "round" number (1, 2, 2.5, 5 × 10ⁿ) that is not below `value`. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

export interface Point {
  x: number;
  y: number;
}

/** Places values left to right in a box; gaps (null) split the line. */
export function linePaths(values: readonly (number | null)[], width: number, height: number, top: number): { paths: string[]; points: (Point | null)[] } {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const points = values.map((value, index) => (value === null ? null : { x: index * step, y: height - (value / top) * height }));
  const paths: string[] = [];
  let current = "";
  for (const point of [...points, null]) {
    if (point) current += `${current ? "L" : "M"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
    else if (current) {
      paths.push(current);
      current = "";
    }
  }
  return { paths, points };
}
