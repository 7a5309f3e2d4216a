import type { RehabLeaveCard, RehabRequestCard } from "@/generated/rehab";

/** One step of an application: done at a time, or still to come. */
export interface DoneStep {
  key: "filed" | "inHand" | "granted" | "refused" | "withdrawn" | "decision" | "acknowledged" | "returned" | "return";
  at: string | null;
  done: boolean;
  /** Who does it, where that is known. */
  who?: string;
}

export function requestSteps(request: Pick<RehabRequestCard, "state" | "filedAt" | "handler" | "decidedAt">): DoneStep[] {
  const steps: DoneStep[] = [{ key: "filed", at: request.filedAt, done: true }];
  if (request.state === "WITHDRAWN") return [...steps, { key: "withdrawn", at: null, done: true }];
  steps.push({ key: "inHand", at: null, done: request.handler !== null, ...(request.handler ? { who: request.handler } : {}) });
  const decided = request.state === "GRANTED" || request.state === "REFUSED";
  steps.push({ key: decided ? (request.state === "GRANTED" ? "granted" : "refused") : "decision", at: request.decidedAt, done: decided });
  return steps;
}

export function leaveSteps(leave: Pick<RehabLeaveCard, "state" | "filedAt" | "decidedAt" | "returnedAt">): DoneStep[] {
  const steps: DoneStep[] = [{ key: "filed", at: leave.filedAt, done: true }];
  if (leave.state === "WITHDRAWN") return [...steps, { key: "withdrawn", at: null, done: true }];
  if (leave.state === "REFUSED") return [...steps, { key: "refused", at: leave.decidedAt, done: true }];
  const acknowledged = leave.state !== "FILED";
  steps.push({ key: acknowledged ? "acknowledged" : "decision", at: leave.decidedAt, done: acknowledged });
  const returned = leave.state === "RETURNED";
  steps.push({ key: returned ? "returned" : "return", at: leave.returnedAt, done: returned });
  return steps;
}
