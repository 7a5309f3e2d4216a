import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import PositionField from "@/kernel/positions/PositionField.vue";
import { usePosition } from "@/kernel/positions/usePosition";
import { prepare, show, within } from "../support/components";

type Answer = (found: PositionCallback, failed: (problem: { code: number }) => void, options: PositionOptions) => void;

const place = { coords: { latitude: 31.2, longitude: 121.5, accuracy: 24.4 }, timestamp: 1_000 } as GeolocationPosition;
const locate = (answer: Answer) => vi.stubGlobal("navigator", { geolocation: { getCurrentPosition: answer } });
const button = (shown: ReturnType<typeof show>, words: string) => shown.findAll("button").find((one) => one.text() === words)!;

beforeEach(prepare);
afterEach(() => vi.unstubAllGlobals());

it("tells the place with its accuracy and time, within the patience asked for", async () => {
  const asked: PositionOptions[] = [];
  locate((found, _failed, options) => {
    asked.push(options);
    found(place);
  });
  const { find, position, busy } = within(() => usePosition({ timeoutMs: 5_000, oldestMs: 0 }));
  expect(await find()).toEqual({ latitude: 31.2, longitude: 121.5, accuracy: 24.4, at: 1_000 });
  expect(position.value?.accuracy).toBe(24.4);
  expect(busy.value).toBe(false);
  expect(asked).toEqual([{ enableHighAccuracy: true, timeout: 5_000, maximumAge: 0 }]);
});

it.each([
  [1, "DENIED"],
  [2, "UNAVAILABLE"],
  [3, "TIMEOUT"],
])("error %i is %s", async (code, problem) => {
  locate((_found, failed) => failed({ code }));
  const position = within(usePosition);
  expect(await position.find()).toBeUndefined();
  expect(position.problem.value).toBe(problem);
});

it("is unavailable on a phone that cannot", async () => {
  vi.stubGlobal("navigator", {});
  const position = within(usePosition);
  expect(position.supported).toBe(false);
  expect(await position.find()).toBeUndefined();
  expect(position.problem.value).toBe("UNAVAILABLE");
});

it("goes on without, also while the browser still asks, and drops a late answer", async () => {
  let late: PositionCallback = () => undefined;
  locate((found) => (late = found));
  const shown = show(PositionField, { modelValue: null, label: "位置", skippable: true });
  await button(shown, "获取位置").trigger("click");
  expect(shown.text()).toContain("正在获取位置");
  await button(shown, "不带位置继续").trigger("click");
  late(place);
  await flushPromises();
  expect(shown.emitted("skipped")).toHaveLength(1);
  expect(shown.emitted("update:modelValue")).toBeUndefined();
  expect(shown.text()).toContain("这次不带位置");
});

it("shows how far off the place may be, and what to do when there is none", async () => {
  let works = false;
  locate((found, failed) => (works ? found(place) : failed({ code: 1 })));
  const shown = show(PositionField, { modelValue: null, label: "位置", "onUpdate:modelValue": (value: unknown) => shown.setProps({ modelValue: value }) });
  await button(shown, "获取位置").trigger("click");
  expect(shown.get("[role=alert]").text()).toContain("没有允许使用位置");
  works = true;
  await button(shown, "重新获取").trigger("click");
  await flushPromises();
  expect(shown.text()).toContain("误差约 25 米");
  expect(shown.find("[role=alert]").exists()).toBe(false);
});
