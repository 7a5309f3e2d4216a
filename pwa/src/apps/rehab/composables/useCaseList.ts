import { type Ref, onScopeDispose, watch } from "vue";
import { type RehabCaseLine, RehabCaseload, RehabCases } from "@/generated/rehab";
import { onArrival } from "@/kernel/arrivals";
import { execute } from "@/kernel/graphql/client";
import { UnreachableError } from "@/kernel/graphql/errors";
import { usePaging } from "@/kernel/graphql/paging";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { type CaseFilters, isPlain, toVariables } from "./caseFilters";

const pageSize = 20;

/** Counts by colour, for the chips and the home panel. */
export const useCaseload = () => useKeptRead(() => "care/caseload", async () => (await execute(RehabCaseload, {})).rehabCaseload);

/** The caseload. Its first page without filters is kept on the phone and shown with its age when there is no network. */
export function useCaseList(filters: Readonly<Ref<CaseFilters>>) {
  const paging = usePaging<RehabCaseLine>(async (after) => (await execute(RehabCases, { first: pageSize, after, filter: toVariables(filters.value) })).rehabCases);
  const kept = useKeptRead(() => "care/cases", async () => {
    await paging.reload();
    if (paging.error.value) throw paging.error.value;
    return paging.nodes.value;
  });

  async function load(): Promise<void> {
    if (!isPlain(filters.value)) return paging.reload();
    await kept.load();
    if (!(paging.error.value instanceof UnreachableError) || !kept.data.value) return;
    paging.nodes.value = kept.data.value;
    paging.error.value = undefined;
    paging.loaded.value = true;
  }

  watch(filters, load, { immediate: true });
  /** Somebody who reads further down is not thrown back to the top. */
  onScopeDispose(onArrival((fresh) => fresh.app === "rehab" && paging.nodes.value.length <= pageSize && void paging.reload()));
  return { paging, fetchedAt: kept.fetchedAt, stale: kept.stale };
}
