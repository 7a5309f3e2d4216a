import type { LocationQuery } from "vue-router";
import { type OversightClueFilter, type OversightClueState, type OversightField, oversightClueStates, oversightFields } from "@/generated/schema";
import { type ListQuery, chosenIn, textIn } from "./listFilters";

/** What the reader chose above the list; lives in the address, so that it survives "back". */
export interface ClueFilters {
  search: string;
  states: OversightClueState[];
  fields: OversightField[];
  /** Only with a part of one's own. */
  mine: boolean;
  /** What is over instead of what runs. */
  ended: boolean;
}

export const flags = ["mine", "ended"] as const;

export const noFilters = (): ClueFilters => ({ search: "", states: [], fields: [], mine: false, ended: false });

export const isPlain = (filters: ClueFilters): boolean => Object.keys(toQuery(filters)).length === 0;

/** How many are set behind the button. */
export const countHidden = ({ states, fields }: ClueFilters): number => states.length + fields.length;

export function toQuery(filters: ClueFilters): ListQuery {
  const query: ListQuery = {};
  if (filters.search.trim()) query["search"] = filters.search.trim();
  if (filters.states.length) query["states"] = filters.states.join(",");
  if (filters.fields.length) query["fields"] = filters.fields.join(",");
  for (const name of flags) if (filters[name]) query[name] = "1";
  return query;
}

/** Anything in the address that is not a known value is left out. */
export const fromQuery = (query: LocationQuery): ClueFilters => ({
  search: textIn(query, "search"),
  states: chosenIn(query, "states", oversightClueStates),
  fields: chosenIn(query, "fields", oversightFields),
  mine: textIn(query, "mine") === "1",
  ended: textIn(query, "ended") === "1",
});

/** States say by themselves whether it runs. */
export function toVariables(filters: ClueFilters): OversightClueFilter {
  const filter: OversightClueFilter = filters.states.length ? { states: [...filters.states] } : { open: !filters.ended };
  if (filters.search.trim()) filter.search = filters.search.trim();
  if (filters.fields.length) filter.fields = [...filters.fields];
  if (filters.mine) filter.mine = true;
  return filter;
}
