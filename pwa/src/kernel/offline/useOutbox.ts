import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { Operation } from "../graphql/operation";
import { useSession } from "../auth/session";
import { onReach } from "../graphql/http";
import { onChange } from "./changes";
import type { Draft, OutboxItem, WaitingFile } from "./database";
import { drain } from "./drain";
import { draftsOf } from "./drafts";
import { enqueue, isHeld, isPending, outboxOf } from "./outbox";

interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register: (tag: string) => Promise<void> };
}

/** What waits on this phone for the signed-in account, and the motor that sends it. */
export const useOutbox = defineStore("outbox", () => {
  const session = useSession();
  const items = shallowRef<OutboxItem[]>([]);
  const drafts = shallowRef<Draft[]>([]);
  const network = ref(navigator.onLine);
  const server = ref(true);
  const online = computed(() => network.value && server.value);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const pending = computed(() => items.value.filter(isPending));
  const held = computed(() => items.value.filter(isHeld));

  async function refresh(): Promise<void> {
    items.value = session.account ? await outboxOf(session.account) : [];
    drafts.value = session.account ? await draftsOf(session.account) : [];
  }

  async function send(hurry = true): Promise<void> {
    clearTimeout(timer);
    if (!session.account) return;
    const due = await drain({ account: session.account, membership: session.membership, hurry });
    // navigator.onLine stays true when only the server is down: go on trying by the clock.
    if (due !== null) timer = setTimeout(() => void send(false), Math.max(due - Date.now(), 1_000));
  }

  async function add<Variables>(
    operation: Operation<unknown, Variables>,
    variables: Variables,
    about: { title: string; matterId: string | null; files?: WaitingFile[] },
  ): Promise<OutboxItem> {
    const owner = { account: session.account, membership: session.membership };
    const item = await enqueue({ ...owner, operation, variables, title: about.title, matterId: about.matterId, files: about.files ?? [] });
    await registerSync();
    void send();
    return item;
  }

  /** Lets the browser wake the service worker when the network is back, even with the app closed. */
  async function registerSync(): Promise<void> {
    const registration = (await navigator.serviceWorker?.getRegistration()) as SyncRegistration | undefined;
    await registration?.sync?.register("outbox").catch(() => undefined);
  }

  function start(): void {
    onChange(() => void refresh());
    const setOnline = () => {
      network.value = navigator.onLine;
      if (network.value) void send();
    };
    onReach((reached) => {
      const back = reached && !server.value;
      server.value = reached;
      if (back) void send();
    });
    addEventListener("online", setOnline);
    addEventListener("offline", setOnline);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void send());
    navigator.serviceWorker?.addEventListener("message", (event: MessageEvent<{ type?: string }>) => {
      if (event.data.type === "drain-outbox") void send();
    });
  }

  return { items, drafts, pending, held, online, refresh, send, add, start };
});
