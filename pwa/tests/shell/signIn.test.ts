import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import SignInPanel from "@/shell/components/SignInPanel.vue";
import { newestCode } from "@/shell/dev/api";
import { prepare, show } from "../support/components";
import { type Sent, json, serve } from "../support/server";

const gone = () => json({ code: "NOT_FOUND" }, 404);
const demo: Record<string, () => Response> = {
  "/dev/accounts": () => json([{ role: "GRID_WORKER", name: "王小满", phone: "13800002001" }]),
  "/dev/codes": () => json([{ phone: "+8613800002001", code: "222222" }, { phone: "+8613800002001", code: "111111" }]),
};
const paths = (sent: Sent[]) => sent.map((request) => request.path);

beforeEach(prepare);
afterEach(() => {
  vi.unstubAllGlobals();
  document.body.innerHTML = "";
});

it("asks for a code and signs in with it; in production nothing of the demonstration shows", async () => {
  const sent = serve(({ path }) => (path.startsWith("/dev") ? gone() : new Response(null, { status: 204 })));
  const panel = show(SignInPanel);
  await panel.get("#field-phone").setValue("138 0000 2001");
  await panel.get("form").trigger("submit");
  await flushPromises();
  await panel.get("#field-code").setValue("123456");
  await panel.get("form").trigger("submit");
  await flushPromises();
  expect(sent.find((request) => request.path === "/auth/code")?.body).toEqual({ phone: "13800002001" });
  expect(sent.at(-1)?.body).toEqual({ phone: "13800002001", code: "123456" });
  expect(panel.emitted("signedIn")).toHaveLength(1);
  expect(panel.text()).not.toContain("演示");
});

it("keeps what was typed and counts down when the server asks to wait", async () => {
  serve(({ path }) => (path.startsWith("/dev") ? gone() : json({ code: "RATE_LIMITED" }, 429, { "Retry-After": "30" })));
  const panel = show(SignInPanel);
  await panel.get("#field-phone").setValue("13800002001");
  await panel.get("form").trigger("submit");
  await flushPromises();
  expect(panel.get("[role=alert]").text()).toContain("操作太频繁");
  expect((panel.get("#field-phone").element as HTMLInputElement).value).toBe("13800002001");
  expect(panel.get("button.primary").text()).toBe("30 秒后可重新获取");
  expect(panel.get("button.primary").attributes("disabled")).toBeDefined();
});

it("shows the newest development code of this number and fills it in", async () => {
  serve(({ path }) => demo[path]?.() ?? new Response(null, { status: 204 }));
  const panel = show(SignInPanel);
  await panel.get("#field-phone").setValue("13800002001");
  await panel.get("form").trigger("submit");
  await flushPromises();
  expect(panel.text()).toContain("222222");
  await panel.findAll("button").find((button) => button.text() === "填入")?.trigger("click");
  expect((panel.get("#field-code").element as HTMLInputElement).value).toBe("222222");
  expect(await newestCode("13900000000")).toBeUndefined();
});

it("signs a demonstration account in on one tap", async () => {
  const sent = serve(({ path }) => demo[path]?.() ?? new Response(null, { status: 204 }));
  const panel = show(SignInPanel);
  await flushPromises();
  expect(panel.text()).toContain("网格员");
  await panel.get("section button").trigger("click");
  await flushPromises();
  expect(paths(sent).filter((path) => path.startsWith("/auth"))).toEqual(["/auth/code", "/auth/code/verify"]);
  expect(sent.at(-1)?.body).toEqual({ phone: "13800002001", code: "222222" });
  expect(panel.emitted("signedIn")).toHaveLength(1);
});
