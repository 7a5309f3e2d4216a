import type { NotificationCard } from "@/generated/kernel";
import { useSession } from "./auth/session";

type Listener = (notification: NotificationCard) => void;

const listeners = new Set<Listener>();

/** One live subscription serves the badge and every page that shows what arrives. */
export function announceArrival(notification: NotificationCard): void {
  useSession().countUnread(1);
  for (const listener of listeners) listener(notification);
}

export function onArrival(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
