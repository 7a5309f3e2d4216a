import type { RehabCaseDetail } from "@/generated/rehab";
import type { Json } from "@/generated/schema";
import type { FormLook, Forms } from "@/kernel/forms/actions";
import type { Input } from "@/kernel/forms/fields";
import { type Arranged, type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import { personActions } from "./personActions";
import { staffActions } from "./staffActions";

export interface CaseLook extends FormLook<RehabCaseDetail> {
  /** What goes along beside the fields: the case's id, its id and version (steps of the case itself), or nothing. */
  base?: "id" | "version" | "none";
  /** Brings the fields' values into the command's shape, where they differ. */
  shape?: (input: Input, matter: RehabCaseDetail) => Input;
  /** The variables, where they are not `{ input }`. */
  variables?: (input: Input, matter: RehabCaseDetail) => { [key: string]: Json };
}

export type CaseAction = CaseLook & OfferedAction;

/**
 * Most natural next step first. The server decides what is allowed; this decides what is offered first. The staff's come first: what both may do
 * stands behind their own work, and a person is offered none of theirs.
 */
export const looks: Readonly<Record<string, CaseLook>> = { ...staffActions, ...personActions };

export const arrange = (matter: RehabCaseDetail): Arranged<CaseAction> => arrangeActions(matter, looks);

export const offersOf = (offered: Arranged<CaseAction>): CaseAction[] => [...offered.steps, ...offered.more];

/** The variables of an action's command. */
export function variablesOf(action: CaseLook, values: Input, matter: RehabCaseDetail, base: { id: string; version: number }): { [key: string]: Json } {
  const along: Input = action.base === "none" ? {} : action.base === "version" ? { id: base.id, version: base.version } : { id: base.id };
  const input = { ...along, ...values };
  const shaped = action.shape ? action.shape(input, matter) : input;
  return action.variables ? action.variables(shaped, matter) : { input: shaped };
}

export const forms: Forms<RehabCaseDetail, CaseAction> = {
  texts: "rehab",
  words: "rehab.word",
  watched: { state: "caseState", band: "band", termTo: "date" },
  arrange,
  offered: (matter, name) => offersOf(arrange(matter)).find((action) => action.name === name),
  variables: variablesOf,
};
