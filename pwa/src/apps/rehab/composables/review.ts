import type { RehabReviewCard } from "@/generated/rehab";

/** Ready notes; each is a text `rehab.staff.review.quick.<name>` and can be changed before sending. */
export type QuickNote = "same" | "byPhone" | "inPerson" | "unclear" | "other" | "willCall";

export function quickNotes(accept: boolean, withPicture: boolean): QuickNote[] {
  if (!accept) return withPicture ? ["unclear", "other", "willCall"] : ["willCall", "other"];
  return withPicture ? ["same", "byPhone", "inPerson"] : ["byPhone", "inPerson"];
}

/** How sure the engine is, in three steps; the number itself suggests more than it knows. */
export type Likeness = "alike" | "unsure" | "different" | "none";

const outcomes: Readonly<Record<string, Likeness>> = { MATCH: "alike", UNSURE: "unsure", MISMATCH: "different" };

export const likenessOf = (checkIn: Pick<RehabReviewCard, "outcome">): Likeness => outcomes[checkIn.outcome ?? ""] ?? "none";

/** Minutes between the picture and its arrival; worth a word only when it came clearly later. */
export function sentLater(checkIn: Pick<RehabReviewCard, "capturedAt" | "receivedAt">): number {
  const minutes = Math.floor((Date.parse(checkIn.receivedAt) - Date.parse(checkIn.capturedAt)) / 60_000);
  return minutes >= 5 ? minutes : 0;
}
