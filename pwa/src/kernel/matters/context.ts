import { type InjectionKey, type Ref, inject } from "vue";
import type { Outcome } from "./submit";

/** What every application's matter has. */
export interface Matter {
  id: string;
  code: string;
  version: number;
}

/** What a form in the action sheet works on. */
export interface ActionContext<Kind extends Matter = Matter> {
  /** As it was when the sheet was opened, or as the person saw it after a conflict. */
  base: Readonly<Ref<Kind>>;
  stepUp: boolean;
  finish: (outcome: Outcome) => void;
  /** Reads the matter anew after a conflict; undefined when it cannot be reached. */
  refresh: () => Promise<Kind | undefined>;
  rebase: (fresh: Kind) => void;
}

export const actionContext: InjectionKey<ActionContext> = Symbol("action");

export function useActionContext(): ActionContext {
  const context = inject(actionContext);
  if (!context) throw new Error("a form outside the action sheet");
  return context;
}
