import { computed, onScopeDispose } from "vue";
import { OversightLessonById, type OversightLessonDetail } from "@/generated/oversight";
import { onArrival } from "@/kernel/arrivals";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

export async function readLesson(id: string): Promise<OversightLessonDetail> {
  const { oversightLesson } = await execute(OversightLessonById, { id });
  if (!oversightLesson) throw new TransportError("NOT_FOUND", 404, undefined);
  return oversightLesson;
}

/** One lesson, kept for reading without a network and read again when a message says that it was decided on. */
export function useLesson(id: string) {
  const kept = useKeptRead(() => `oversight/lesson/${id}`, () => readLesson(id));
  onScopeDispose(onArrival((fresh) => fresh.matterId === id && void kept.load()));
  afterSending(kept.load);
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}

/** Only the procuratorate meets lessons in other states than published, and reads where they come from. */
export const worksOnCases = (may: (permission: string) => boolean): boolean => may("oversight_case:log:read");

const tones: Readonly<Record<string, string>> = { DRAFTED: "tone-yellow", PUBLISHED: "tone-green" };

/** Its state as a colour: what waits for the chief stands out, what nobody else reads recedes. */
export const toneOfLesson = (state: string): string => tones[state] ?? "tone-grey";
