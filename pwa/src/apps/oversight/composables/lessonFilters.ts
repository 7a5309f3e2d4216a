import type { LocationQuery } from "vue-router";
import { type OversightField, type OversightLessonFilter, type OversightLessonKind, oversightFields, oversightLessonKinds } from "@/generated/schema";
import { type ListQuery, chosenIn, textIn } from "./listFilters";

/** What the reader chose above the list; lives in the address, so that it survives "back". */
export interface LessonFilters {
  search: string;
  kinds: OversightLessonKind[];
  fields: OversightField[];
}

export const noFilters = (): LessonFilters => ({ search: "", kinds: [], fields: [] });

export const isPlain = (filters: LessonFilters): boolean => Object.keys(toQuery(filters)).length === 0;

/** With `kind` where it was not chosen, without it where it was. */
export const turned = (filters: LessonFilters, kind: OversightLessonKind): LessonFilters => ({
  ...filters,
  kinds: oversightLessonKinds.filter((one) => filters.kinds.includes(one) !== (one === kind)),
});

export function toQuery(filters: LessonFilters): ListQuery {
  const query: ListQuery = {};
  if (filters.search.trim()) query["search"] = filters.search.trim();
  if (filters.kinds.length) query["kinds"] = filters.kinds.join(",");
  if (filters.fields.length) query["fields"] = filters.fields.join(",");
  return query;
}

/** Anything in the address that is not a known value is left out. */
export const fromQuery = (query: LocationQuery): LessonFilters => ({
  search: textIn(query, "search"),
  kinds: chosenIn(query, "kinds", oversightLessonKinds),
  fields: chosenIn(query, "fields", oversightFields),
});

export function toVariables(filters: LessonFilters): OversightLessonFilter {
  const filter: OversightLessonFilter = {};
  if (filters.search.trim()) filter.search = filters.search.trim();
  if (filters.kinds.length) filter.kinds = [...filters.kinds];
  if (filters.fields.length) filter.fields = [...filters.fields];
  return filter;
}
