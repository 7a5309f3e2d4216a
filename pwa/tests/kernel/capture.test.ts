// @vitest-environment node
import { describe, expect, it } from "vitest";
import { cellOf, sheetSize } from "@/kernel/camera/burst";
import { portraitPart, squarePart } from "@/kernel/camera/frame";
import { lightBy, meanLuma } from "@/kernel/camera/light";
import type { Gesture } from "@/kernel/faces/gestures";
import { mostFrames, planCapture, stepOf } from "@/kernel/faces/plan";
import { voiceFor } from "@/kernel/voice/speak";

describe("the plan of a capture", () => {
  const plan = planCapture(["TURN_LEFT", "BLINK", "NEARER"]);

  it("looks straight before, between and after the gestures", () => {
    expect(plan.steps.map((step) => step.pose)).toEqual(["STRAIGHT", "TURN_LEFT", "STRAIGHT", "BLINK", "STRAIGHT", "NEARER", "STRAIGHT"]);
    expect(plan.count).toBe(38);
    expect(plan.intervalMs).toBe(270);
  });

  it("knows the step of each frame", () => {
    expect([0, 4, 5, 10, 11, 37, 38].map((frame) => stepOf(plan, frame))).toEqual([0, 0, 1, 1, 2, 6, 6]);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])("keeps within %i gestures' time and the most frames", (count) => {
    const asked = Array.from({ length: count }, (): Gesture => "BLINK");
    const made = planCapture(asked);
    const wantedMs = (count * 6 + (count + 1) * 5) * 270;
    expect(made.count).toBeLessThanOrEqual(mostFrames);
    expect(Math.abs(made.count * made.intervalMs - wantedMs)).toBeLessThan(50);
    expect(Math.min(...made.steps.map((step) => step.frames))).toBeGreaterThan(1);
  });
});

describe("frames", () => {
  it("are the upright middle of any picture", () => {
    expect(portraitPart(640, 480)).toEqual({ x: 140, y: 0, width: 360, height: 480 });
    expect(portraitPart(720, 1280)).toEqual({ x: 0, y: 160, width: 720, height: 960 });
    expect(portraitPart(720, 960)).toEqual({ x: 0, y: 0, width: 720, height: 960 });
    expect(squarePart(640, 480)).toEqual({ x: 80, y: 0, width: 480, height: 480 });
  });

  it("lie left to right, then top to bottom", () => {
    expect(cellOf(0, 6)).toEqual({ x: 0, y: 0, width: 360, height: 480 });
    expect(cellOf(8, 6)).toEqual({ x: 720, y: 480, width: 360, height: 480 });
    expect(sheetSize(38, 6)).toEqual({ width: 2160, height: 3360 });
    expect(sheetSize(4, 6)).toEqual({ width: 1440, height: 480 });
  });
});

describe("light", () => {
  const pixels = (...colours: number[][]) => Uint8ClampedArray.from(colours.flatMap((colour) => [...colour, 255]));

  it("is weighed as the eye does", () => {
    expect(meanLuma(pixels([255, 255, 255], [0, 0, 0]))).toBeCloseTo(127.5);
    expect(meanLuma(pixels([0, 255, 0]))).toBeGreaterThan(meanLuma(pixels([255, 0, 255])));
    expect(meanLuma(pixels())).toBe(0);
  });

  it("has words only for what a person should change", () => {
    expect([20, 59, 60, 128, 205, 206].map(lightBy)).toEqual(["DARK", "DARK", "FINE", "FINE", "FINE", "BRIGHT"]);
  });
});

describe("the voice", () => {
  const voice = (lang: string, localService = true) => ({ lang, localService });

  it("is of the language: the phone's own first, then the same region", () => {
    const [abroad, online, android, english] = [voice("zh-TW"), voice("zh-CN", false), voice("zh_CN"), voice("en-GB")];
    expect(voiceFor([english, abroad, online, android], "zh-CN")).toBe(android);
    expect(voiceFor([english, online, abroad], "zh-CN")).toBe(abroad);
    expect(voiceFor([online, english], "en")).toBe(english);
    expect(voiceFor([online], "en")).toBeUndefined();
  });
});
