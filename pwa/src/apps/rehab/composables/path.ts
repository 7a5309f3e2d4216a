import type { MyRehabRulesResult } from "@/generated/rehab";

export type Path = NonNullable<NonNullable<MyRehabRulesResult["myRehabCase"]>["pathTo"]>;
export type Offer = Path["offers"][number];

/** One plain sentence: a key of the texts and what is filled in (days still as YYYY-MM-DD). */
export interface Sentence {
  key: string;
  day?: string;
  points?: number;
  times?: number;
}

/** Nothing is in the way any more but the decision of a person. */
const isReached = (path: Path): boolean => path.missingPoints <= 0 && !path.cleanFrom && !path.freeFrom;

/** What leads to the colour, in the order in which a person asks: when at the earliest, what is missing, by time alone. */
export function sentencesOf(path: Path): Sentence[] {
  const sentences: Sentence[] = [];
  if (path.missingPoints > 0) sentences.push({ key: "missing", points: path.missingPoints });
  else sentences.push({ key: "enough" });
  if (path.reachedOn && path.missingPoints > 0) sentences.push({ key: "byTime", day: path.reachedOn });
  if (path.cleanFrom) sentences.push({ key: "clean", day: path.cleanFrom });
  if (path.freeFrom) sentences.push({ key: "free", day: path.freeFrom });
  if (path.earliestOn && path.offers.length) sentences.push({ key: "earliest", day: path.earliestOn });
  if (isReached(path)) sentences.push({ key: "reached" });
  return sentences;
}

/** What helps most first. */
export const byHelp = (offers: readonly Offer[]): Offer[] => [...offers].sort((a, b) => b.points - a.points);
