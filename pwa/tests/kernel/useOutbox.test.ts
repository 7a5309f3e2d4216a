import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/kernel/auth/session";
import type { Operation } from "@/kernel/graphql/operation";
import { outboxOf } from "@/kernel/offline/outbox";
import { useOutbox } from "@/kernel/offline/useOutbox";
import { prepare } from "../support/components";
import { emptyStores, queue } from "../support/outbox";
import { json, serve, unreachable } from "../support/server";
import { viewer } from "../support/viewer";

const report: Operation<unknown, object> = { id: "hash", name: "ReportDispute", kind: "mutation" };
const stored = async () => (await outboxOf("account")).map((item) => item.state);

beforeEach(async () => {
  await emptyStores();
  await prepare();
  useSession().viewer = viewer();
});
afterEach(() => vi.unstubAllGlobals());

it("stores before it sends, shows what waits, and sends as soon as the network is back", async () => {
  const outbox = useOutbox();
  outbox.start();
  serve(unreachable);
  await outbox.add(report, { input: { statement: "x" } }, { title: "x", matterId: null });
  await vi.waitFor(() => expect(outbox.pending.map((item) => item.attempts)).toEqual([1]));
  expect(outbox.online).toBe(false);
  const sent = serve(() => json({ data: { reportDispute: { errors: [] } } }));
  dispatchEvent(new Event("online"));
  await vi.waitFor(async () => expect(await stored()).toEqual(["sent"]));
  expect(sent).toHaveLength(1);
  expect(outbox.online).toBe(true);
  await vi.waitFor(() => expect(outbox.pending).toEqual([]));
});

it("goes on by the clock when only the server is away", async () => {
  const outbox = useOutbox();
  serve(unreachable);
  await outbox.add(report, {}, { title: "x", matterId: null });
  await vi.waitFor(async () => expect((await outboxOf("account"))[0]?.attempts).toBe(1));
  serve(() => json({ data: { reportDispute: { errors: [] } } }));
  await vi.waitFor(async () => expect(await stored()).toEqual(["sent"]), { timeout: 4_000 });
});

it("sends nothing for nobody", async () => {
  const sent = serve(() => json({}));
  await queue({ title: "x", membership: null });
  useSession().viewer = null;
  await useOutbox().send();
  expect(sent).toEqual([]);
});
