import type { LocationQuery } from "vue-router";
import { type RehabBand, type RehabCaseFilter, type RehabCaseState, rehabBands, rehabCaseStates } from "@/generated/schema";

/** What the officer chose above the list; lives in the address, so that it survives "back". */
export interface CaseFilters {
  search: string;
  bands: RehabBand[];
  states: RehabCaseState[];
  missed: boolean;
  toReview: boolean;
  /** Cases that have ended instead of those that run. */
  ended: boolean;
}

export const noFilters = (): CaseFilters => ({ search: "", bands: [], states: [], missed: false, toReview: false, ended: false });

export const isPlain = (filters: CaseFilters): boolean => Object.keys(toQuery(filters)).length === 0;

/** How many filters are set behind the button; colours, missed and to review are visible by themselves. */
export const countHidden = (filters: CaseFilters): number => Number(filters.states.length > 0) + Number(filters.ended);

export function toQuery(filters: CaseFilters): Record<string, string> {
  const query: Record<string, string> = {};
  if (filters.search.trim()) query["search"] = filters.search.trim();
  if (filters.bands.length) query["bands"] = filters.bands.join(",");
  if (filters.states.length) query["states"] = filters.states.join(",");
  for (const name of ["missed", "toReview", "ended"] as const) if (filters[name]) query[name] = "1";
  return query;
}

/** Anything in the address that is not a known value is left out. */
export function fromQuery(query: LocationQuery): CaseFilters {
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : "");
  const chosen = <Value extends string>(name: string, known: readonly Value[]) => known.filter((value) => text(name).split(",").includes(value));
  return {
    search: text("search"),
    bands: chosen("bands", rehabBands),
    states: chosen("states", rehabCaseStates),
    missed: text("missed") === "1",
    toReview: text("toReview") === "1",
    ended: text("ended") === "1",
  };
}

export function toVariables(filters: CaseFilters): RehabCaseFilter {
  const filter: RehabCaseFilter = { open: !filters.ended };
  if (filters.search.trim()) filter.search = filters.search.trim();
  if (filters.bands.length) filter.bands = [...filters.bands];
  if (filters.states.length) filter.states = [...filters.states];
  if (filters.missed) filter.overdue = true;
  if (filters.toReview) filter.toReview = true;
  return filter;
}

/** One value in or out of a list. */
export const toggled = <Value>(values: readonly Value[], value: Value): Value[] => (values.includes(value) ? values.filter((one) => one !== value) : [...values, value]);
