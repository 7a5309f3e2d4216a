// @vitest-environment node
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { WaitingFile } from "@/kernel/offline/database";
import { drain } from "@/kernel/offline/drain";
import { emptyStores, only, queue, sender } from "../support/outbox";
import { type Sent, json, serve, unreachable } from "../support/server";

const picture = (text: string): WaitingFile => ({
  name: `${text}.jpg`,
  blob: new Blob([text], { type: "image/jpeg" }),
  purpose: "dispute",
  keepPosition: false,
  at: ["input", "fileIds"],
});

/** Keeps uploads the way the server does; `cut` names a step at which the network breaks, once. */
function fileServer(cut?: (request: Sent) => boolean) {
  const offsets = new Map<string, number>();
  let broken = false;
  return serve(async (request) => {
    if (!broken && cut?.(request)) {
      broken = true;
      return unreachable();
    }
    const [, , id = "", step] = request.path.split("/");
    if (request.path === "/graphql") return json({ data: { command: { errors: [] } } });
    if (request.path === "/files") {
      const upload = `u${offsets.size + 1}`;
      offsets.set(upload, 0);
      return json({ id: upload, offset: 0, chunkSize: 4 }, 201);
    }
    if (step === "complete") return json({ id, contentType: "image/jpeg", url: `/files/${id}`, thumbnailUrl: null });
    if (request.method === "PATCH") offsets.set(id, Number(request.headers.get("Upload-Offset")) + (request.body as Blob).size);
    const offset = offsets.get(id);
    return offset === undefined ? json({}, 404) : new Response(null, { headers: { "Upload-Offset": String(offset) } });
  });
}

const steps = (sent: Sent[]) => sent.map((request) => `${request.method} ${request.path}`);

beforeEach(async () => {
  vi.stubGlobal("navigator", { onLine: true });
  await emptyStores();
});
afterEach(() => vi.unstubAllGlobals());

it("uploads every picture, in pieces, before the command that names them", async () => {
  await queue({ title: "report", files: [picture("12345678"), picture("ab")] });
  const sent = fileServer();
  await drain(sender);
  expect(steps(sent)).toEqual([
    "POST /files",
    "PATCH /files/u1",
    "PATCH /files/u1",
    "POST /files/u1/complete",
    "POST /files",
    "PATCH /files/u2",
    "POST /files/u2/complete",
    "POST /graphql",
  ]);
  expect(sent.at(-1)?.body).toMatchObject({ variables: { input: { title: "report", fileIds: ["u1", "u2"] } } });
  expect(sent[0]?.body).toMatchObject({ size: 8, contentType: "image/jpeg", sha256: "ef797c8118f02dfb649607dd5d3f8c7623048c9c063d532cc95c5ed7a898a64f" });
});

it("goes on where a broken upload stopped and sends no finished picture twice", async () => {
  await queue({ title: "report", files: [picture("ab"), picture("12345678")] });
  const first = fileServer((request) => request.path === "/files/u2" && request.headers.get("Upload-Offset") === "4");
  await drain(sender);
  expect((await only()).files.map((file) => [file.uploadId, file.fileId])).toEqual([["u1", "u1"], ["u2", undefined]]);
  first.length = 0;
  await drain({ ...sender, hurry: true });
  expect(steps(first)).toEqual(["HEAD /files/u2", "PATCH /files/u2", "POST /files/u2/complete", "POST /graphql"]);
  expect(await only()).toMatchObject({ state: "sent" });
});

it("starts a picture anew when the server forgot the upload", async () => {
  await queue({ title: "report", files: [{ ...picture("ab"), uploadId: "forgotten" }] });
  const sent = fileServer();
  await drain(sender);
  expect(steps(sent).slice(0, 2)).toEqual(["HEAD /files/forgotten", "POST /files"]);
});

it("keeps the item when the server refuses the picture", async () => {
  await queue({ title: "report", files: [picture("ab")] });
  serve(() => json({ code: "POLYGLOT" }, 422));
  await drain(sender);
  expect(await only()).toMatchObject({ state: "refused", errors: [{ code: "POLYGLOT" }] });
  expect((await only()).files).toHaveLength(1);
});
