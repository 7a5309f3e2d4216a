import type { Json } from "@/generated/schema";
import type { Operation } from "../graphql/operation";
import { announce } from "./changes";
import { type OutboxItem, type OutboxState, type WaitingFile, database } from "./database";

export interface NewItem<Variables> {
  account: string;
  membership: string | null;
  operation: Operation<unknown, Variables>;
  variables: Variables;
  files: WaitingFile[];
  title: string;
  matterId: string | null;
}

/** Stores a command before anything is sent: from here on it survives a closed app. */
export async function enqueue<Variables>(entry: NewItem<Variables>): Promise<OutboxItem> {
  const item: OutboxItem = {
    ...entry,
    id: crypto.randomUUID(),
    operation: { id: entry.operation.id, name: entry.operation.name },
    variables: plain(entry.variables),
    files: entry.files.map((file) => ({ ...file, at: [...file.at] })),
    createdAt: await nextMoment(entry.account),
    state: "waiting",
    attempts: 0,
    nextAttemptAt: 0,
    errors: [],
    requestId: null,
    result: null,
  };
  await (await database()).add("outbox", item);
  announce("outbox");
  return item;
}

/** What a form holds is reactive and cannot be stored as it is. */
export const plain = (values: unknown) => JSON.parse(JSON.stringify(values)) as { [key: string]: Json };

/** Now, but always after what is queued already, even when the phone's clock was set back. */
async function nextMoment(account: string): Promise<number> {
  const newest = (await outboxOf(account)).at(-1);
  return Math.max(Date.now(), (newest?.createdAt ?? 0) + 1);
}

/** Oldest first: later commands may rest on earlier ones. */
export async function outboxOf(account: string): Promise<OutboxItem[]> {
  const items = await (await database()).getAllFromIndex("outbox", "account", account);
  return items.sort((a, b) => a.createdAt - b.createdAt);
}

export async function save(item: OutboxItem): Promise<void> {
  await (await database()).put("outbox", item);
  announce("outbox");
}

/** Puts a held item back in the queue, at its old place, under a new idempotency key (its content may have changed). */
export async function resend(item: OutboxItem, variables: { [key: string]: Json } = item.variables): Promise<void> {
  const db = await database();
  const transaction = db.transaction("outbox", "readwrite");
  const stored = await transaction.store.get(item.id);
  if (stored) {
    const again = { id: crypto.randomUUID(), variables: plain(variables), state: "waiting", attempts: 0, nextAttemptAt: 0, requestId: null } as const;
    await transaction.store.put({ ...stored, ...again, errors: [] });
    await transaction.store.delete(item.id);
  }
  await transaction.done;
  announce("outbox");
}

/** Only ever called after the person confirmed, or for an item that was sent. */
export async function discard(id: string): Promise<void> {
  await (await database()).delete("outbox", id);
  announce("outbox");
}

const needsPerson: readonly OutboxState[] = ["refused", "conflict"];

export const isHeld = (item: OutboxItem): boolean => needsPerson.includes(item.state);
export const isPending = (item: OutboxItem): boolean => item.state === "waiting" || item.state === "sending";
