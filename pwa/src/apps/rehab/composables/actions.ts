import type { Component } from "vue";
import type { RehabCaseDetail } from "@/generated/rehab";
import type { Json } from "@/generated/schema";
import type { Operation } from "@/kernel/graphql/operation";
import { type ActionLook, type Arranged, type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import type { Payload } from "@/kernel/matters/submit";
import type { Field, Input } from "./fields";
import { personActions } from "./personActions";
import { staffActions } from "./staffActions";

/** What this application knows of an action: how it looks, and either the page it leads to or the form it is done with. */
export interface CaseLook extends ActionLook<RehabCaseDetail> {
  to?: (matter: RehabCaseDetail) => string;
  operation?: Operation<Record<string, Payload>, never>;
  /** A form of its own, where the fields alone do not show what is decided; it gets the action, the case and the preset. */
  form?: () => Promise<{ default: Component }>;
  fields?: readonly Field[];
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
