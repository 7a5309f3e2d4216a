import type { ReunionReportCard } from "@/generated/reunion";
import type { ReunionCaseState } from "@/generated/schema";

/**
 * What a family reads of its report. Searches, candidates and what officers think of them are one and the same to it: somebody is looking. A hint that
 * comes to nothing hurts more than none.
 */
export const phases = ["RECEIVED", "SEARCHING", "NOT_YET", "FOUND", "HOME", "CLOSED", "WITHDRAWN"] as const;
export type Phase = (typeof phases)[number];

const phaseByState: Readonly<Record<ReunionCaseState, Phase>> = {
  REPORTED: "RECEIVED", BASIS_RECORDED: "RECEIVED", QUICK_CHECK: "SEARCHING", SEARCH_REQUESTED: "SEARCHING", SEARCH_REFUSED: "SEARCHING", SEARCH_APPROVED: "SEARCHING",
  CANDIDATES: "SEARCHING", LEAD: "SEARCHING", VERIFYING: "SEARCHING", NO_MATCH: "NOT_YET", PLACED: "NOT_YET", IDENTITY_CONFIRMED: "FOUND", RETURN_ARRANGED: "FOUND",
  RETURNED: "HOME", FOLLOWING: "HOME", CLOSED: "CLOSED", WITHDRAWN: "WITHDRAWN",
};

/** A report that ended after the two were brought together ended at home. */
export function phaseOf({ state, reunionKind }: Pick<ReunionReportCard, "state" | "reunionKind">): Phase {
  const phase = phaseByState[state];
  return phase === "CLOSED" && reunionKind !== null ? "HOME" : phase;
}

export const phaseOfState = (state: string): Phase | undefined => (Object.hasOwn(phaseByState, state) ? phaseByState[state as ReunionCaseState] : undefined);

/** The way as it is drawn; who has withdrawn or ended is not on it any more. */
export const way = ["RECEIVED", "SEARCHING", "FOUND", "HOME"] as const;

/** How far on the way, from 0; -1 when the report has ended without a return. */
export const stepOf = (phase: Phase): number => way.findIndex((step) => step === (phase === "NOT_YET" ? "SEARCHING" : phase));
