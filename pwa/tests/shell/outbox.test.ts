import { reactive } from "vue";
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useSession } from "@/kernel/auth/session";
import { database } from "@/kernel/offline/database";
import { outboxOf, save } from "@/kernel/offline/outbox";
import OutboxEntry from "@/shell/components/OutboxEntry.vue";
import OutboxEditor from "@/shell/components/OutboxEditor.vue";
import { prepare, show } from "../support/components";
import { emptyStores, only, queue } from "../support/outbox";
import { type Sent, json, serve } from "../support/server";
import { viewer } from "../support/viewer";

vi.mock("@/shell/installed", () => ({
  installed: [{ commandLabel: () => "tab.home", matterPath: (id: string) => `/disputes/${id}` }],
}));
vi.mock("@/kernel/ui/BottomSheet.vue", () => ({ default: { props: ["open"], template: "<div v-if='open'><slot /></div>" } }));

const refusal = (code: string, field: string | null, data: unknown = null) => ({ code, field, data: data as null });

beforeEach(async () => {
  await emptyStores();
  await prepare();
  useSession().viewer = viewer({ accountId: "account" });
});
afterEach(() => vi.unstubAllGlobals());

it("shows a refusal with the name of its field, and the number to ask with", async () => {
  const item = await queue({ title: "邻居占道", membership: null });
  const entry = show(OutboxEntry, { item: { ...item, state: "refused", errors: [refusal("TOO_LONG", "input.statement")], requestId: "r-7" } });
  expect(entry.text()).toContain("情况说明：写得太长了");
  expect(entry.text()).toContain("r-7");
  await entry.findAll("button").find((button) => button.text() === "重新发送")?.trigger("click");
  expect(entry.emitted("resend")).toHaveLength(1);
});

it("offers no blind resend in a conflict", async () => {
  const item = await queue({ title: "受理", membership: null, matterId: "m" });
  const entry = show(OutboxEntry, { item: { ...item, state: "conflict", errors: [refusal("CONFLICT", "version", { current: 7 })] } });
  expect(entry.findAll("button").map((button) => button.text())).toEqual(["修改", "不要了"]);
  expect(entry.text()).toContain("您写的内容还在");
});

it("says when an item waits for another role", async () => {
  const entry = show(OutboxEntry, { item: await queue({ title: "x" }) });
  expect(entry.text()).toContain("另一个身份");
});

it("lets the person correct the words, never the technical values, and then rests on the newest version", async () => {
  const queued = await queue({ title: "旧标题", membership: null, matterId: "m", input: { version: 3, id: "m", statement: "话" } });
  await save({ ...queued, state: "conflict", errors: [refusal("CONFLICT", "version", { current: 7 })] });
  const sent: Sent[] = serve(() => json({ data: { command: { errors: [] } } }));
  const editor = show(OutboxEditor, { item: undefined });
  await editor.setProps({ item: reactive(await only()) });
  expect(editor.findAll("label").map((label) => label.text())).toEqual(["标题", "情况说明"]);
  await editor.get("#field-title").setValue("新标题");
  await editor.get("button.primary").trigger("click");
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.body).toMatchObject({ variables: { input: { title: "新标题", statement: "话", version: 7, id: "m" } } });
  await flushPromises();
  expect(await (await database()).count("outbox")).toBe(1);
  expect(await outboxOf("account")).toHaveLength(1);
});
