import { computed, reactive, ref, shallowRef } from "vue";
import { SubmitCheckIn } from "@/generated/rehab";
import type { RehabMood } from "@/generated/schema";
import type { Challenge } from "@/kernel/faces/gestures";
import type { FaceBurst } from "@/kernel/faces/useFaceCapture";
import { type Outcome, useSubmit } from "@/kernel/matters/submit";
import { useOutbox } from "@/kernel/offline/useOutbox";
import type { FoundPosition } from "@/kernel/positions/usePosition";
import { captureInput, pictureOf } from "./capture";
import { type NoFaceReason, type Step, exactPosition, neighbour, sealedFields, stepsFor } from "./checkIn";

export interface CheckInForm {
  position: FoundPosition | null;
  withoutPosition: boolean;
  mood: RehabMood | null;
  wantsHelp: boolean;
  answers: string;
}

interface Picture {
  burst: FaceBurst;
  challenge: Challenge;
}

/** One check-in from the first step to the outbox. `withFace`: there is an enrolment to compare with. */
export function useCheckIn(taskId: string, title: () => string, withFace: () => boolean) {
  const form = reactive<CheckInForm>({ position: null, withoutPosition: false, mood: null, wantsHelp: false, answers: "" });
  const picture = shallowRef<Picture>();
  const withoutFace = ref<NoFaceReason>();
  const step = ref<Step>("place");
  const outbox = useOutbox();
  const { busy, refusals, error, submit } = useSubmit();
  const all = computed(() => stepsFor(withFace()));
  const go = (by: 1 | -1) => (step.value = neighbour(all.value, step.value, by) ?? step.value);

  function captured(burst: FaceBurst, challenge: Challenge): void {
    picture.value = { burst, challenge };
    withoutFace.value = undefined;
    step.value = "summary";
  }

  function goWithout(reason: NoFaceReason): void {
    picture.value = undefined;
    withoutFace.value = reason;
    step.value = "summary";
  }

  /** Through the outbox: stored on the phone first, sealed, then sent, now or later. */
  async function send(): Promise<Outcome> {
    const values = { position: exactPosition(form.position), mood: form.mood, wantsHelp: form.wantsHelp, answers: form.answers.trim() };
    const { position, mood, wantsHelp } = values;
    const shown = picture.value;
    const input = {
      taskId,
      mode: shown ? (outbox.online ? ("ONLINE" as const) : ("OFFLINE" as const)) : ("NO_FACE" as const),
      capturedAt: new Date(shown?.burst.capturedAt ?? Date.now()).toISOString(),
      capture: shown ? await captureInput(shown.burst, shown.challenge, await sealedFields(taskId, values)) : null,
      noFaceReason: shown ? null : (withoutFace.value ?? "NO_CONSENT"),
      latitude: position?.latitude ?? null,
      longitude: position?.longitude ?? null,
      accuracy: position?.accuracy ?? null,
      mood,
      wantsHelp,
      answers: values.answers || null,
    };
    return submit(SubmitCheckIn, { input }, { title: title(), matterId: taskId, files: shown ? [pictureOf(shown.burst)] : [] });
  }

  return { form, picture, withoutFace, step, steps: all, go, captured, goWithout, send, busy, refusals, error };
}
