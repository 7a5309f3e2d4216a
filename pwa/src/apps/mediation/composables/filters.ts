import type { LocationQuery } from "vue-router";
import {
  type ClockColour, type DisputeCategory, type DisputeFilter, type DisputeState, type HandlingLevel, type Severity,
  clockColours, disputeCategories, disputeStates, handlingLevels, severities,
} from "@/generated/schema";

export const tabs = ["tasks", "all", "closed"] as const;
export type Tab = (typeof tabs)[number];

/** What the person chose above the list; lives in the address, so that it can be shared and survives "back". */
export interface Filters {
  search: string;
  states: DisputeState[];
  categories: DisputeCategory[];
  severities: Severity[];
  levels: HandlingLevel[];
  colours: ClockColour[];
  violence: boolean;
  from: string;
  to: string;
}

export const noFilters = (): Filters => ({
  search: "", states: [], categories: [], severities: [], levels: [], colours: [], violence: false, from: "", to: "",
});

export const copyOf = (filters: Filters): Filters => ({
  ...filters,
  states: [...filters.states],
  categories: [...filters.categories],
  severities: [...filters.severities],
  levels: [...filters.levels],
  colours: [...filters.colours],
});

const lists = {
  states: disputeStates, categories: disputeCategories, severities, levels: handlingLevels, colours: clockColours,
} as const;
type ListName = keyof typeof lists;
const listNames = Object.keys(lists) as ListName[];
const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text);

/** How many filters are set; the search term is visible by itself. */
export function countFilters(filters: Filters): number {
  return listNames.filter((name) => filters[name].length).length + Number(filters.violence) + Number(Boolean(filters.from || filters.to));
}

export function toQuery(filters: Filters): Record<string, string> {
  const query: Record<string, string> = {};
  if (filters.search.trim()) query["search"] = filters.search.trim();
  for (const name of listNames) if (filters[name].length) query[name] = filters[name].join(",");
  if (filters.violence) query["violence"] = "1";
  if (filters.from) query["from"] = filters.from;
  if (filters.to) query["to"] = filters.to;
  return query;
}

/** Anything in the address that is not a known value is left out. */
export function fromQuery(query: LocationQuery): Filters {
  const text = (name: string) => (typeof query[name] === "string" ? query[name] : "");
  const chosen = (name: ListName) => text(name).split(",").filter((value) => (lists[name] as readonly string[]).includes(value));
  const day = (name: string) => (isDay(text(name)) ? text(name) : "");
  return {
    search: text("search"),
    states: chosen("states") as DisputeState[],
    categories: chosen("categories") as DisputeCategory[],
    severities: chosen("severities") as Severity[],
    levels: chosen("levels") as HandlingLevel[],
    colours: chosen("colours") as ClockColour[],
    violence: text("violence") === "1",
    from: day("from"),
    to: day("to"),
  };
}

const ofTab: Record<Tab, DisputeFilter> = { tasks: { mine: true, open: true }, all: {}, closed: { open: false } };

export function toVariables(filters: Filters, tab: Tab): DisputeFilter {
  const filter = { ...ofTab[tab] };
  const search = filters.search.trim();
  if (search) filter.search = search;
  for (const name of listNames) if (filters[name].length) Object.assign(filter, { [name]: [...filters[name]] });
  if (filters.violence) filter.violence = true;
  if (filters.from) filter.registeredFrom = filters.from;
  if (filters.to) filter.registeredTo = filters.to;
  return filter;
}

/** The export takes the fields of DisputeFilter as parameters; a list repeats its name. */
export function exportUrl(filter: DisputeFilter): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    for (const entry of Array.isArray(value) ? value : [value]) if (entry !== null) parameters.append(name, String(entry));
  }
  const text = parameters.toString();
  return `/export/disputes.csv${text ? `?${text}` : ""}`;
}
