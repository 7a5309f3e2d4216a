import type { TimelineEvent } from "@/generated/kernel";
import type { RehabCaseDetail } from "@/generated/rehab";

export type ChangedField = "state" | "band" | "termTo";

export interface Change {
  field: ChangedField;
  before: string;
  after: string;
}

const fields: readonly ChangedField[] = ["state", "band", "termTo"];

/** What another person changed while this one was writing. */
export function changesBetween(before: RehabCaseDetail, after: RehabCaseDetail): { fields: Change[]; events: TimelineEvent[] } {
  const changed = fields
    .map((field) => ({ field, before: before[field] ?? "", after: after[field] ?? "" }))
    .filter((change) => change.before !== change.after);
  const known = new Set(before.timeline.edges.map((edge) => edge.node.id));
  return { fields: changed, events: after.timeline.edges.map((edge) => edge.node).filter((event) => !known.has(event.id)) };
}
