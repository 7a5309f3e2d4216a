import type { RehabCaseDetail, RehabEntryCard } from "@/generated/rehab";

type Objection = RehabCaseDetail["objections"][number];

/** What of its points a line gives today. */
export type Counting = "full" | "part" | "none";

export function countingOf(entry: Pick<RehabEntryCard, "counts" | "points">): Counting {
  if (!entry.counts) return "none";
  return entry.counts === entry.points ? "full" : "part";
}

/** "+2", "−1.5", "0": with a real minus sign. */
export const signed = (points: number, number: (value: number) => string): string =>
  points > 0 ? `+${number(points)}` : points < 0 ? `−${number(-points)}` : "0";

/** Why a line gives less than its points: the server's ground, or that time has made it lighter. */
export function groundOf(entry: Pick<RehabEntryCard, "counts" | "points" | "whyNot">): string | null {
  if (entry.whyNot) return entry.whyNot;
  return countingOf(entry) === "part" ? "FADED" : null;
}

const deciding: readonly Objection["state"][] = ["FILED", "FURTHER_REVIEW"];

/** The objection to this line or decision, newest first. */
export function objectionTo(objections: readonly Objection[], targetId: string): Objection | undefined {
  return [...objections].sort((a, b) => b.filedAt.localeCompare(a.filedAt)).find((one) => one.targetId === targetId);
}

export const isOpen = (objection: Objection): boolean => deciding.includes(objection.state);

/** An objection may be filed against what is confirmed and not already being looked at. */
export function mayObject(entry: Pick<RehabEntryCard, "id" | "state" | "points">, objections: readonly Objection[]): boolean {
  return entry.state === "CONFIRMED" && objectionTo(objections, entry.id) === undefined;
}

/** Newest facts first. */
export const byFact = <Entry extends Pick<RehabEntryCard, "factOn" | "recordedAt">>(entries: readonly Entry[]): Entry[] =>
  [...entries].sort((a, b) => b.factOn.localeCompare(a.factOn) || b.recordedAt.localeCompare(a.recordedAt));
