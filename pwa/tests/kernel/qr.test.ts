import { flushPromises } from "@vue/test-utils";
import { decodeQR } from "qr/decode.js";
import { beforeEach, expect, it } from "vitest";
import QrCode from "@/kernel/qr/QrCode.vue";
import { modulesPath } from "@/kernel/qr/modules";
import { prepare, show } from "../support/components";

/** Paints a path of unit squares the way a browser does, `scale` pixels a module. */
function paint(path: string, size: number, scale = 6) {
  const width = size * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row += 1) {
      for (let column = Number(x) * scale; column < (Number(x) + Number(length)) * scale; column += 1) data.set([0, 0, 0], (row * width + column) * 4);
    }
  }
  return { width, height: width, data };
}

const drawing = (shown: ReturnType<typeof show>) => paint(shown.get("path").attributes("d") ?? "", Number(shown.get("svg").attributes("viewBox")?.split(" ")[2]));

beforeEach(prepare);

it("runs of dark modules become one bar each", () => {
  expect(modulesPath([[true, true, false, true], [false, false, false, false]])).toBe("M0 0h2v1h-2zM3 0h1v1h-1z");
});

it.each(["A", "SZ1.k7." + "aZ09-_".repeat(40), "通行 2026"])("what is drawn for %s can be read", async (text) => {
  const shown = show(QrCode, { text, label: "通行码" });
  await flushPromises();
  await expect.poll(() => shown.find("path").exists()).toBe(true);
  expect(decodeQR(drawing(shown))).toBe(text);
  expect(shown.get("svg").attributes()).toMatchObject({ role: "img", "aria-label": "通行码" });
});

it("has the quiet zone that scanners need, and follows its text", async () => {
  const shown = show(QrCode, { text: "first", label: "x" });
  await expect.poll(() => shown.find("path").exists()).toBe(true);
  const edges = [...(shown.get("path").attributes("d") ?? "").matchAll(/M(\d+) (\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
  expect(Math.min(...edges)).toBe(4);
  await shown.setProps({ text: "second" });
  await expect.poll(() => decodeQR(drawing(shown))).toBe("second");
});

it("says so when the text is too long for any code", async () => {
  const shown = show(QrCode, { text: "x".repeat(4_000), label: "x" });
  await expect.poll(() => shown.find("[role=alert]").exists()).toBe(true);
});
