import { type Ref, onScopeDispose, watch } from "vue";
import { type DisputeCard, type DisputePage, Disputes, MyTasks } from "@/generated/mediation";
import { onArrival } from "@/kernel/arrivals";
import { execute } from "@/kernel/graphql/client";
import { UnreachableError } from "@/kernel/graphql/errors";
import { usePaging } from "@/kernel/graphql/paging";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { type Filters, type Tab, countFilters, toVariables } from "./filters";

const pageSize = 20;

/** The list behind the tabs. The first page without filters is kept on the phone and shown with its age when there is no network. */
export function useDisputeList(tab: Readonly<Ref<Tab>>, filters: Readonly<Ref<Filters>>, staff: () => boolean) {
  const plain = () => !filters.value.search.trim() && countFilters(filters.value) === 0;

  async function fetchPage(after: string | null): Promise<DisputePage> {
    if (tab.value === "tasks" && staff() && plain()) return (await execute(MyTasks, { first: pageSize, after })).myTasks;
    return (await execute(Disputes, { first: pageSize, after, filter: toVariables(filters.value, tab.value) })).disputes;
  }

  const paging = usePaging<DisputeCard>(fetchPage);
  const kept = useKeptRead(() => `mediation.${tab.value}`, async () => {
    await paging.reload();
    if (paging.error.value) throw paging.error.value;
    return paging.nodes.value;
  });

  async function load(): Promise<void> {
    if (!plain()) return paging.reload();
    kept.forget();
    await kept.load();
    if (!(paging.error.value instanceof UnreachableError) || !kept.data.value) return;
    paging.nodes.value = kept.data.value;
    paging.error.value = undefined;
    paging.loaded.value = true;
  }

  watch([tab, filters], load, { immediate: true });
  /** Somebody who reads further down is not thrown back to the top. */
  const arrived = (app: string | null) => app === "mediation" && paging.nodes.value.length <= pageSize && void paging.reload();
  onScopeDispose(onArrival((fresh) => void arrived(fresh.app)));
  return { paging, load, fetchedAt: kept.fetchedAt, stale: kept.stale };
}
