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
    variables: JSON.parse(JSON.stringify(entry.variables)) as { [key: string]: Json },
    createdAt: Date.now(),
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

/** Oldest first: later commands may rest on earlier ones. */
export async function outboxOf(account: string): Promise<OutboxItem[]> {
  const items = await (await database()).getAllFromIndex("outbox", "account", account);
  return items.sort((a, b) => a.createdAt - b.createdAt);
}

export async function save(item: OutboxItem): Promise<void> {
  await (await database()).put("outbox", item);
  announce("outbox");
}

/** Puts a held item back in the queue under a new idempotency key (its content may have changed). */
export async function resend(item: OutboxItem, variables: { [key: string]: Json } = item.variables): Promise<void> {
  const db = await database();
  const transaction = db.transaction("outbox", "readwrite");
  await transaction.store.delete(item.id);
  await transaction.store.put({ ...item, id: crypto.randomUUID(), variables, state: "waiting", attempts: 0, nextAttemptAt: 0, errors: [] });
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
