// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";
import { reactive } from "vue";
import { onChange } from "@/kernel/offline/changes";
import { deleteDraft, draftsOf, readDraft, saveDraft } from "@/kernel/offline/drafts";
import { forgetReads, keepRead, keptRead } from "@/kernel/offline/reads";
import { emptyStores, queue, states } from "../support/outbox";

const content = (title: string) => ({ title, values: { statement: title }, files: [] });

beforeEach(emptyStores);

it("keeps several drafts of one kind, the last written first, apart by account", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000 });
  await saveDraft("a", "me", "report", content("a"));
  vi.setSystemTime(2_000);
  await saveDraft("b", "me", "report", content("b"));
  vi.setSystemTime(3_000);
  await saveDraft("a", "me", "report", content("a, longer"));
  await saveDraft("c", "someone else", "report", content("c"));
  vi.useRealTimers();
  expect((await draftsOf("me")).map((draft) => draft.title)).toEqual(["a, longer", "b"]);
  expect(await readDraft("a")).toMatchObject({ createdAt: 1_000, updatedAt: 3_000, values: { statement: "a, longer" } });
});

it("keeps a draft's pictures", async () => {
  const blob = new Blob(["picture"], { type: "image/jpeg" });
  await saveDraft("a", "me", "report", { ...content("a"), files: [{ name: "p.jpg", blob, keepPosition: true }] });
  const file = (await readDraft("a"))?.files[0];
  expect(await file?.blob.text()).toBe("picture");
  expect(file?.keepPosition).toBe(true);
});

it("takes what a form holds as it is", async () => {
  const form = reactive({ title: "a", values: { parties: [{ name: "x" }] }, files: [{ name: "p", blob: new Blob(["p"]), keepPosition: false }] });
  await saveDraft("a", "me", "report", form);
  expect(await readDraft("a")).toMatchObject({ values: { parties: [{ name: "x" }] }, files: [{ name: "p" }] });
});

it("tells listeners of every change until they stop listening", async () => {
  const heard: string[] = [];
  const stop = onChange((change) => heard.push(change));
  await saveDraft("a", "me", "report", content("a"));
  await queue({ title: "one" });
  stop();
  await deleteDraft("a");
  expect(heard).toEqual(["drafts", "outbox"]);
});

it("forgets what was read at sign-out, and nothing else", async () => {
  await keepRead("me", "tasks", [{ id: 1 }]);
  await saveDraft("a", "me", "report", content("a"));
  await queue({ title: "one" });
  expect((await keptRead("me", "tasks"))?.data).toEqual([{ id: 1 }]);
  expect(await keptRead("someone else", "tasks")).toBeUndefined();
  await forgetReads();
  expect(await keptRead("me", "tasks")).toBeUndefined();
  expect(await draftsOf("me")).toHaveLength(1);
  expect(await states()).toEqual({ one: "waiting" });
});
