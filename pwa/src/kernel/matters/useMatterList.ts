import { type Ref, onScopeDispose, watch } from "vue";
import { onArrival } from "../arrivals";
import { UnreachableError } from "../graphql/errors";
import { type Connection, usePaging } from "../graphql/paging";
import { useKeptRead } from "../offline/useKeptRead";

export interface ListSource<Line, Filters> {
  app: string;
  filters: Readonly<Ref<Filters>>;
  read: (filters: Filters, first: number, after: string | null) => Promise<Connection<Line>>;
  /** Where the phone keeps the list that nothing narrows. */
  key: (filters: Filters) => string;
  /** Nothing narrows the list. */
  plain: (filters: Filters) => boolean;
}

const pageSize = 20;

/** Matters in pages. The first page without filters is kept on the phone and shown with its age when there is no network. */
export function useMatterList<Line, Filters>({ app, filters, read, key, plain }: ListSource<Line, Filters>) {
  const paging = usePaging<Line>((after) => read(filters.value, pageSize, after));
  const kept = useKeptRead(() => key(filters.value), async () => {
    await paging.reload();
    if (paging.error.value) throw paging.error.value;
    return paging.nodes.value;
  });

  async function load(): Promise<void> {
    if (!plain(filters.value)) return paging.reload();
    await kept.load();
    if (!(paging.error.value instanceof UnreachableError) || !kept.data.value) return;
    paging.nodes.value = kept.data.value;
    paging.error.value = undefined;
    paging.loaded.value = true;
  }

  /** What stood under another heading does not stand under this one while it is read. */
  function turn(now: Filters, before: Filters | undefined): void {
    if (before !== undefined && key(now) !== key(before)) {
      kept.forget();
      paging.nodes.value = [];
      paging.loaded.value = false;
    }
    void load();
  }

  watch(filters, turn, { immediate: true });
  /** Somebody who reads further down is not thrown back to the top. */
  onScopeDispose(onArrival((fresh) => fresh.app === app && paging.nodes.value.length <= pageSize && void paging.reload()));
  return { paging, fetchedAt: kept.fetchedAt, stale: kept.stale };
}
