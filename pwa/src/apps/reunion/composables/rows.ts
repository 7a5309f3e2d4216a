import {
  AcceptReunionTask, AnswerCardCall, CancelReunionTask, CloseCardCall, EndHomeCard, FinishReunionTask, RefuseReunionTask, RemoveNextOfKin, ReturnReunionTask, UnlinkReunionFind,
  VerifyReunionTask,
} from "@/generated/reunion";
import type { Operation } from "@/kernel/graphql/operation";
import type { Payload } from "@/kernel/matters/submit";
import type { IconName } from "@/kernel/ui/icons";
import type { Field } from "@/kernel/forms/fields";

/** What is done with one row of a case (a task, a relative, a call): its form and its command, which takes the row's id. */
export interface RowLook {
  icon: IconName;
  operation: Operation<Record<string, Payload>, never>;
  fields: readonly Field[];
  /** A picture may go with it. */
  picture?: boolean;
  danger?: boolean;
}

const reason: Field = { name: "reason", kind: "longtext", max: 500 };
const word: Field = { name: "text", kind: "longtext", max: 1000 };

/** By name; the words are `reunion.action.<name>`. */
export const rowLooks = {
  accept_task: { icon: "check", operation: AcceptReunionTask, fields: [] },
  finish_task: { icon: "send", operation: FinishReunionTask, fields: [{ ...word, max: 2000 }], picture: true },
  refuse_task: { icon: "close", operation: RefuseReunionTask, fields: [word], danger: true },
  verify_task: { icon: "check", operation: VerifyReunionTask, fields: [] },
  return_task: { icon: "refresh", operation: ReturnReunionTask, fields: [{ ...reason, max: 1000 }, { name: "days", kind: "number", max: 2, initial: () => "3" }] },
  cancel_task: { icon: "close", operation: CancelReunionTask, fields: [word], danger: true },
  unlink_find: { icon: "close", operation: UnlinkReunionFind, fields: [reason], danger: true },
  remove_kin: { icon: "trash", operation: RemoveNextOfKin, fields: [reason], danger: true },
  end_home_card: { icon: "close", operation: EndHomeCard, fields: [reason], danger: true },
  answer_call: { icon: "check", operation: AnswerCardCall, fields: [] },
  close_call: { icon: "check", operation: CloseCardCall, fields: [{ name: "outcome", kind: "longtext", max: 1000 }, { name: "code", kind: "text", max: 40, optional: true }] },
} as const satisfies Readonly<Record<string, RowLook>>;

export type RowAction = keyof typeof rowLooks;

/** A row's action that was started. */
export interface StartedRow {
  name: RowAction;
  id: string;
}
