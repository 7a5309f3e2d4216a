import { computed, ref, shallowRef } from "vue";

export interface Connection<Node> {
  edges: { node: Node }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** Keyset paging: `reload` starts over, `more` appends. A late answer of an older `reload` is ignored. */
export function usePaging<Node>(load: (after: string | null, signal: AbortSignal) => Promise<Connection<Node>>) {
  const nodes = shallowRef<Node[]>([]);
  const cursor = ref<string | null>(null);
  const hasMore = ref(false);
  const loading = ref(false);
  const loaded = ref(false);
  const error = shallowRef<unknown>();
  let running: AbortController | undefined;

  async function fetchPage(after: string | null): Promise<void> {
    running?.abort();
    const mine = (running = new AbortController());
    loading.value = true;
    error.value = undefined;
    try {
      const page = await load(after, mine.signal);
      if (mine.signal.aborted) return;
      const fresh = page.edges.map((edge) => edge.node);
      nodes.value = after ? [...nodes.value, ...fresh] : fresh;
      cursor.value = page.pageInfo.endCursor;
      hasMore.value = page.pageInfo.hasNextPage;
      loaded.value = true;
    } catch (problem) {
      if (!mine.signal.aborted) error.value = problem;
    } finally {
      if (running === mine) loading.value = false;
    }
  }

  const reload = () => fetchPage(null);
  const more = () => (hasMore.value && !loading.value ? fetchPage(cursor.value) : Promise.resolve());
  const empty = computed(() => loaded.value && nodes.value.length === 0);
  return { nodes, hasMore, loading, loaded, error, empty, reload, more };
}
