import { type Ref, computed, shallowRef } from "vue";
import { useRouter } from "vue-router";
import type { RehabCaseDetail } from "@/generated/rehab";
import type { Started } from "../components/shared/CaseSheet.vue";
import { arrange, offersOf } from "./actions";
import type { Values } from "./fields";

/** What may be done with the case of a page: the arranged bar, a set of names for buttons beside the parts, and `start`. */
export function useCaseActions(matter: Readonly<Ref<RehabCaseDetail | undefined>>) {
  const router = useRouter();
  const started = shallowRef<Started>();
  const offered = computed(() => (matter.value ? arrange(matter.value) : { steps: [], more: [] }));
  const offers = computed(() => new Set(offersOf(offered.value).map((action) => action.name)));

  /** Opens the action's page or its form; names that are not offered now do nothing. */
  function start(name: string, preset?: Values): void {
    const action = offersOf(offered.value).find((one) => one.name === name);
    if (!action || !matter.value) return;
    if (action.to) void router.push(action.to(matter.value));
    else started.value = preset ? { action, preset } : { action };
  }

  return { offered, offers, started, start };
}
