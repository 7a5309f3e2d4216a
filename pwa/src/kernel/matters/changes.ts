import type { TimelineEvent } from "@/generated/kernel";
import type { Matter } from "./context";

export interface Change {
  field: string;
  before: string;
  after: string;
}

/** A matter whose page shows what happened to it. */
export interface Told extends Matter {
  timeline: { edges: readonly { node: TimelineEvent }[] };
}

const valueOf = (matter: Matter, field: string) => String((matter as unknown as Record<string, unknown>)[field] ?? "");

/** What another person changed while this one was writing. */
export function changesBetween(before: Told, after: Told, fields: readonly string[]): { fields: Change[]; events: TimelineEvent[] } {
  const changed = fields.map((field) => ({ field, before: valueOf(before, field), after: valueOf(after, field) }));
  const known = new Set(before.timeline.edges.map((edge) => edge.node.id));
  return {
    fields: changed.filter((change) => change.before !== change.after),
    events: after.timeline.edges.map((edge) => edge.node).filter((event) => !known.has(event.id)),
  };
}
