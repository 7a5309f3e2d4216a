import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reunion } from "@/apps/reunion";
import CardPage from "@/apps/reunion/pages/CardPage.vue";
import { addTexts } from "@/kernel/i18n";
import { prepare, show } from "../support/components";

vi.mock("vue-router", async (original) => ({ ...(await original<object>()), useRoute: () => ({ hash: "#the-token", fullPath: "/reunion/card" }), useRouter: () => ({ back: vi.fn() }) }));

interface Sent {
  path: string;
  body: Record<string, unknown>;
}

/** The server as a finder's phone meets it: each path answers what the test says. */
function server(answers: Record<string, () => Response>): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    sent.push({ path, body: JSON.parse(String(init.body)) as Record<string, unknown> });
    return Promise.resolve(answers[path]?.() ?? new Response("{}", { status: 404 }));
  });
  return sent;
}

const json = (body: unknown, status = 200) => () => new Response(JSON.stringify(body), { status });
const card = json({ agency: "测试救助管理站", dutyPhone: "0576-87770000" });
const open = "/open/reunion/card";
const tell = "/open/reunion/card/found";

async function page() {
  const shown = show(CardPage);
  await flushPromises();
  return shown;
}

beforeEach(async () => {
  await prepare();
  await addTexts(reunion.texts);
});
afterEach(() => vi.unstubAllGlobals());

describe("the page behind a home card", () => {
  it("offers the telephone first, and sends the token in the body alone", async () => {
    const sent = server({ [open]: card });
    const shown = await page();
    expect(shown.find("a.primary").attributes("href")).toBe("tel:0576-87770000");
    expect(sent).toEqual([{ path: open, body: { token: "the-token" } }]);
  });

  it("tells the officers without place or telephone unless they were given, and again with the same key after a lost answer", async () => {
    let lost = true;
    const sent = server({ [open]: card, [tell]: () => (lost ? json({ code: "INTERNAL" }, 500)() : json({ toldAt: "2026-11-28T02:32:10Z" })()) });
    const shown = await page();
    await shown.find("form").trigger("submit");
    await flushPromises();
    expect(shown.find("[role=status].tone-green").exists()).toBe(false);
    lost = false;
    await shown.find("form").trigger("submit");
    await flushPromises();
    const calls = sent.filter(({ path }) => path === tell).map(({ body }) => body);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toEqual(calls[1]);
    expect(Object.keys(calls[0] ?? {}).sort()).toEqual(["key", "phone", "token"]);
    expect(calls[0]?.["phone"]).toBeNull();
    expect(shown.text()).toContain("10:32");
    expect(shown.find("form").exists()).toBe(false);
  });

  it("says at the field that a telephone is none, and keeps the rest", async () => {
    server({ [open]: card, [tell]: json({ code: "PHONE_INVALID", field: "phone" }, 400) });
    const shown = await page();
    await shown.find("input[type=tel]").setValue("不告诉你");
    await shown.find("form").trigger("submit");
    await flushPromises();
    expect(shown.find("[data-field=phone] [role=alert]").exists()).toBe(true);
    expect(shown.find("a.primary").exists()).toBe(true);
  });

  it("shows one and the same thing for every card that opens nothing", async () => {
    server({ [open]: json({ code: "NOT_FOUND", field: "token" }, 404) });
    const shown = await page();
    expect(shown.find("form").exists()).toBe(false);
    expect(shown.text()).toContain("110");
  });
});
