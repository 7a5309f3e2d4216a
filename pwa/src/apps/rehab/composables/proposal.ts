import type { RehabEntryCard } from "@/generated/rehab";
import type { Json, RehabBand } from "@/generated/schema";
import type { TwoTongues } from "./words";

/** What one line of the ledger brings into the score. */
export interface Share {
  entry: string;
  text: TwoTongues | undefined;
  rule: string;
  factOn: string;
  given: number;
  weight: number;
  points: number;
  /** Why it counts for less than was given, as a code; null when nothing was held back. */
  why: string | null;
}

export interface Explained {
  base: number;
  baseSince: string;
  score: number;
  heldBack: { code: string; band: string; until: string }[];
  /** What moves the score most, first; lines that count nothing come last. */
  shares: Share[];
}

type Data = { [key: string]: Json };

const isData = (value: Json | undefined): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: Json | undefined): Data[] => (Array.isArray(value) ? value.filter(isData) : []);
const number = (value: Json | undefined): number => (typeof value === "number" ? value : 0);
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** The server's explanation of a proposal, with the words of the rules from the case's own ledger. */
export function explained(explanation: Json, entries: readonly RehabEntryCard[]): Explained {
  const data = isData(explanation) ? explanation : {};
  const words = new Map(entries.map((entry) => [entry.id, entry.ruleText]));
  const shares = listOf(data["contributions"]).map((one): Share => ({
    entry: text(one["entry"]),
    text: words.get(text(one["entry"])),
    rule: text(one["rule"]),
    factOn: text(one["fact"]),
    given: number(one["given"]),
    weight: number(one["weight"]),
    points: number(one["points"]),
    why: typeof one["why"] === "string" ? one["why"] : null,
  }));
  return {
    base: number(data["base"]),
    baseSince: text(data["baseSince"]),
    score: number(data["score"]),
    heldBack: listOf(data["heldBack"]).map((one) => ({ code: text(one["code"]), band: text(one["band"]), until: text(one["until"]) })),
    shares: shares.sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || b.factOn.localeCompare(a.factOn)),
  };
}

const order: readonly RehabBand[] = ["A", "B", "C1", "C2"];

/** Whether a change of colour is for the better. */
export const isBetter = (from: RehabBand, to: RehabBand): boolean => order.indexOf(to) > order.indexOf(from);
