import { ref, shallowRef } from "vue";
import { useSession } from "../auth/session";
import { UnreachableError } from "../graphql/errors";
import { keepRead, keptRead } from "./reads";

/** Shows what the phone remembers at once, then what the server says. Without a network the age tells. */
export function useKeptRead<Data>(key: () => string, fetcher: () => Promise<Data>) {
  const session = useSession();
  const data = shallowRef<Data>();
  const fetchedAt = ref<number>();
  const stale = ref(false);
  const loading = ref(false);
  const error = shallowRef<unknown>();
  let round = 0;

  async function load(): Promise<void> {
    const mine = ++round;
    const [account, name] = [session.account, key()];
    loading.value = true;
    error.value = undefined;
    if (!data.value) await show(account, name, mine);
    try {
      const fresh = await fetcher();
      if (mine !== round) return;
      data.value = fresh;
      fetchedAt.value = Date.now();
      stale.value = false;
      await keepRead(account, name, fresh);
    } catch (problem) {
      if (mine === round && !(problem instanceof UnreachableError && data.value)) error.value = problem;
    } finally {
      if (mine === round) loading.value = false;
    }
  }

  async function show(account: string, name: string, mine: number): Promise<void> {
    const kept = await keptRead<Data>(account, name);
    if (!kept || mine !== round) return;
    data.value = kept.data;
    fetchedAt.value = kept.fetchedAt;
    stale.value = true;
  }

  function forget(): void {
    data.value = undefined;
    fetchedAt.value = undefined;
  }

  return { data, fetchedAt, stale, loading, error, load, forget };
}
