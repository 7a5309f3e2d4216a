import { database } from "./database";

export interface KeptRead<Data> {
  data: Data;
  /** Milliseconds since 1970; shown to the person as the age of what is read. */
  fetchedAt: number;
}

const storageKey = (account: string, key: string) => `${account}/${key}`;

export async function keepRead(account: string, key: string, data: unknown): Promise<void> {
  const copy = JSON.parse(JSON.stringify(data)) as unknown;
  await (await database()).put("reads", { key: storageKey(account, key), account, data: copy, fetchedAt: Date.now() });
}

export async function keptRead<Data>(account: string, key: string): Promise<KeptRead<Data> | undefined> {
  const found = await (await database()).get("reads", storageKey(account, key));
  return found && { data: found.data as Data, fetchedAt: found.fetchedAt };
}

/** At sign-out: the phone forgets what it read or fetched ahead. Drafts and the outbox stay, bound to their account. */
export async function forgetReads(): Promise<void> {
  const transaction = (await database()).transaction(["reads", "challenges"], "readwrite");
  await Promise.all([transaction.objectStore("reads").clear(), transaction.objectStore("challenges").clear(), transaction.done]);
}
