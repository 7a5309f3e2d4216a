import { type StoredChallenge, database } from "../offline/database";
import { type Challenge, usableUntil } from "./gestures";

export type FetchedChallenge = Omit<Challenge, "receivedAt">;

const usable = (now: number) => (challenge: StoredChallenge) => usableUntil(challenge) > now;

async function open(account: string, matter: string) {
  const transaction = (await database()).transaction("challenges", "readwrite");
  const all = await transaction.store.index("account").getAll(account);
  return { transaction, mine: all.filter((challenge) => challenge.matter === matter) };
}

/** Keeps challenges for later, with the phone's time of arrival; those that ran out are thrown away. */
export async function putChallenges(account: string, matter: string, fetched: readonly FetchedChallenge[]): Promise<void> {
  const now = Date.now();
  const { transaction, mine } = await open(account, matter);
  const stale = mine.filter((challenge) => !usable(now)(challenge));
  for (const { id } of stale) void transaction.store.delete(id);
  const fresh = fetched.filter(({ id }) => !mine.some((known) => known.id === id));
  for (const challenge of fresh) {
    void transaction.store.put({ ...challenge, gestures: [...challenge.gestures], account, matter, receivedAt: now });
  }
  await transaction.done;
}

/** How many are left: below what a page wants it fetches more while there is a network. */
export async function countChallenges(account: string, matter: string): Promise<number> {
  const { transaction, mine } = await open(account, matter);
  await transaction.done;
  return mine.filter(usable(Date.now())).length;
}

/** Takes out the one that runs out first. Two windows never get the same one: reading and deleting are one transaction. */
export async function takeChallenge(account: string, matter: string): Promise<Challenge | undefined> {
  const { transaction, mine } = await open(account, matter);
  const [next] = mine.filter(usable(Date.now())).sort((a, b) => usableUntil(a) - usableUntil(b));
  if (next) await transaction.store.delete(next.id);
  await transaction.done;
  return next;
}
