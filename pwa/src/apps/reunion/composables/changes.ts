import type { TimelineEvent } from "@/generated/kernel";
import type { ReunionCaseDetail } from "@/generated/reunion";

export type ChangedField = "state" | "alarm";

/** What another person changed while this one was writing. */
export function changesBetween(before: ReunionCaseDetail, after: ReunionCaseDetail): { fields: { field: ChangedField; before: string; after: string }[]; events: TimelineEvent[] } {
  const fields = (["state", "alarm"] as const).map((field) => ({ field, before: before[field] ?? "", after: after[field] ?? "" }));
  const known = new Set(before.timeline.edges.map((edge) => edge.node.id));
  return {
    fields: fields.filter((change) => change.before !== change.after),
    events: after.timeline.edges.map((edge) => edge.node).filter((event) => !known.has(event.id)),
  };
}
