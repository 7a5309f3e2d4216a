// @vitest-environment node
import { describe, expect, it } from "vitest";
import { answerOffline, offsetOf } from "@/apps/rehab/composables/passKeys";
import { checkToken, coversNow, keyNumberAt } from "@/apps/rehab/composables/passToken";

/** Made by backend/apps/rehab/tokens.py under keys made for this file alone. */
const keys = [
  { number: 20776, publicKey: "YNZM_Vddn9w-GY6CkxghmAAGvyTYztaYT9XJxvCBBrg" },
  { number: 20777, publicKey: "UomoVc15_PlNWKb5OKDrJHzB_ZSr0zkQR2kmxxpgMqU" },
  { number: 20778, publicKey: "3O-Z2vHhqE1uqgov2VILJBjHY04axX6gEQR7QWtAtRk" },
];
const noon = {
  text: "AQAAUSlrAAVEZF8qYsEThwTLZgZVOSb5m7a3cskrF7XVMklxWtuVE8XF6iUXMPuuNWJPez-6YNm-Q6iiQusGuzY0VsyEOYg6ehdqHJA0x950TOjncMT1yvQucZYDGnjLEa2wvbwvqD1ieERsWt9fi72DSZMDasefAA",
  start: 1795163400,
};
/** Begins fifteen seconds before midnight UTC and ends on the next day, under the key of the day it began. */
const midnight = {
  text: "AQAAUSlrAN8toLHzQ0pAcOLjk_-uJB6N8YlWMIiCVKuYwJNsSmSRu-eJLCBtl77AAgzcO9hRK5V3Aah_CLQQclddELMDwcjXTavshFhF3uXaUhoua6XYfZ6oH22c2WoUO2yuWMeG_Bg9uBFea1LaINstBG9F8BYeDg",
  start: 1795219185,
};

const changedAt = (text: string, position: number) => text.slice(0, position) + (text[position] === "A" ? "B" : "A") + text.slice(position + 1);

describe("a token of the pass, checked without a network", () => {
  it("is good in its own minute, with ten seconds before it for another clock", async () => {
    for (const second of [-10, 0, 30, 60]) expect(await checkToken(noon.text, keys, noon.start + second), String(second)).toBe("YES");
    for (const second of [-11, 61, 3600]) expect(await checkToken(noon.text, keys, noon.start + second), String(second)).toBe("NO");
  });

  it("goes over midnight under the key of the day it began", async () => {
    expect(await checkToken(midnight.text, keys, midnight.start + 40)).toBe("YES");
  });

  it("is refused when any part of it was changed", async () => {
    const positions = [0, 3, 8, 20, 60, 100, noon.text.length - 2];
    const verdicts = await Promise.all(positions.map((position) => checkToken(changedAt(noon.text, position), keys, noon.start)));
    expect(verdicts).toEqual(positions.map(() => "NO"));
  });

  it("cannot be made young again by writing a later end into it", async () => {
    const bytes = Buffer.from(noon.text, "base64url");
    bytes.writeUInt32BE(noon.start + 600 + 60, 5);
    expect(await checkToken(bytes.toString("base64url"), keys, noon.start + 600)).toBe("NO");
  });

  it("needs the key it names", async () => {
    expect(await checkToken(noon.text, keys.filter((key) => key.number !== keyNumberAt(noon.start)), noon.start)).toBe("NO");
    const swapped = keys.map((key, index) => ({ ...key, publicKey: keys[(index + 1) % keys.length]?.publicKey ?? "" }));
    expect(await checkToken(noon.text, swapped, noon.start)).toBe("NO");
  });

  it("is refused for anything that is not a token", async () => {
    for (const text of ["", "https://example.org", noon.text.slice(0, -1), `${noon.text}A`, noon.text.replace(/./g, "*"), "9".repeat(noon.text.length)]) {
      expect(await checkToken(text, keys, noon.start), text).toBe("NO");
    }
  });
});

describe("the keys on the officer's phone", () => {
  it("count in the server's time, whatever the phone's clock says", async () => {
    const phone = (noon.start - 7200) * 1000;
    expect(await answerOffline(noon.text, { keys, offsetMs: 7_200_000 }, phone)).toBe("YES");
    expect(await answerOffline(noon.text, { keys, offsetMs: 0 }, phone)).toBe("NO");
  });

  it("say nothing when they are of other days, or were never fetched", async () => {
    expect(await answerOffline(noon.text, undefined, noon.start * 1000)).toBe("STALE");
    expect(await answerOffline(noon.text, { keys, offsetMs: 0 }, (noon.start + 30 * 86_400) * 1000)).toBe("STALE");
    expect(coversNow(keys, noon.start)).toBe(true);
  });

  it("know the server's time to half of the way there and back", () => {
    expect(offsetOf("2026-11-20T08:30:00.000Z", Date.parse("2026-11-20T08:29:58.000Z"), Date.parse("2026-11-20T08:30:00.000Z"))).toBe(1_000);
  });
});
