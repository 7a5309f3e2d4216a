import { computed, shallowRef, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { CockpitBoard, type CockpitBoardResult, CockpitChanged } from "@/generated/cockpit";
import { useSession } from "@/kernel/auth/session";
import { execute } from "@/kernel/graphql/client";
import { useLive } from "@/kernel/graphql/live";
import { today } from "@/kernel/i18n/days";

export type Board = CockpitBoardResult["cockpitBoard"];
export type Place = Board["division"];

/** First day of the month that lies `by` months away. */
export function monthsFrom(month: string, by: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}-01`;
}

export const thisMonth = (): string => `${today().slice(0, 7)}-01`;

/** The board of the place and the months that the address names, so that a link and "back" keep them; live. */
export function useBoard() {
  const route = useRoute();
  const router = useRouter();
  const session = useSession();
  const asked = (name: string) => (typeof route.query[name] === "string" ? route.query[name] : undefined);
  const division = computed(() => asked("division") ?? session.homeDivision?.code ?? "");
  const month = computed(() => asked("month") ?? thisMonth());
  const wholeYear = computed(() => asked("year") === "1");
  const span = computed(() => ({ from: wholeYear.value ? `${month.value.slice(0, 4)}-01-01` : month.value, to: month.value }));
  const board = shallowRef<Board>();
  const error = shallowRef<unknown>();
  let round = 0;
  let stop: (() => void) | undefined;

  async function load(): Promise<void> {
    if (!division.value) return;
    const mine = ++round;
    error.value = undefined;
    try {
      const found = await execute(CockpitBoard, { division: division.value, ...span.value });
      if (mine === round) board.value = found.cockpitBoard;
    } catch (problem) {
      if (mine === round) error.value = problem;
    }
  }

  function show(change: { division?: string; month?: string; year?: boolean }): void {
    const query = { ...route.query };
    if (change.division) query["division"] = change.division;
    if (change.month) query["month"] = change.month;
    if (change.year !== undefined) query["year"] = change.year ? "1" : null;
    void router.push({ path: route.path, query });
  }

  watch([division, span], load, { immediate: true });
  watch(
    division,
    (code) => {
      stop?.();
      if (code) stop = useLive(CockpitChanged, { division: code }, load, load);
    },
    { immediate: true },
  );
  return { division, month, wholeYear, span, board, error, load, show };
}
