import { command } from "../graphql/client";
import { RefusedError, TransportError, UnreachableError } from "../graphql/errors";
import type { Operation } from "../graphql/operation";
import { commandIds } from "@/generated/commands";
import type { Json } from "@/generated/schema";
import type { Refusal } from "@/generated/kernel";
import { uploadFile } from "../files/upload";
import { type OutboxItem, database } from "./database";
import { isHeld, isPending, outboxOf, save } from "./outbox";

/** What every command answers: its refusals, and under the application's own name the matter it changed. */
interface CommandPayload {
  errors: Refusal[];
  [name: string]: unknown;
}

interface ChangedMatter {
  id: string;
  code: string;
  version: number;
}

const longestPauseMs = 10 * 60_000;

/** 2 s, 4 s, 8 s … at most 10 minutes, with a random quarter so that phones do not return all at once. */
export function pauseMs(attempts: number, random = Math.random()): number {
  return Math.min(1_000 * 2 ** attempts, longestPauseMs) * (1 + random / 4);
}

export interface Sender {
  account: string;
  membership: string | null;
  /** True when there is news of the network (back online, the person asks): pauses after failures are skipped. */
  hurry?: boolean;
}

/** Sends what is due for this account, oldest first. Returns when the next attempt is due, or null when nothing waits for one. */
export async function drain(sender: Sender, now: () => number = Date.now): Promise<number | null> {
  return alone(async () => {
    const later: number[] = [];
    for (const { id } of (await outboxOf(sender.account)).filter(isPending)) {
      const item = await (await database()).get("outbox", id);
      if (!item || !isPending(item) || (await mustWait(item, sender))) continue;
      const paused = !sender.hurry && item.nextAttemptAt > now();
      const outcome = paused ? { again: item.nextAttemptAt, stop: false } : await send(item, now);
      if (outcome?.stop) return outcome.again;
      if (outcome) later.push(outcome.again);
    }
    return later.length ? Math.min(...later) : null;
  });
}

/** When to send an item again; `stop` when the others would fail for the same reason. */
interface Postponed {
  again: number;
  stop: boolean;
}

let last: Promise<unknown> = Promise.resolve();

/** One drain at a time over all tabs and the service worker; without the browser's locks, at least in this tab. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager | null }).locks;
  if (locks) return locks.request("shanzhi-outbox", work);
  const mine = last.then(work, work);
  last = mine;
  return mine;
}

/**
 * An item waits for its own role, and for an earlier command on the same matter that is still to be sent. One that was
 * refused holds it back only when it rests on the matter's version, which that one would have moved: asking for help
 * never waits for the answer to something else.
 */
async function mustWait(item: OutboxItem, sender: Sender): Promise<boolean> {
  if (item.membership !== sender.membership) return true;
  if (!item.matterId) return false;
  const earlier = (await outboxOf(item.account)).filter((other) => other.createdAt < item.createdAt && other.matterId === item.matterId);
  const rests = versionOf(item) !== undefined;
  return earlier.some((other) => isPending(other) || (rests && isHeld(other)));
}

/** Nothing when the item is settled, for good or until the person decides. */
async function send(item: OutboxItem, now: () => number): Promise<Postponed | undefined> {
  await save({ ...item, state: "sending" });
  try {
    const ready = await withFiles(item);
    const operation: Operation<Record<string, CommandPayload>, unknown> = { ...current(item.operation), kind: "mutation" };
    const payload = await command(operation, ready.variables, { idempotencyKey: item.id, interactive: false });
    await settle(ready, payload);
    return undefined;
  } catch (error) {
    return failed(item.id, error, now);
  }
}

/** An item may have been written by an older version of the app; the server knows only the newest documents. */
function current(operation: OutboxItem["operation"]): OutboxItem["operation"] {
  return { ...operation, id: commandIds[operation.name] ?? operation.id };
}

/** The server is newer than this app: the item waits for the update, unless its command exists no more. */
const awaitsUpdate = (item: OutboxItem, error: TransportError) => error.code === "UNKNOWN_DOCUMENT" && item.operation.name in commandIds;

async function settle(item: OutboxItem, payload: CommandPayload): Promise<void> {
  const matter = matterOf(payload);
  // The server holds the pictures now; the phone needs the room.
  const files = item.files.map((file) => ({ ...file, blob: new Blob() }));
  await save({ ...item, files, state: "sent", errors: [], result: matter ? { id: matter.id, code: matter.code } : null });
  if (matter && item.matterId) await carryVersion(item, matter.version);
}

function matterOf(payload: CommandPayload): ChangedMatter | undefined {
  const isMatter = (value: unknown): value is ChangedMatter =>
    typeof value === "object" && value !== null && "id" in value && "code" in value && "version" in value;
  return Object.values(payload).find(isMatter);
}

/** Commands written one after another offline rest on the same base version; ours moved it, so ours may follow. */
async function carryVersion(sent: OutboxItem, version: number): Promise<void> {
  const base = versionOf(sent);
  if (base === undefined) return;
  for (const item of await outboxOf(sent.account)) {
    if (item.id === sent.id || item.matterId !== sent.matterId || !isPending(item) || versionOf(item) !== base) continue;
    const input = { ...(item.variables["input"] as { [key: string]: Json }), version };
    await save({ ...item, variables: { ...item.variables, input } });
  }
}

function versionOf(item: OutboxItem): number | undefined {
  const input = item.variables["input"];
  const version = input && typeof input === "object" && !Array.isArray(input) ? input["version"] : undefined;
  return typeof version === "number" ? version : undefined;
}

async function failed(id: string, error: unknown, now: () => number): Promise<Postponed | undefined> {
  const item = await (await database()).get("outbox", id);
  if (!item) return undefined;
  if (error instanceof RefusedError) {
    await save({ ...item, state: error.has("CONFLICT") ? "conflict" : "refused", errors: [...error.errors] });
    return undefined;
  }
  if (error instanceof TransportError && !error.temporary && error.code !== "UNAUTHENTICATED" && !awaitsUpdate(item, error)) {
    await save({ ...item, state: "refused", errors: [{ code: error.code, field: null, data: null }], requestId: error.requestId ?? null });
    return undefined;
  }
  if (!(error instanceof TransportError) && !(error instanceof UnreachableError)) {
    await save({ ...item, state: "refused", errors: [{ code: "INTERNAL", field: null, data: String(error) }] });
    return undefined;
  }
  const asked = error instanceof TransportError && error.retryAfterSeconds ? error.retryAfterSeconds * 1_000 : 0;
  const attempts = item.attempts + 1;
  const again = now() + Math.max(pauseMs(attempts), asked);
  await save({ ...item, state: "waiting", attempts, nextAttemptAt: again });
  // A 500 may be about this one item; everything else here is about the way to the server.
  return { again, stop: !(error instanceof TransportError && error.status === 500) };
}

/** Uploads the item's files, remembering each at once, and writes their ids into the variables. */
async function withFiles(item: OutboxItem): Promise<OutboxItem> {
  let current = item;
  for (const [index, file] of item.files.entries()) {
    if (file.fileId) continue;
    const remember = async (change: { uploadId?: string; fileId?: string }) => {
      const files = current.files.map((entry, at) => (at === index ? { ...entry, ...change } : entry));
      current = { ...current, state: "sending", files };
      await save(current);
    };
    const stored = await uploadFile({ ...file, onCreated: (uploadId) => remember({ uploadId }) });
    await remember({ fileId: stored.id });
  }
  const variables = structuredClone(current.variables);
  for (const file of current.files) if (file.fileId) place(variables, file.at, file.fileId);
  return { ...current, variables };
}

/** Sets a field, or appends to it when the name ends the path in a list ("fileIds"). */
export function place(target: { [key: string]: Json }, path: readonly string[], id: string): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length) {
    place(target[head] as { [key: string]: Json }, rest, id);
  } else if (head.endsWith("Ids")) {
    const list = (target[head] as Json[] | undefined) ?? [];
    if (!list.includes(id)) target[head] = [...list, id];
  } else {
    target[head] = id;
  }
}
