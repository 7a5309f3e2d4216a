import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/kernel/auth/session";
import { keepRead, keptRead } from "@/kernel/offline/reads";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { UnreachableError } from "@/kernel/graphql/errors";
import { prepare, within } from "../support/components";
import { emptyStores } from "../support/outbox";
import { json, serve, unreachable } from "../support/server";
import { viewer } from "../support/viewer";

const known = () => serve(() => json({ data: { viewer: viewer() } }));

beforeEach(async () => {
  await emptyStores();
  await prepare();
});
afterEach(() => vi.unstubAllGlobals());

it("starts without a network as the person who was signed in last", async () => {
  known();
  await useSession().load();
  await prepare();
  serve(unreachable);
  await useSession().load();
  expect(useSession().account).toBe("account");
  expect(useSession().role).toBe("CITIZEN");
});

it("is nobody, and forgets what it read, when the server knows no session", async () => {
  known();
  await useSession().load();
  await keepRead("account", "tasks", [1]);
  serve(() => json({ data: { viewer: null } }));
  await useSession().load();
  expect(useSession().viewer).toBeNull();
  expect(await keptRead("account", "tasks")).toBeUndefined();
});

it("does not take an error for a sign-out", async () => {
  known();
  await useSession().load();
  serve(() => json({ code: "INTERNAL" }, 500));
  await prepare();
  await useSession().load();
  expect(useSession().account).toBe("account");
});

it("shows kept reads with their age while there is no network, and fresh ones after", async () => {
  known();
  await useSession().load();
  await keepRead("account", "tasks", ["old"]);
  let online = false;
  const reading = within(() =>
    useKeptRead(() => "tasks", async () => {
      if (!online) throw new UnreachableError("away");
      return ["new"];
    }),
  );
  await reading.load();
  expect(reading.data.value).toEqual(["old"]);
  expect(reading.stale.value).toBe(true);
  expect(reading.error.value).toBeUndefined();
  online = true;
  await reading.load();
  expect(reading.data.value).toEqual(["new"]);
  expect(reading.stale.value).toBe(false);
  expect((await keptRead("account", "tasks"))?.data).toEqual(["new"]);
});

it("says so when nothing was kept", async () => {
  known();
  await useSession().load();
  const reading = within(() => useKeptRead(() => "tasks", () => Promise.reject(new UnreachableError("away"))));
  await reading.load();
  expect(reading.error.value).toBeInstanceOf(UnreachableError);
});
