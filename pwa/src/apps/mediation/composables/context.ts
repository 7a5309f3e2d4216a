import { type InjectionKey, type Ref, inject } from "vue";
import type { DisputeDetail } from "@/generated/mediation";
import type { Outcome } from "./submit";

/** What a form in the action sheet works on. */
export interface ActionContext {
  /** As it was when the sheet was opened, or as the person saw it after a conflict. */
  base: Readonly<Ref<DisputeDetail>>;
  stepUp: boolean;
  finish: (outcome: Outcome) => void;
  /** Reads the matter anew after a conflict; undefined when it cannot be reached. */
  refresh: () => Promise<DisputeDetail | undefined>;
  rebase: (fresh: DisputeDetail) => void;
}

export const actionContext: InjectionKey<ActionContext> = Symbol("action");

export function useActionContext(): ActionContext {
  const context = inject(actionContext);
  if (!context) throw new Error("a form outside the action sheet");
  return context;
}
