import type { RehabLinkCard, RehabTaskCard } from "@/generated/rehab";
import { type RehabLinkKind, rehabLinkKinds } from "@/generated/schema";

/** One link of the chain of responsibility with what is open and what was missed, the longest overdue first. */
export interface LinkDuties {
  kind: RehabLinkKind;
  people: RehabLinkCard[];
  missed: RehabTaskCard[];
  open: RehabTaskCard[];
}

const byDue = (a: RehabTaskCard, b: RehabTaskCard) => a.dueAt.localeCompare(b.dueAt);

/** Every link that somebody holds or that has a duty, in the order person, family, grid, village, worker, police, office. */
export function chainOf(links: readonly RehabLinkCard[], tasks: readonly RehabTaskCard[]): LinkDuties[] {
  return rehabLinkKinds
    .map((kind) => ({
      kind,
      people: links.filter((link) => link.kind === kind),
      missed: tasks.filter((task) => task.link === kind && task.state === "MISSED").sort(byDue),
      open: tasks.filter((task) => task.link === kind && task.state === "OPEN").sort(byDue),
    }))
    .filter((link) => link.people.length || link.missed.length || link.open.length);
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** How late a missed duty is: whole days, or hours within the first day. */
export function lateness(dueAt: string, now: number): { unit: "days" | "hours"; n: number } {
  const late = Math.max(0, now - Date.parse(dueAt));
  return late >= dayMs ? { unit: "days", n: Math.floor(late / dayMs) } : { unit: "hours", n: Math.max(1, Math.floor(late / hourMs)) };
}
