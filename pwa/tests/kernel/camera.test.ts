import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import { stateAfter, useCamera } from "@/kernel/camera/useCamera";
import FaceCapture from "@/kernel/faces/FaceCapture.vue";
import QrScanner from "@/kernel/qr/QrScanner.vue";
import { prepare, show } from "../support/components";

/** A camera's stream as far as the page sees it. */
function stream() {
  const track = Object.assign(new EventTarget(), { stop: vi.fn(), getCapabilities: () => ({}) });
  return { track, getTracks: () => [track], getVideoTracks: () => [track] };
}

function give(answer: () => Promise<unknown>, permission?: { state: string; onchange?: () => void }) {
  const getUserMedia = vi.fn(answer);
  vi.stubGlobal("navigator", { language: "zh-CN", mediaDevices: { getUserMedia }, ...(permission ? { permissions: { query: () => Promise.resolve(permission) } } : {}) });
  return getUserMedia;
}

function see(visibility: "visible" | "hidden"): void {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(visibility);
  document.dispatchEvent(new Event("visibilitychange"));
}

function camera() {
  const found: ReturnType<typeof useCamera>[] = [];
  const shown = show({
    setup() {
      found.push(useCamera(ref(), "user"));
      return () => null;
    },
  });
  return { ...found[0]!, unmount: () => shown.unmount() };
}

const refused = (name: string) => () => Promise.reject(new DOMException("", name));
const challenge = { id: "c", gestures: ["BLINK"], nonce: "n", sealKey: "k", expiresAt: "2999-01-01T00:00:00Z", receivedAt: 0 };

beforeEach(prepare);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the camera", () => {
  it("is ready, or says which of three things is wrong", () => {
    const names = ["NotAllowedError", "SecurityError", "NotReadableError", "AbortError", "NotFoundError", "OverconstrainedError"];
    expect(names.map((name) => stateAfter(new DOMException("", name)))).toEqual(["denied", "denied", "busy", "busy", "none", "none"]);
    expect(stateAfter(new TypeError())).toBe("none");
  });

  it("goes out while the page is hidden and comes back with it", async () => {
    const first = stream();
    const second = stream();
    const asked = give(() => Promise.resolve(asked.mock.calls.length === 1 ? first : second));
    const { state, start, unmount } = camera();
    await start();
    expect(state.value).toBe("ready");
    see("hidden");
    expect(state.value).toBe("off");
    expect(first.track.stop).toHaveBeenCalledOnce();
    see("visible");
    await flushPromises();
    expect(state.value).toBe("ready");
    unmount();
    expect(second.track.stop).toHaveBeenCalledOnce();
  });

  it("is closed when it opens after the page was left", async () => {
    const late = stream();
    let answer: (given: unknown) => void = () => undefined;
    give(() => new Promise((resolve) => (answer = resolve)));
    const { state, start, unmount } = camera();
    const starting = start();
    expect(state.value).toBe("asking");
    unmount();
    answer(late);
    await starting;
    expect(late.track.stop).toHaveBeenCalledOnce();
    expect(state.value).toBe("off");
  });

  it("tells an unplugged device from a permission taken back, and starts when it is given again", async () => {
    const given = stream();
    give(() => Promise.resolve(given));
    const unplugged = camera();
    await unplugged.start();
    given.track.dispatchEvent(new Event("ended"));
    await flushPromises();
    expect(unplugged.state.value).toBe("none");

    const permission: { state: string; onchange?: () => void } = { state: "granted" };
    give(() => Promise.resolve(given), permission);
    const revoked = camera();
    await revoked.start();
    await flushPromises();
    permission.state = "denied";
    given.track.dispatchEvent(new Event("ended"));
    await flushPromises();
    expect(revoked.state.value).toBe("denied");
    permission.state = "granted";
    permission.onchange?.();
    await flushPromises();
    expect(revoked.state.value).toBe("ready");
  });
});

describe("a capture without a camera", () => {
  it.each([
    ["NotAllowedError", "CAMERA_DENIED", "请在手机或浏览器的设置里允许使用相机"],
    ["NotFoundError", "CAMERA_NONE", "请检查相机"],
    ["NotReadableError", "CAMERA_BUSY", "请先关掉正在用相机的应用"],
  ])("says what to do after %s and lets the page offer another way", async (name, code, words) => {
    give(refused(name));
    const shown = show(FaceCapture, { challenge }, { without: () => "不拍照继续" });
    expect(shown.text()).not.toContain("不拍照继续");
    await flushPromises();
    expect(shown.emitted("failed")).toEqual([[code]]);
    expect(shown.get("[role=alert]").text()).toContain(words);
    expect(shown.text()).toContain("不拍照继续");
  });

  it("tries again on request and can be left with Escape", async () => {
    const asked = give(refused("NotReadableError"));
    const shown = show(FaceCapture, { challenge });
    await flushPromises();
    await shown.get("[role=alert] button").trigger("click");
    await flushPromises();
    expect(asked).toHaveBeenCalledTimes(2);
    await shown.trigger("keydown", { key: "Escape" });
    expect(shown.emitted("cancelled")).toHaveLength(1);
  });
});

it("a capture for a challenge that ran out does not begin", async () => {
  // The page's video takes only what the browser itself made.
  give(() => Promise.resolve(Object.assign(new MediaStream(), { getTracks: () => [], getVideoTracks: () => [] })));
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  const shown = show(FaceCapture, { challenge: { ...challenge, expiresAt: new Date(Date.now() + 2_000).toISOString() } }, { without: () => "不拍照继续" });
  await flushPromises();
  await shown.get(".button.primary.wide").trigger("click");
  expect(shown.emitted("failed")).toEqual([["CHALLENGE_EXPIRED"]]);
  expect(shown.get("[aria-live]").text()).toContain("已经过期");
  expect(shown.text()).toContain("不拍照继续");
  shown.unmount();
});

it("a code can be entered by hand when there is no camera", async () => {
  give(refused("NotFoundError"));
  const shown = show(QrScanner, { hint: "对准二维码" });
  await flushPromises();
  expect(shown.text()).toContain("没有找到相机");
  await shown.findAll("button").find((button) => button.text() === "手动输入")!.trigger("click");
  await shown.get("input").setValue("  SZ1.abc ");
  await shown.get("form").trigger("submit");
  expect(shown.emitted("scanned")).toEqual([["SZ1.abc"]]);
});
