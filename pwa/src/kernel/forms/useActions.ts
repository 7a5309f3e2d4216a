import { type Ref, computed, shallowRef } from "vue";
import { useRouter } from "vue-router";
import type { FormAction, Forms, Started } from "./actions";
import type { OfferedAction } from "../matters/actions";
import type { Values } from "./fields";

/** What may be done with the matter of a page: the arranged bar, the names for buttons beside the parts, and `start`. */
export function useActions<Kind extends { availableActions: readonly OfferedAction[] }, Action extends FormAction<Kind>>(
  forms: Forms<Kind, Action>,
  matter: Readonly<Ref<Kind | undefined>>,
) {
  const router = useRouter();
  const started = shallowRef<Started<Action>>();
  const offered = computed(() => (matter.value ? forms.arrange(matter.value) : { steps: [], more: [] }));
  const offers = computed(() => {
    const now = matter.value;
    return new Set(now ? now.availableActions.map((action) => action.name).filter((name) => forms.offered(now, name)) : []);
  });

  /** Opens the action's page or its form; names that are not offered now do nothing. */
  function start(name: string, preset: Values = {}): void {
    const action = matter.value && forms.offered(matter.value, name);
    if (!action || !matter.value) return;
    if (action.to) void router.push(action.to(matter.value));
    else started.value = { action, preset };
  }

  return { offered, offers, started, start };
}
