import type { RehabTaskCard } from "@/generated/rehab";
import { dayOf } from "@/kernel/i18n/days";
import type { Place } from "@/kernel/places/clusters";
import { byRecord } from "./tasks";

export interface DayOfTasks {
  day: string;
  /** Missed ones stand under the day they were due, which lies before today. */
  late: boolean;
  tasks: RehabTaskCard[];
}

/** My duties by the day they are due, the earliest first: what was missed stands on top. */
export function byDay(tasks: readonly RehabTaskCard[], today: string): DayOfTasks[] {
  const days = new Map<string, RehabTaskCard[]>();
  for (const task of [...tasks].sort((a, b) => a.dueAt.localeCompare(b.dueAt))) {
    const day = dayOf(new Date(task.dueAt));
    days.set(day, [...(days.get(day) ?? []), task]);
  }
  return [...days].map(([day, list]) => ({ day, late: day < today, tasks: list }));
}

const dayMs = 86_400_000;

/** As on every map of the product: red is over, yellow is due within a day, blue has time. */
export function urgencyOf(task: Pick<RehabTaskCard, "state" | "dueAt">, now: number): Place["colour"] {
  if (task.state === "MISSED" || Date.parse(task.dueAt) < now) return "RED";
  return Date.parse(task.dueAt) - now < dayMs ? "YELLOW" : "BLUE";
}

/** Where the duty is done. Links that do not see the case record it; for the others it is the case that has the form. */
export function pathOf(task: Pick<RehabTaskCard, "id" | "kind" | "caseId">): string {
  return byRecord.includes(task.kind) ? `/care/tasks/${task.id}` : `/care/cases/${task.caseId}`;
}
