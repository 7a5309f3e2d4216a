import type { RehabCaseDetail } from "@/generated/rehab";
import type { RehabBand } from "@/generated/schema";

/** Colour, shape and tone of a band: never the colour alone. */
export const bandLooks: Readonly<Record<RehabBand, { tone: string; shape: "diamond" | "triangle" | "square" | "circle" }>> = {
  A: { tone: "red", shape: "diamond" },
  B: { tone: "yellow", shape: "triangle" },
  C1: { tone: "blue", shape: "square" },
  C2: { tone: "green", shape: "circle" },
};

/** How the person's page begins: before the start, running, paused, over. */
export type Phase = "before" | "running" | "paused" | "over";

const before: readonly string[] = ["ORDERED", "NOT_REPORTED", "REPORTED", "AGREED"];
const over: readonly string[] = ["TRANSFERRED", "COMPLETED", "FOLLOW_UP", "EXITED", "TERMINATED", "ISOLATION_ORDERED"];

export function phaseOf(state: string): Phase {
  if (state === "SUSPENDED") return "paused";
  if (before.includes(state)) return "before";
  return over.includes(state) ? "over" : "running";
}

const dayMs = 86_400_000;

/** Whole days from `today` to `day` (both YYYY-MM-DD), today counted as 0; never below 0. */
export function daysLeft(day: string, today: string): number {
  return Math.max(0, Math.round((Date.parse(day) - Date.parse(today)) / dayMs));
}

/** How much of the term is over, 0 to 1. */
export function termFraction(from: string, to: string, today: string): number {
  const whole = Date.parse(to) - Date.parse(from);
  return whole > 0 ? Math.min(1, Math.max(0, (Date.parse(today) - Date.parse(from)) / whole)) : 0;
}

/** The one thing to do next: what waits for a signature, a picture, or the next duty. */
/** "sent": the duty is answered, and a machine or a person is still looking. */
export type NextStep = "sign" | "retake" | "check_in" | "face" | "sent" | "none";

export function nextStep(matter: Pick<RehabCaseDetail, "availableActions" | "nextTask" | "checkIns" | "enrolment">, now: number): NextStep {
  const may = (name: string) => matter.availableActions.some((action) => action.name === name);
  if (may("sign")) return "sign";
  if (may("retake_check_in")) return "retake";
  const task = matter.nextTask;
  const answer = task && matter.checkIns.find((checkIn) => checkIn.task?.id === task.id);
  if (answer && (answer.state === "CHECKING" || answer.state === "IN_REVIEW")) return "sent";
  if (may("check_in") && task?.kind === "CHECK_IN" && Date.parse(task.opensAt) <= now) return "check_in";
  if (matter.enrolment?.state === "PENDING" && (!matter.enrolment.captured || matter.enrolment.problem)) return "face";
  return "none";
}
