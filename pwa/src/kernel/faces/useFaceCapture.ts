import { type Ref, computed, onScopeDispose, ref, watch } from "vue";
import { type Burst, BurstError, type BurstProblem, takeBurst } from "../camera/burst";
import { type Challenge, usableUntil } from "./gestures";
import { planCapture, stepOf } from "./plan";

export type CapturePhase = "waiting" | "countdown" | "running" | "working" | "done" | "failed";
export type CaptureProblem = Exclude<BurstProblem, "CANCELLED"> | "CHALLENGE_EXPIRED";

/** A burst made for a challenge. */
export interface FaceBurst extends Burst {
  challengeId: string;
  /** When the last frame was taken, by the phone's clock, milliseconds since 1970. */
  capturedAt: number;
}

const columns = 6;
const countdownSeconds = 3;

/** Counts down, then takes the frames of the challenge's plan; the page shows `step` and `progress`. */
export function useFaceCapture(challenge: () => Challenge, video: Readonly<Ref<HTMLVideoElement | null | undefined>>) {
  const phase = ref<CapturePhase>("waiting");
  const problem = ref<CaptureProblem>();
  const seconds = ref(0);
  const frame = ref(0);
  const plan = computed(() => planCapture(challenge().gestures));
  const step = computed(() => stepOf(plan.value, frame.value));
  const progress = computed(() => (phase.value === "running" ? frame.value / plan.value.count : Number(phase.value === "working" || phase.value === "done")));
  let running: AbortController | undefined;

  /** undefined when it was cancelled or failed (see `problem`). */
  async function begin(): Promise<FaceBurst | undefined> {
    cancel();
    const mine = (running = new AbortController());
    const given = challenge();
    const { count, intervalMs } = plan.value;
    if (usableUntil(given) <= Date.now() + count * intervalMs) return fail("CHALLENGE_EXPIRED");
    try {
      await countDown(mine.signal);
      let capturedAt = 0;
      const onFrame = (index: number) => {
        frame.value = index;
        if (index < count) return;
        phase.value = "working";
        capturedAt = Date.now();
      };
      if (!video.value) throw new BurstError("CAMERA_STOPPED");
      phase.value = "running";
      const burst = await takeBurst(video.value, { count, intervalMs, columns, onFrame, signal: mine.signal });
      if (mine.signal.aborted) return undefined;
      phase.value = "done";
      return { ...burst, challengeId: given.id, capturedAt };
    } catch (error) {
      if (!(error instanceof BurstError)) throw error;
      return error.code === "CANCELLED" ? undefined : fail(error.code);
    }
  }

  async function countDown(signal: AbortSignal): Promise<void> {
    phase.value = "countdown";
    for (seconds.value = countdownSeconds; seconds.value > 0; seconds.value -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      if (signal.aborted) throw new BurstError("CANCELLED");
    }
  }

  function fail(code: CaptureProblem): undefined {
    problem.value = code;
    phase.value = "failed";
  }

  function cancel(): void {
    running?.abort();
    running = undefined;
    phase.value = "waiting";
    problem.value = undefined;
    frame.value = 0;
  }

  watch(() => challenge().id, cancel);
  onScopeDispose(cancel);
  return { phase, problem, seconds, plan, step, progress, begin, cancel };
}
