import type { Gesture } from "./gestures";

export type Pose = Gesture | "STRAIGHT";

export interface PlanStep {
  pose: Pose;
  frames: number;
}

export interface CapturePlan {
  steps: PlanStep[];
  count: number;
  intervalMs: number;
}

export const mostFrames = 40;
const frameEveryMs = 270;
/** A person needs longer to do something than to come back from it. */
const framesOf = { gesture: 6, straight: 5 };

/** Straight, then each gesture with straight after it. Many gestures get fewer frames each, in the same time. */
export function planCapture(asked: readonly Gesture[]): CapturePlan {
  const full = asked.length * framesOf.gesture + (asked.length + 1) * framesOf.straight;
  const share = Math.min(1, mostFrames / full);
  const frames = (wanted: number) => Math.max(1, Math.floor(wanted * share));
  const straight: PlanStep = { pose: "STRAIGHT", frames: frames(framesOf.straight) };
  const steps = [{ ...straight }, ...asked.flatMap((pose): PlanStep[] => [{ pose, frames: frames(framesOf.gesture) }, { ...straight }])];
  const count = steps.reduce((sum, step) => sum + step.frames, 0);
  return { steps, count, intervalMs: Math.round((full * frameEveryMs) / count) };
}

/** The step that the frame with this number (from 0) belongs to; the last one for every number after. */
export function stepOf(plan: CapturePlan, frame: number): number {
  let end = 0;
  const found = plan.steps.findIndex((step) => frame < (end += step.frames));
  return found < 0 ? plan.steps.length - 1 : found;
}
