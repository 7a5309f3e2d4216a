import type { Json } from "@/generated/schema";

/** What the server compares, in its order (backend/apps/reunion/comparing.py). */
export const comparedFields = [
  "NAME", "SEX", "BORN", "HEIGHT", "DIALECT", "ORIGIN", "MARKS", "CLOTHES", "PLACE", "TIME", "RELATIVES", "DECEASED",
] as const;
export type ComparedField = (typeof comparedFields)[number];

export const fieldVerdicts = ["MATCH", "CLOSE", "MISMATCH", "BLANK"] as const;
export type FieldVerdict = (typeof fieldVerdicts)[number];

/** One field of the two sides: how they stand to each other, and on what that rests. */
export interface ComparedLine {
  field: ComparedField;
  verdict: FieldVerdict;
  code: string;
  data: { [key: string]: Json };
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } => typeof value === "object" && value !== null && !Array.isArray(value);

/** The lines of a comparison; what this version of the app does not know is left out. Weights and sums are not read: they are no grounds. */
export function linesOf(comparison: Json): ComparedLine[] {
  const lines = isObject(comparison) && Array.isArray(comparison["fields"]) ? comparison["fields"] : [];
  return lines.flatMap((line) => {
    if (!isObject(line)) return [];
    const field = comparedFields.find((one) => one === line["field"]);
    const verdict = fieldVerdicts.find((one) => one === line["verdict"]);
    if (!field || !verdict || typeof line["code"] !== "string") return [];
    return [{ field, verdict, code: line["code"], data: isObject(line["data"]) ? line["data"] : {} }];
  });
}

export function cautionsOf(comparison: Json): string[] {
  const cautions = isObject(comparison) && Array.isArray(comparison["cautions"]) ? comparison["cautions"] : [];
  return cautions.filter((one): one is string => typeof one === "string");
}

/** What can be named in the words of a code: numbers as they are, shared words as one text. */
export const namedIn = (data: ComparedLine["data"], joint: string): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(data).flatMap(([name, value]) => {
      if (Array.isArray(value)) return [[name, value.filter((one) => typeof one === "string").join(joint)]];
      return typeof value === "number" || typeof value === "string" ? [[name, value]] : [];
    }),
  );

/** How far two pictures are apart in time, as a group of words. Over five years only DNA proves who somebody is. */
export function ageGapWord(years: number | null): "unknown" | "none" | "some" | "large" {
  if (years === null) return "unknown";
  if (years === 0) return "none";
  return years > 5 ? "large" : "some";
}

export interface Numbers {
  score: number;
  likely: boolean;
  cosine: number | null;
}

/** The engine's numbers, once the reader has said what he sees himself; nothing before. */
export function numbersOf(candidate: { mayReview: boolean; score: number | null; likely: boolean | null; cosine: number | null }): Numbers | undefined {
  if (candidate.mayReview || candidate.score === null) return undefined;
  return { score: candidate.score, likely: candidate.likely ?? false, cosine: candidate.cosine };
}
