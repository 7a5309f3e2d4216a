import type { FigureCard } from "@/generated/mediation";
import type { Json } from "@/generated/schema";

export const headlines = ["avg_close_days", "local_resolution", "satisfaction", "resolved_total"] as const;
export const ringNames = ["perception", "mediation", "supervision", "assessment", "warning"] as const;
export type RingName = (typeof ringNames)[number];

/** The four headline figures first, in the order of the source article; then every other one. */
export function inOrder(figures: readonly FigureCard[]): { headline: FigureCard[]; other: FigureCard[] } {
  const headline = headlines.flatMap((key) => figures.filter((figure) => figure.key === key));
  return { headline, other: figures.filter((figure) => !headline.includes(figure)) };
}

export interface Ring {
  name: RingName;
  counts: { key: string; value: number }[];
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

/** `rings` is {ring: {count name: number}} or {ring: number}; rings that are missing show no counts. */
export function ringsOf(rings: Json): Ring[] {
  const all = isObject(rings) ? rings : {};
  return ringNames.map((name) => {
    const ring = all[name];
    if (typeof ring === "number") return { name, counts: [{ key: "total", value: ring }] };
    const entries = isObject(ring) ? Object.entries(ring) : [];
    return { name, counts: entries.flatMap(([key, value]) => (typeof value === "number" ? [{ key, value }] : [])) };
  });
}

/** Fewer days are better; of everything else more is. */
export function betterThanBaseline(figure: FigureCard): boolean | undefined {
  if (figure.value === null || figure.baseline === null || !figure.sufficient || figure.value === figure.baseline) return undefined;
  return figure.unit.toLowerCase() === "days" ? figure.value < figure.baseline : figure.value > figure.baseline;
}
