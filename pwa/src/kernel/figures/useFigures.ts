import { computed, ref, shallowRef, watch } from "vue";
import type { DivisionName } from "@/generated/kernel";
import { useSession } from "../auth/session";
import { type Period, periodUpTo, today } from "../i18n/days";

export type Span = ReturnType<typeof periodUpTo>;

/** Figures of a place and a period that the reader chooses; of his own place and the year to begin with. */
export function useFigures<Figures>(read: (division: string, span: Span) => Promise<Figures>) {
  const division = shallowRef<DivisionName | null>(useSession().homeDivision);
  const period = ref<Period>("year");
  const figures = shallowRef<Figures>();
  const error = shallowRef<unknown>();
  const span = computed(() => periodUpTo(today(), period.value));

  async function load(): Promise<void> {
    if (!division.value) return;
    error.value = undefined;
    try {
      figures.value = await read(division.value.code, span.value);
    } catch (problem) {
      error.value = problem;
    }
  }

  watch([division, period], load, { immediate: true });
  return { division, period, span, figures, error, load };
}
