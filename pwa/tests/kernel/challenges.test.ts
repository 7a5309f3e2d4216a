// @vitest-environment node
import { openDB } from "idb";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { countChallenges, putChallenges, takeChallenge } from "@/kernel/faces/challenges";
import { database } from "@/kernel/offline/database";
import { draftsOf } from "@/kernel/offline/drafts";
import { forgetReads } from "@/kernel/offline/reads";
import { emptyStores } from "../support/outbox";

const hour = 3_600_000;
const arrival = Date.parse("2026-07-06T00:00:00Z");
const at = (ms: number) => new Date(ms).toISOString();

const fetched = (id: string, lifetime: number, clock = arrival) => ({
  id,
  gestures: ["BLINK", "TURN_LEFT"] as const,
  nonce: `nonce-${id}`,
  sealKey: "key",
  issuedAt: at(clock),
  expiresAt: at(clock + lifetime),
});

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: arrival });
  await emptyStores();
});
afterEach(() => vi.useRealTimers());

it("keeps what an older version of the app stored", async () => {
  const old = await openDB("before", 1, {
    upgrade: (db) => {
      for (const [store, keyPath] of [["drafts", "id"], ["outbox", "id"], ["reads", "key"]] as const) db.createObjectStore(store, { keyPath }).createIndex("account", "account");
    },
  });
  await old.put("drafts", { id: "d", account: "me", updatedAt: 1 });
  old.close();
  vi.resetModules();
  const name = vi.spyOn(indexedDB, "open").mockImplementation((_name, version) => IDBFactory.prototype.open.call(indexedDB, "before", version));
  const upgraded = await (await import("@/kernel/offline/database")).database();
  name.mockRestore();
  expect(await upgraded.getAllFromIndex("drafts", "account", "me")).toHaveLength(1);
  expect([...upgraded.objectStoreNames].sort()).toEqual(["challenges", "drafts", "outbox", "reads"]);
  upgraded.close();
});

it("gives the one that runs out first, once, with the time it came", async () => {
  await putChallenges("me", "m", [fetched("late", 3 * hour), fetched("soon", hour), fetched("middle", 2 * hour)]);
  vi.setSystemTime(arrival + 1_000);
  expect(await countChallenges("me", "m")).toBe(3);
  expect(await takeChallenge("me", "m")).toMatchObject({ id: "soon", nonce: "nonce-soon", gestures: ["BLINK", "TURN_LEFT"], receivedAt: arrival });
  expect((await takeChallenge("me", "m"))?.id).toBe("middle");
  expect((await takeChallenge("me", "m"))?.id).toBe("late");
  expect(await takeChallenge("me", "m")).toBeUndefined();
});

it("never gives one to two windows", async () => {
  await putChallenges("me", "m", [fetched("a", hour), fetched("b", 2 * hour)]);
  const taken = await Promise.all([takeChallenge("me", "m"), takeChallenge("me", "m"), takeChallenge("me", "m")]);
  expect(taken.map((challenge) => challenge?.id).sort()).toEqual(["a", "b", undefined]);
});

it("keeps accounts and matters apart", async () => {
  await putChallenges("me", "m", [fetched("a", hour)]);
  expect(await takeChallenge("other", "m")).toBeUndefined();
  expect(await takeChallenge("me", "n")).toBeUndefined();
  expect(await countChallenges("me", "m")).toBe(1);
});

it("gives none that ran out, and throws those away when new ones come", async () => {
  await putChallenges("me", "m", [fetched("old", hour)]);
  vi.setSystemTime(arrival + hour);
  expect(await countChallenges("me", "m")).toBe(0);
  expect(await takeChallenge("me", "m")).toBeUndefined();
  await putChallenges("me", "m", [fetched("new", hour, arrival + hour)]);
  expect((await (await database()).getAllKeys("challenges"))).toEqual(["new"]);
});

it("counts the time that passed, not what a wrong clock says", async () => {
  const serverClock = arrival - 48 * hour;
  await putChallenges("me", "m", [fetched("a", hour, serverClock)]);
  expect(await countChallenges("me", "m")).toBe(1);
  vi.setSystemTime(arrival + hour);
  expect(await countChallenges("me", "m")).toBe(0);
  await putChallenges("me", "m", [{ ...fetched("b", hour, serverClock), issuedAt: null }]);
  expect(await countChallenges("me", "m")).toBe(0);
});

it("keeps the time of the first arrival when one is fetched again", async () => {
  await putChallenges("me", "m", [fetched("a", hour)]);
  vi.setSystemTime(arrival + 1_000);
  await putChallenges("me", "m", [fetched("a", hour)]);
  expect((await takeChallenge("me", "m"))?.receivedAt).toBe(arrival);
});

it("forgets them at sign-out", async () => {
  await putChallenges("me", "m", [fetched("a", hour)]);
  await forgetReads();
  expect(await countChallenges("me", "m")).toBe(0);
  expect(await draftsOf("me")).toEqual([]);
});

it("makes room for a newer version of the app", async () => {
  await database();
  const newer = await openDB("shanzhi", 99);
  expect(newer.version).toBe(99);
  newer.close();
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase("shanzhi");
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error("not deleted"));
  });
});
