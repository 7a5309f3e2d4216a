// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { commandIds } from "@/generated/commands";
import type { Json } from "@/generated/schema";
import { type Sender, drain, pauseMs, place } from "@/kernel/offline/drain";
import { outboxOf, resend } from "@/kernel/offline/outbox";
import { emptyStores, only, queue, sender, states } from "../support/outbox";
import { type Sent, json, serve, unreachable } from "../support/server";

interface Posted {
  variables: { input: { [key: string]: Json } };
}

const inputOf = (request: Sent) => (request.body as Posted).variables.input;
const titles = (sent: Sent[]) => sent.map((request) => inputOf(request)["title"]);
const accepted = (version = 2, id = "matter") => json({ data: { command: { errors: [], dispute: { id, code: "2026-1", version } } } });
const refused = (code: string, data: unknown = null) => json({ data: { command: { errors: [{ code, field: "input.title", data }] } } });

beforeEach(async () => {
  vi.stubGlobal("navigator", { onLine: true, locks: null });
  await emptyStores();
});
afterEach(() => vi.unstubAllGlobals());

describe("sending in order", () => {
  it("sends the oldest first, each under its own idempotency key", async () => {
    const items = [await queue({ title: "one" }), await queue({ title: "two" }), await queue({ title: "three" })];
    const sent = serve(() => accepted());
    expect(await drain(sender)).toBeNull();
    expect(titles(sent)).toEqual(["one", "two", "three"]);
    expect(sent.map((request) => request.headers.get("Idempotency-Key"))).toEqual(items.map((item) => item.id));
    expect((await outboxOf(sender.account)).map((item) => item.result)).toEqual(items.map(() => ({ id: "matter", code: "2026-1" })));
  });

  it("keeps the order when the phone's clock is set back between two items", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 2_000_000 });
    await queue({ title: "first" });
    vi.setSystemTime(1_000_000);
    await queue({ title: "second" });
    vi.useRealTimers();
    const sent = serve(() => accepted());
    await drain(sender);
    expect(titles(sent)).toEqual(["first", "second"]);
  });

  it("carries the version that its own command made to the next one on the same matter", async () => {
    await queue({ title: "accept", matterId: "m", input: { version: 4 } });
    await queue({ title: "minutes", matterId: "m", input: { version: 4 } });
    await queue({ title: "elsewhere", matterId: "other", input: { version: 4 } });
    const sent = serve(() => accepted(5));
    await drain(sender);
    expect(sent.map((request) => inputOf(request)["version"])).toEqual([4, 5, 4]);
  });

  it("leaves alone what was written in another role", async () => {
    await queue({ title: "mine" });
    await queue({ title: "as a citizen", membership: null });
    serve(() => accepted());
    expect(await drain(sender)).toBeNull();
    expect(await states()).toEqual({ mine: "sent", "as a citizen": "waiting" });
  });
});

describe("refusals", () => {
  it("keeps a refused item with its errors and goes on with the others", async () => {
    await queue({ title: "wrong" });
    await queue({ title: "right" });
    serve((request) => (inputOf(request)["title"] === "wrong" ? refused("TOO_LONG") : accepted()));
    await drain(sender);
    expect(await states()).toEqual({ wrong: "refused", right: "sent" });
    expect((await only()).errors).toEqual([{ code: "TOO_LONG", field: "input.title", data: null }]);
  });

  it("marks a conflict and holds back later commands on that matter until the person decides", async () => {
    await queue({ title: "base", matterId: "m", input: { version: 1 } });
    await queue({ title: "follows", matterId: "m", input: { version: 1 } });
    const sent = serve(() => refused("CONFLICT", { current: 3 }));
    await drain(sender);
    expect(sent).toHaveLength(1);
    expect(await states()).toEqual({ base: "conflict", follows: "waiting" });
    expect(await drain(sender)).toBeNull();
    expect((await only()).errors[0]?.data).toEqual({ current: 3 });
  });

  it("lets nothing that was refused hold back what does not rest on the matter's version", async () => {
    await queue({ title: "refused", matterId: "m" });
    await queue({ title: "help", matterId: "m" });
    serve((request) => (inputOf(request)["title"] === "refused" ? refused("INVALID") : accepted()));
    await drain(sender);
    expect(await states()).toEqual({ refused: "refused", help: "sent" });
  });

  it("sends a corrected item under a new key, still before its successors", async () => {
    await queue({ title: "base", matterId: "m", input: { version: 1 } });
    await queue({ title: "follows", matterId: "m", input: { version: 1 } });
    serve(() => refused("INVALID"));
    await drain(sender);
    const held = await only();
    await resend(held, { input: { title: "corrected", version: 1 } });
    const sent = serve(() => accepted());
    await drain(sender);
    expect(titles(sent)).toEqual(["corrected", "follows"]);
    expect(sent[0]?.headers.get("Idempotency-Key")).not.toBe(held.id);
  });

  it("keeps the request id of an answer that no retry will change", async () => {
    await queue({ title: "unknown" });
    serve(() => json({ code: "UNKNOWN_DOCUMENT" }, 400, { "X-Request-Id": "r-1" }));
    await drain(sender);
    expect(await only()).toMatchObject({ state: "refused", requestId: "r-1", errors: [{ code: "UNKNOWN_DOCUMENT" }] });
  });
});

describe("another version of the app", () => {
  const old = { id: "document of last year", name: "UrgeDispute" };

  it("sends what an older one queued as the newest document of that name", async () => {
    await queue({ title: "urge", operation: old });
    const sent = serve(() => accepted());
    await drain(sender);
    expect(sent[0]?.body).toMatchObject({ documentId: commandIds["UrgeDispute"], operationName: "UrgeDispute" });
    expect(await states()).toEqual({ urge: "sent" });
  });

  it("keeps an item waiting for the update when the server is the newer one", async () => {
    await queue({ title: "urge", operation: old });
    serve(() => json({ code: "UNKNOWN_DOCUMENT" }, 400));
    expect(await drain(sender)).not.toBeNull();
    expect(await states()).toEqual({ urge: "waiting" });
  });
});

describe("no network", () => {
  it("keeps the item, stops the round and tells when to try again", async () => {
    const item = await queue({ title: "one" });
    await queue({ title: "two" });
    const sent = serve(unreachable);
    const due = await drain(sender, () => 1_000_000);
    expect(sent).toHaveLength(1);
    expect(await only()).toMatchObject({ id: item.id, state: "waiting", attempts: 1 });
    expect(due).toBe((await only()).nextAttemptAt);
    expect(due).toBeGreaterThanOrEqual(1_002_000);
  });

  it("waits out the pause by itself, but not when there is news of the network", async () => {
    await queue({ title: "one" });
    serve(unreachable);
    await drain(sender, () => 0);
    const sent = serve(() => accepted());
    await drain(sender, () => 1);
    expect(sent).toHaveLength(0);
    const hurried: Sender = { ...sender, hurry: true };
    await drain(hurried, () => 1);
    expect(await states()).toEqual({ one: "sent" });
  });

  it("retries under the same key, so that an answer that was lost is not done twice", async () => {
    await queue({ title: "one" });
    const lost = serve(unreachable);
    await drain(sender);
    const again = serve(() => accepted());
    await drain({ ...sender, hurry: true });
    expect(again[0]?.headers.get("Idempotency-Key")).toBe(lost[0]?.headers.get("Idempotency-Key"));
  });

  it("waits as long as an overloaded server asks", async () => {
    await queue({ title: "one" });
    serve(() => json({ code: "RATE_LIMITED" }, 429, { "Retry-After": "120" }));
    expect(await drain(sender, () => 0)).toBeGreaterThanOrEqual(120_000);
  });

  it("does not let one item that breaks the server hold up the others", async () => {
    await queue({ title: "breaks" });
    await queue({ title: "fine" });
    serve((request) => (inputOf(request)["title"] === "breaks" ? json({ code: "INTERNAL" }, 500) : accepted()));
    expect(await drain(sender)).toBe((await only()).nextAttemptAt);
    expect(await states()).toEqual({ breaks: "waiting", fine: "sent" });
  });

  it("keeps the item when the session ended", async () => {
    await queue({ title: "one" });
    serve(() => json({ code: "UNAUTHENTICATED" }, 401));
    await drain(sender);
    expect(await states()).toEqual({ one: "waiting" });
  });

  it("lengthens the pauses up to ten minutes", () => {
    expect([1, 2, 3].map((attempts) => pauseMs(attempts, 0))).toEqual([2_000, 4_000, 8_000]);
    expect(pauseMs(30, 1)).toBe(750_000);
  });
});

describe("two drains at once", () => {
  /** Web Locks with one lock: the second holder waits for the first. */
  function locks() {
    let tail: Promise<unknown> = Promise.resolve();
    return { request: (_name: string, work: () => Promise<unknown>) => (tail = tail.then(work)) };
  }

  it.each([["with the browser's locks", locks()], ["in one tab without them", null]])("send each item once, %s", async (_name, lockManager) => {
    vi.stubGlobal("navigator", { onLine: true, locks: lockManager });
    await queue({ title: "one" });
    await queue({ title: "two" });
    const sent = serve(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return accepted();
    });
    await Promise.all([drain(sender), drain(sender)]);
    expect(titles(sent)).toEqual(["one", "two"]);
  });
});

describe("place", () => {
  it("sets a field, appends to a list of ids once, and reaches into objects", () => {
    const target: { [key: string]: Json } = { input: { fileIds: ["a"] } };
    place(target, ["input", "fileIds"], "b");
    place(target, ["input", "fileIds"], "b");
    place(target, ["input", "signatureFileId"], "c");
    expect(target).toEqual({ input: { fileIds: ["a", "b"], signatureFileId: "c" } });
  });
});
