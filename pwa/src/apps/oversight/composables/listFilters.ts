import { type Ref, ref, watch } from "vue";
import { type LocationQuery, useRoute, useRouter } from "vue-router";

export type ListQuery = Record<string, string>;

export const textIn = (query: LocationQuery, name: string): string => (typeof query[name] === "string" ? query[name] : "");

/** The known ones among values that stand in the address with commas between them. */
export const chosenIn = <Value extends string>(query: LocationQuery, name: string, known: readonly Value[]): Value[] =>
  known.filter((value) => textIn(query, name).split(",").includes(value));

const pauseMs = 350;

/** Filters that live in the address; `search` follows the person's typing after a moment. */
export function useListFilters<Filters extends { search: string }>(fromQuery: (query: LocationQuery) => Filters, toQuery: (filters: Filters) => ListQuery) {
  const route = useRoute();
  const router = useRouter();
  const filters = ref(fromQuery(route.query)) as Ref<Filters>;
  const search = ref(filters.value.search);
  let timer: ReturnType<typeof setTimeout> | undefined;

  watch(search, (now) => {
    clearTimeout(timer);
    timer = setTimeout(() => (filters.value = { ...filters.value, search: now }), pauseMs);
  });
  watch(filters, () => void router.replace({ query: toQuery(filters.value) }));

  const toggle = (name: keyof Filters) => (filters.value = { ...filters.value, [name]: !filters.value[name] });
  return { filters, search, toggle };
}
