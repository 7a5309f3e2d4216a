// @vitest-environment node
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Refusal } from "@/generated/kernel";
import { command, execute, onRefusal } from "@/kernel/graphql/client";
import { RefusedError, TransportError, UnreachableError } from "@/kernel/graphql/errors";
import type { Operation } from "@/kernel/graphql/operation";
import { json, serve, unreachable } from "../support/server";

const query: Operation<{ value: number }, { n: number }> = { id: "hash", name: "Value", kind: "query" };
const mutation: Operation<Record<string, { errors: Refusal[] }>, object> = { id: "hash", name: "Change", kind: "mutation" };
const ok = () => json({ data: { change: { errors: [] } } });

afterEach(() => vi.unstubAllGlobals());

describe("execute", () => {
  it("sends the document's id with our header and never its text", async () => {
    const sent = serve(() => json({ data: { value: 3 } }));
    expect(await execute(query, { n: 1 })).toEqual({ value: 3 });
    expect(sent[0]?.body).toEqual({ documentId: "hash", operationName: "Value", variables: { n: 1 } });
    expect(sent[0]?.headers.get("X-Shanzhi-Client")).toBe("pwa");
  });

  it("tells not reached, answered with an error, and cut off apart", async () => {
    serve(unreachable);
    await expect(execute(query, { n: 1 })).rejects.toBeInstanceOf(UnreachableError);
    serve(() => json({ errors: [{ message: "", extensions: { code: "INTERNAL", requestId: "r-1" } }] }));
    await expect(execute(query, { n: 1 })).rejects.toMatchObject({ code: "INTERNAL", requestId: "r-1", temporary: false });
    serve(() => new Response("<html>", { status: 200 }));
    await expect(execute(query, { n: 1 })).rejects.toBeInstanceOf(UnreachableError);
    serve(() => new Response("", { status: 502 }));
    await expect(execute(query, { n: 1 })).rejects.toMatchObject({ code: "HTTP_502", temporary: true });
  });
});

it("names the field when one of the variables is to blame", async () => {
  serve(() => json({ data: null, errors: [{ message: "", extensions: { code: "INVALID", field: "decidedOn", data: {} } }] }));
  await expect(command(mutation, {})).rejects.toMatchObject({ errors: [{ code: "INVALID", field: "decidedOn" }] });
});

describe("command", () => {
  it("repeats under the same key after the person signed in again", async () => {
    let signedIn = false;
    const sent = serve(() => (signedIn ? ok() : json({ code: "UNAUTHENTICATED" }, 401)));
    onRefusal("UNAUTHENTICATED", async () => (signedIn = true));
    await command(mutation, {});
    expect(sent.map((request) => request.headers.get("Idempotency-Key"))).toEqual([sent[0]?.headers.get("Idempotency-Key"), sent[0]?.headers.get("Idempotency-Key")]);
    expect(sent[0]?.headers.get("Idempotency-Key")).toBeTruthy();
  });

  it("asks for presence when the payload wants it, and gives up when the person declines", async () => {
    const sent = serve(() => json({ data: { change: { errors: [{ code: "STEP_UP_REQUIRED", field: null, data: null }] } } }));
    onRefusal("STEP_UP_REQUIRED", async () => false);
    await expect(command(mutation, {})).rejects.toBeInstanceOf(RefusedError);
    expect(sent).toHaveLength(1);
  });

  it("asks nobody in the background", async () => {
    serve(() => json({ code: "UNAUTHENTICATED" }, 401));
    const ask = vi.fn(async () => true);
    onRefusal("UNAUTHENTICATED", ask);
    await expect(command(mutation, {}, { interactive: false })).rejects.toBeInstanceOf(TransportError);
    expect(ask).not.toHaveBeenCalled();
  });
});
