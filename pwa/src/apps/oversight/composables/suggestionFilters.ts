import type { LocationQuery } from "vue-router";
import { type OversightSuggestionFilter, type OversightSuggestionState, oversightSuggestionStates } from "@/generated/schema";
import { type ListQuery, chosenIn, textIn } from "./listFilters";

/** What the reader chose above the list; lives in the address, so that it survives "back". */
export interface SuggestionFilters {
  search: string;
  states: OversightSuggestionState[];
  /** Only what one signed. */
  mine: boolean;
  /** What is over instead of what runs. */
  ended: boolean;
}

export const flags = ["mine", "ended"] as const;

export const noFilters = (): SuggestionFilters => ({ search: "", states: [], mine: false, ended: false });

export const isPlain = (filters: SuggestionFilters): boolean => Object.keys(toQuery(filters)).length === 0;

export function toQuery(filters: SuggestionFilters): ListQuery {
  const query: ListQuery = {};
  if (filters.search.trim()) query["search"] = filters.search.trim();
  if (filters.states.length) query["states"] = filters.states.join(",");
  for (const name of flags) if (filters[name]) query[name] = "1";
  return query;
}

/** Anything in the address that is not a known value is left out. */
export const fromQuery = (query: LocationQuery): SuggestionFilters => ({
  search: textIn(query, "search"),
  states: chosenIn(query, "states", oversightSuggestionStates),
  mine: textIn(query, "mine") === "1",
  ended: textIn(query, "ended") === "1",
});

/** States say by themselves whether it runs. */
export function toVariables(filters: SuggestionFilters): OversightSuggestionFilter {
  const filter: OversightSuggestionFilter = filters.states.length ? { states: [...filters.states] } : { open: !filters.ended };
  if (filters.search.trim()) filter.search = filters.search.trim();
  if (filters.mine) filter.mine = true;
  return filter;
}
