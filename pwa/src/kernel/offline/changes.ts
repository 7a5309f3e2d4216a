/** Tells every tab and the service worker that the stored outbox or drafts changed. */
export type Change = "outbox" | "drafts";

const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("shanzhi-offline");
const listeners = new Set<(change: Change) => void>();

channel?.addEventListener("message", (event: MessageEvent<Change>) => notify(event.data));

function notify(change: Change): void {
  for (const listener of listeners) listener(change);
}

export function announce(change: Change): void {
  notify(change);
  channel?.postMessage(change);
}

export function onChange(listener: (change: Change) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
