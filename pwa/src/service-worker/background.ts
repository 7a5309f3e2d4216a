import type { ViewerCard } from "@/generated/kernel";
import { drain } from "@/kernel/offline/drain";
import { keptRead } from "@/kernel/offline/reads";

/**
 * Sends the outbox of the account that is signed in on this phone. The cookie identifies it to the server; the
 * worker holds no token. Rejects when something still waits, so that the browser syncs again later.
 */
export async function drainForLastAccount(): Promise<void> {
  const viewer = (await keptRead<ViewerCard>("", "viewer"))?.data;
  if (!viewer) return;
  const due = await drain({ account: viewer.accountId, membership: viewer.active?.id ?? null, hurry: true });
  if (due !== null) throw new Error("the outbox still holds items to send");
}
