/** A scheme map: one hexagon for each division, about where it lies. No outlines, no tiles from anywhere. */
export interface Place {
  code: string;
  latitude: number | null;
  longitude: number | null;
}

export interface Hexagon {
  code: string;
  /** Centre, in units of a hexagon's width; rows are √3/2 apart. */
  x: number;
  y: number;
}

const rowHeight = Math.sqrt(3) / 2;
const key = (column: number, row: number) => `${column},${row}`;
const centre = (column: number, row: number) => ({ x: column + (Math.abs(row) % 2) / 2, y: row * rowHeight });

interface Spot {
  code: string;
  x: number;
  y: number;
}

/** Where places lie on a map without scale: east to the right, north up, in hexagon widths; along a compact honeycomb without positions. */
function wanted(places: readonly Place[]): Spot[] {
  const size = Math.ceil(Math.sqrt(places.length));
  const known = places.flatMap(({ code, latitude, longitude }) => (latitude === null || longitude === null ? [] : [{ code, latitude, longitude }]));
  if (known.length < places.length || known.length < 2) {
    // Not more than four beside each other, so that names stay readable on a phone.
    const columns = Math.min(size, 4);
    return places.map((place, index) => ({ code: place.code, ...centre(index % columns, Math.floor(index / columns)) }));
  }
  const latitudes = known.map((place) => place.latitude);
  const longitudes = known.map((place) => place.longitude);
  const [south, north, west, east] = [Math.min(...latitudes), Math.max(...latitudes), Math.min(...longitudes), Math.max(...longitudes)];
  // A degree of longitude is shorter than one of latitude.
  const shrink = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const [width, height] = [(east - west) * shrink || 1, north - south || 1];
  const scale = (size * 1.15) / Math.sqrt(width * height);
  return known.map((place) => ({ code: place.code, x: (place.longitude - west) * shrink * scale, y: (north - place.latitude) * scale }));
}

const squared = (one: { x: number; y: number }, other: { x: number; y: number }) => (one.x - other.x) ** 2 + (one.y - other.y) ** 2;

/** The free hexagon nearest to a spot, looked for in rings around it. */
function nearest(spot: Spot, taken: ReadonlySet<string>, reach: number): { column: number; row: number } {
  const [nearColumn, nearRow] = [Math.round(spot.x), Math.round(spot.y / rowHeight)];
  const around = Array.from({ length: reach * 2 + 1 }, (_, index) => index - reach);
  const free = around
    .flatMap((down) => around.map((right) => ({ column: nearColumn + right, row: nearRow + down })))
    .filter(({ column, row }) => !taken.has(key(column, row)));
  const far = ({ column, row }: { column: number; row: number }) => squared(centre(column, row), spot);
  return free.reduce((best, each) => (far(each) < far(best) ? each : best));
}

/** Each place gets the free hexagon nearest to where it lies; who is farthest from the middle chooses last. */
export function layOut(places: readonly Place[]): Hexagon[] {
  const spots = wanted(places);
  const middle = { x: mean(spots.map(({ x }) => x)), y: mean(spots.map(({ y }) => y)) };
  const taken = new Set<string>();
  const reach = Math.ceil(Math.sqrt(spots.length)) + 2;
  const placed = [...spots]
    .sort((one, other) => squared(one, middle) - squared(other, middle) || one.code.localeCompare(other.code))
    .map((spot) => {
      const { column, row } = nearest(spot, taken, reach);
      taken.add(key(column, row));
      return { code: spot.code, ...centre(column, row) };
    });
  const [left, top] = [Math.min(...placed.map(({ x }) => x)), Math.min(...placed.map(({ y }) => y))];
  return placed.map((hexagon) => ({ ...hexagon, x: hexagon.x - left, y: hexagon.y - top }));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
