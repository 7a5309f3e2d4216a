import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/kernel/auth/session";
import { command } from "@/kernel/graphql/client";
import type { Operation } from "@/kernel/graphql/operation";
import type { Refusal } from "@/generated/kernel";
import { gate, guardRequests } from "@/shell/gate";
import { prepare } from "../support/components";
import { json, serve } from "../support/server";
import { viewer } from "../support/viewer";

const change: Operation<Record<string, { errors: Refusal[] }>, object> = { id: "hash", name: "Change", kind: "mutation" };
const expired = () => json({ code: "UNAUTHENTICATED" }, 401);

beforeEach(async () => {
  await prepare();
  useSession().viewer = viewer();
  guardRequests();
});
afterEach(() => vi.unstubAllGlobals());

it("asks once for requests that fail together, and repeats each", async () => {
  let signedIn = false;
  const sent = serve(() => (signedIn ? json({ data: { change: { errors: [] } } }) : expired()));
  const requests = Promise.all([command(change, { n: 1 }), command(change, { n: 2 })]);
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  await vi.waitFor(() => expect(gate.value?.kind).toBe("UNAUTHENTICATED"));
  signedIn = true;
  gate.value?.finish(true);
  await requests;
  expect(sent).toHaveLength(4);
  expect(gate.value).toBeUndefined();
});

it("sends nothing again when the person closes the dialog or someone else signed in", async () => {
  const sent = serve(expired);
  const request = command(change, {});
  await vi.waitFor(() => expect(gate.value).toBeDefined());
  gate.value?.finish(false);
  await expect(request).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(sent).toHaveLength(1);
});
