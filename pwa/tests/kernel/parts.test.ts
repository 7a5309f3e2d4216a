import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick, ref } from "vue";
import { i18n } from "@/kernel/i18n";
import PartCard from "@/kernel/ui/PartCard.vue";
import PartJumps from "@/kernel/ui/PartJumps.vue";
import { useParts } from "@/kernel/ui/parts";
import { copyAddress, shareAddress } from "@/kernel/ui/share";
import { prepare } from "../support/components";

const said = vi.hoisted(() => vi.fn());
vi.mock("@/kernel/ui/ask", () => ({ notice: said }));

beforeEach(prepare);
afterEach(() => {
  vi.unstubAllGlobals();
  said.mockReset();
  document.body.innerHTML = "";
});

it("lists the parts in the order of the page, also one that comes later, and opens the one that was chosen", async () => {
  const late = ref(false);
  const Page = defineComponent(() => {
    const parts = useParts();
    const part = (title: string, open = true) => h(PartCard, { key: title, title, open }, () => title);
    return () => h("div", [h(PartJumps, { parts: parts.value }), part("facts"), late.value ? part("tips") : null, part("ground", false), part("looks"), part("limits")]);
  });
  const page = mount(Page, { attachTo: document.body, global: { plugins: [i18n] } });
  await nextTick();
  const titles = () => page.findAll("nav button").map((one) => one.text());
  expect(titles()).toEqual(["facts", "ground", "looks", "limits"]);
  late.value = true;
  await flushPromises();
  expect(titles()).toEqual(["facts", "tips", "ground", "looks", "limits"]);
  Element.prototype.scrollIntoView = vi.fn();
  const ground = page.findAll("details")[2]?.element as HTMLDetailsElement;
  expect(ground.open).toBe(false);
  await page.findAll("nav button")[2]?.trigger("click");
  expect(ground.open).toBe(true);
  expect(document.activeElement).toBe(ground.querySelector("summary"));
  late.value = false;
  await flushPromises();
  expect(titles()).toHaveLength(4);
  page.unmount();
});

it("shows the address where nothing can be copied, and copies it where nothing can be shared", async () => {
  const writeText = vi.fn<(text: string) => Promise<void>>(() => Promise.resolve());
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  await shareAddress("notice", "https://here.example/1", "copied");
  expect(writeText).toHaveBeenCalledWith("https://here.example/1");
  expect(said).toHaveBeenLastCalledWith("copied");
  writeText.mockRejectedValueOnce(new Error("not allowed"));
  await copyAddress("https://here.example/2", "copied");
  expect(said).toHaveBeenLastCalledWith("https://here.example/2");
  vi.stubGlobal("navigator", {});
  await copyAddress("https://here.example/3", "copied");
  expect(said).toHaveBeenLastCalledWith("https://here.example/3");
});
