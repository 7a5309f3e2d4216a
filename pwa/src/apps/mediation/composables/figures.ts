import type { FigureCard } from "@/generated/mediation";
import type { Json } from "@/generated/schema";

export const headlines = ["avg_close_days", "local_resolution", "satisfaction", "resolved_total"] as const;
/** Which counts of the server belong to which of the five rings. */
const rings = {
  perception: ["sensed"],
  mediation: ["mediated", "agreed"],
  supervision: ["supervised"],
  assessment: ["rated"],
  warning: ["warned"],
} as const;
export const ringNames = Object.keys(rings) as RingName[];
export type RingName = keyof typeof rings;

/** The four headline figures first, in the order of the source article; then every other one. */
export function inOrder(figures: readonly FigureCard[]): { headline: FigureCard[]; other: FigureCard[] } {
  const headline = headlines.flatMap((key) => figures.filter((figure) => figure.key === key));
  return { headline, other: figures.filter((figure) => !headline.includes(figure)) };
}

export interface Ring {
  name: RingName;
  counts: { key: string; value: number }[];
}

/** Always five rings; one without counts shows none. */
export function ringsOf(counts: Json): Ring[] {
  const known = counts && typeof counts === "object" && !Array.isArray(counts) ? counts : {};
  return ringNames.map((name) => ({
    name,
    counts: rings[name].flatMap((key) => {
      const value = known[key];
      return typeof value === "number" ? [{ key, value }] : [];
    }),
  }));
}

/** Fewer days are better; of everything else more is. */
export function betterThanBaseline(figure: FigureCard): boolean | undefined {
  if (figure.value === null || figure.baseline === null || !figure.sufficient || figure.value === figure.baseline) return undefined;
  return figure.unit === "DAYS" ? figure.value < figure.baseline : figure.value > figure.baseline;
}
