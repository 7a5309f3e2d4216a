import { describe, expect, it } from "vitest";
import { byPhoneClock, currentToken, msAtHand, msUntilChange } from "@/apps/rehab/composables/passTokens";

const start = Date.parse("2026-11-25T01:00:00Z");
const served = Array.from({ length: 3 }, (_, n) => ({
  text: `code-${n}`,
  startsAt: new Date(start + n * 30_000).toISOString(),
  expiresAt: new Date(start + n * 30_000 + 60_000).toISOString(),
}));

describe("the code of the pass", () => {
  it("goes by the phone's clock, however wrong it is", () => {
    const arrived = start + 5 * 3_600_000;
    const tokens = byPhoneClock(served, arrived);
    expect(currentToken(tokens, arrived)?.text).toBe("code-0");
    expect(currentToken(tokens, arrived + 29_999)?.text).toBe("code-0");
    expect(currentToken(tokens, arrived + 30_000)?.text).toBe("code-1");
    expect(byPhoneClock([], arrived)).toEqual([]);
  });

  it("is the newest that is good, and none when all have run out", () => {
    const tokens = byPhoneClock(served, 0);
    expect(currentToken(tokens, 119_999)?.text).toBe("code-2");
    expect(currentToken(tokens, 120_000)).toBeUndefined();
    expect(currentToken(tokens, -1)).toBeUndefined();
  });

  it("changes every 30 seconds; the last one stays as long as it is good", () => {
    const tokens = byPhoneClock(served, 0);
    expect(msUntilChange(tokens, tokens[0]!, 10_000)).toBe(20_000);
    expect(msUntilChange(tokens, tokens[2]!, 70_000)).toBe(50_000);
    expect(msUntilChange(tokens, tokens[2]!, 200_000)).toBe(0);
  });

  it("tells for how long there are codes", () => {
    const tokens = byPhoneClock(served, 0);
    expect(msAtHand(tokens, 20_000)).toBe(100_000);
    expect(msAtHand(tokens, 500_000)).toBe(0);
    expect(msAtHand([], 0)).toBe(0);
  });
});
