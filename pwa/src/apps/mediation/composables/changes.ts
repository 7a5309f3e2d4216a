import type { TimelineEvent } from "@/generated/kernel";
import type { DisputeDetail } from "@/generated/mediation";

export type ChangedField = "state" | "category" | "severity" | "level" | "responsible" | "dueAt";

export interface Change {
  field: ChangedField;
  before: string;
  after: string;
}

const read: Record<ChangedField, (dispute: DisputeDetail) => string> = {
  state: (dispute) => dispute.state,
  category: (dispute) => dispute.category,
  severity: (dispute) => dispute.severity ?? "",
  level: (dispute) => dispute.level,
  responsible: (dispute) => dispute.responsible?.name ?? "",
  dueAt: (dispute) => dispute.clock?.dueAt ?? "",
};

/** What another person changed while this one was writing. */
export function changesBetween(before: DisputeDetail, after: DisputeDetail): { fields: Change[]; events: TimelineEvent[] } {
  const fields = (Object.keys(read) as ChangedField[])
    .map((field) => ({ field, before: read[field](before), after: read[field](after) }))
    .filter((change) => change.before !== change.after);
  const known = new Set(before.timeline.edges.map((edge) => edge.node.id));
  const events = after.timeline.edges.map((edge) => edge.node).filter((event) => !known.has(event.id));
  return { fields, events };
}
