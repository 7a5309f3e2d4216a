import type { RehabFigureCard } from "@/generated/rehab";
import { type Json, type RehabBand, rehabBands } from "@/generated/schema";

/** Persons of a colour: a number, or null where the group is too small to be told apart. */
export interface BandCount {
  band: RehabBand;
  count: number | null;
}

/** Always four colours. A colour nobody has is not in the server's answer and counts 0; a small group is there and null. */
export function bandCounts(personsByBand: Json): BandCount[] {
  const given = personsByBand && typeof personsByBand === "object" && !Array.isArray(personsByBand) ? personsByBand : {};
  return rehabBands.map((band) => {
    const value = given[band];
    return { band, count: typeof value === "number" ? value : band in given ? null : 0 };
  });
}

/** All persons, or undefined where a hidden group would be told by subtraction. */
export function totalOf(counts: readonly BandCount[]): number | undefined {
  const known = counts.map((one) => one.count);
  return known.includes(null) ? undefined : known.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

export type FigureSaid = { kind: "value"; fraction: number } | { kind: "tooFew"; cases: number | null };

/** A rate, or that there are too few cases to say anything. */
export const saidOf = (figure: Pick<RehabFigureCard, "value" | "denominator">): FigureSaid =>
  figure.value === null ? { kind: "tooFew", cases: figure.denominator } : { kind: "value", fraction: figure.value };
