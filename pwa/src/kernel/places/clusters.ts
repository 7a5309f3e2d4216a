import type { ClockColour } from "@/generated/schema";

export interface Place {
  id: string;
  latitude: number;
  longitude: number;
  colour: ClockColour;
}

export interface View {
  /** Degrees at the centre. */
  latitude: number;
  longitude: number;
  /** Width of the picture in degrees of longitude. */
  span: number;
}

export interface Cluster<P extends Place> {
  key: string;
  /** 0..1 from left and from top. */
  x: number;
  y: number;
  places: P[];
  /** The most pressing colour inside. */
  colour: ClockColour;
}

const urgency: Record<ClockColour, number> = { RED: 3, YELLOW: 2, BLUE: 1, GREY: 0 };
const cells = 9;

/** A view that shows every place with a margin; never narrower than about a kilometre. */
export function viewOf(places: readonly Place[]): View {
  const latitudes = places.map((place) => place.latitude);
  const longitudes = places.map((place) => place.longitude);
  const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const extent = (values: number[]) => Math.max(...values) - Math.min(...values);
  const latitude = middle(latitudes);
  const narrowing = Math.cos((latitude * Math.PI) / 180);
  const span = Math.max(extent(longitudes), extent(latitudes) / narrowing, 0.01) * 1.25;
  return { latitude, longitude: middle(longitudes), span };
}

/** Equirectangular projection: exact enough within a county. */
export function project(place: { latitude: number; longitude: number }, view: View): { x: number; y: number } {
  const narrowing = Math.cos((view.latitude * Math.PI) / 180);
  return {
    x: 0.5 + (place.longitude - view.longitude) / view.span,
    y: 0.5 - (place.latitude - view.latitude) / (view.span * narrowing),
  };
}

/** Gathers the places that would overlap; only what lies inside the picture. */
export function clusters<P extends Place>(places: readonly P[], view: View): Cluster<P>[] {
  const found = new Map<string, Cluster<P>>();
  for (const place of places) {
    const { x, y } = project(place, view);
    if (x < 0 || x > 1 || y < 0 || y > 1) continue;
    const key = `${Math.floor(x * cells)}-${Math.floor(y * cells)}`;
    const cluster = found.get(key);
    if (!cluster) {
      found.set(key, { key, x, y, places: [place], colour: place.colour });
      continue;
    }
    const count = cluster.places.push(place);
    cluster.x += (x - cluster.x) / count;
    cluster.y += (y - cluster.y) / count;
    if (urgency[place.colour] > urgency[cluster.colour]) cluster.colour = place.colour;
  }
  return [...found.values()];
}

/** Metres that a fifth of the picture's width stands for. */
export function scaleMetres(view: View): number {
  return (view.span / 5) * 111_320 * Math.cos((view.latitude * Math.PI) / 180);
}
