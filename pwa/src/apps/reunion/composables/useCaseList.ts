import { type Ref, onScopeDispose, watch } from "vue";
import { type ReunionCaseLine, ReunionCases } from "@/generated/reunion";
import { onArrival } from "@/kernel/arrivals";
import { execute } from "@/kernel/graphql/client";
import { UnreachableError } from "@/kernel/graphql/errors";
import { usePaging } from "@/kernel/graphql/paging";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { type CaseFilters, isPlain, toVariables } from "./caseFilters";

const pageSize = 20;

/** One side's cases. The first page without filters is kept on the phone and shown with its age when there is no network. */
export function useCaseList(filters: Readonly<Ref<CaseFilters>>) {
  const paging = usePaging<ReunionCaseLine>(async (after) => (await execute(ReunionCases, { first: pageSize, after, filter: toVariables(filters.value) })).reunionCases);
  const kept = useKeptRead(() => `reunion/cases/${filters.value.side}`, async () => {
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

  /** The other side's people do not stand under this side's heading while it is read. */
  function turn(now: CaseFilters, before: CaseFilters | undefined): void {
    if (before && before.side !== now.side) {
      kept.forget();
      paging.nodes.value = [];
      paging.loaded.value = false;
    }
    void load();
  }

  watch(filters, turn, { immediate: true });
  /** Somebody who reads further down is not thrown back to the top. */
  onScopeDispose(onArrival((fresh) => fresh.app === "reunion" && paging.nodes.value.length <= pageSize && void paging.reload()));
  return { paging, fetchedAt: kept.fetchedAt, stale: kept.stale };
}
