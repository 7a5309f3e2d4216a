import type { LocationQuery } from "vue-router";
import { type ReunionCaseFilter, type ReunionSide, reunionSides } from "@/generated/schema";

/** What the officer chose above the list; lives in the address, so that it survives "back". */
export interface CaseFilters {
  side: ReunionSide;
  search: string;
  /** Only what waits for the reader's own role. */
  mine: boolean;
  emergency: boolean;
  /** Cases that have ended instead of those that run. */
  ended: boolean;
}

export const flags = ["mine", "emergency", "ended"] as const;

export const noFilters = (): CaseFilters => ({ side: "FOUND", search: "", mine: false, emergency: false, ended: false });

/** Nothing narrows the list of this side. */
export const isPlain = (filters: CaseFilters): boolean => !filters.search.trim() && !flags.some((name) => filters[name]);

export function toQuery(filters: CaseFilters): Record<string, string> {
  const query: Record<string, string> = {};
  if (filters.side !== noFilters().side) query["side"] = filters.side;
  if (filters.search.trim()) query["search"] = filters.search.trim();
  for (const name of flags) if (filters[name]) query[name] = "1";
  return query;
}

/** Anything in the address that is not a known value is left out. */
export function fromQuery(query: LocationQuery): CaseFilters {
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : "");
  const on = (name: string) => text(name) === "1";
  const side = reunionSides.find((one) => one === text("side")) ?? noFilters().side;
  return { side, search: text("search"), mine: on("mine"), emergency: on("emergency"), ended: on("ended") };
}

export function toVariables(filters: CaseFilters): ReunionCaseFilter {
  const filter: ReunionCaseFilter = { side: filters.side, open: !filters.ended };
  if (filters.search.trim()) filter.search = filters.search.trim();
  if (filters.mine) filter.mine = true;
  if (filters.emergency) filter.emergency = true;
  return filter;
}
