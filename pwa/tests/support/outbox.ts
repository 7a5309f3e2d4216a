import type { Json } from "@/generated/schema";
import { type OutboxItem, type WaitingFile, database } from "@/kernel/offline/database";
import { enqueue, outboxOf } from "@/kernel/offline/outbox";

export const sender = { account: "account", membership: "grid" };

interface Given {
  title: string;
  input?: { [key: string]: Json };
  matterId?: string;
  membership?: string | null;
  files?: WaitingFile[];
  operation?: { id: string; name: string };
}

export function queue(given: Given): Promise<OutboxItem> {
  return enqueue({
    account: sender.account,
    membership: given.membership === undefined ? sender.membership : given.membership,
    operation: { ...(given.operation ?? { id: "document", name: "Command" }), kind: "mutation" },
    variables: { input: { title: given.title, ...given.input } },
    files: given.files ?? [],
    title: given.title,
    matterId: given.matterId ?? null,
  });
}

export async function states(): Promise<Record<string, string>> {
  return Object.fromEntries((await outboxOf(sender.account)).map((item) => [item.title, item.state]));
}

export async function only(): Promise<OutboxItem> {
  const [item] = await outboxOf(sender.account);
  if (!item) throw new Error("the outbox is empty");
  return item;
}

export async function emptyStores(): Promise<void> {
  const db = await database();
  await Promise.all([db.clear("outbox"), db.clear("drafts"), db.clear("reads"), db.clear("challenges")]);
}
