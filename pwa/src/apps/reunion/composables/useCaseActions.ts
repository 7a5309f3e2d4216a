import { type Ref, computed, shallowRef } from "vue";
import { useRouter } from "vue-router";
import type { ReunionCaseDetail } from "@/generated/reunion";
import type { Started } from "../components/shared/CaseSheet.vue";
import { arrange, offeredAction } from "./actions";
import type { Values } from "./fields";

/** What may be done with the case of a page: the arranged bar, the names for buttons beside the parts, and `start`. */
export function useCaseActions(matter: Readonly<Ref<ReunionCaseDetail | undefined>>) {
  const router = useRouter();
  const started = shallowRef<Started>();
  const offered = computed(() => (matter.value ? arrange(matter.value) : { steps: [], more: [] }));
  const offers = computed(() => new Set(matter.value?.availableActions.map((action) => action.name)));

  /** Opens the action's page or its form; names that are not offered now do nothing. */
  function start(name: string, preset: Values = {}): void {
    const action = matter.value && offeredAction(matter.value, name);
    if (!action || !matter.value) return;
    if (action.to) void router.push(action.to(matter.value));
    else started.value = { action, preset };
  }

  return { offered, offers, started, start };
}
