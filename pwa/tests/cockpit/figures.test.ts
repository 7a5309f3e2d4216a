import { describe, expect, it } from "vitest";
import { monthsFrom } from "@/apps/cockpit/composables/board";
import { byApplication, change, pressing, tally, worst } from "@/apps/cockpit/composables/figures";
import type { BoardFigure } from "@/generated/cockpit";

const figure = (over: Partial<BoardFigure>): BoardFigure => ({
  app: "mediation", key: "x", unit: "", kind: "RATE", formula: "", value: 0.5, numerator: 1, denominator: 2, sufficient: true, withheld: false, coverage: null,
  baseline: null, target: null, tolerance: null, better: null, colour: "NONE", trend: [], below: [], coloursBelow: [], openRows: true, ...over,
});

describe("figures of the board", () => {
  it("shows red before yellow, and nothing that is well", () => {
    const found = pressing([figure({ key: "a", colour: "YELLOW" }), figure({ key: "b", colour: "GREEN" }), figure({ key: "c", colour: "RED" }), figure({ key: "d" })]);
    expect(found.map(({ key }) => key)).toEqual(["c", "a"]);
  });

  it("counts a place's colours and takes the worst", () => {
    const counts = tally([figure({ coloursBelow: ["RED", "GREEN"] }), figure({ coloursBelow: ["GREEN", "NONE"] })], 0);
    expect(counts).toEqual({ RED: 1, YELLOW: 0, GREEN: 1, NONE: 0 });
    expect(worst(counts)).toBe("RED");
    expect(worst({ RED: 0, YELLOW: 0, GREEN: 0, NONE: 3 })).toBe("NONE");
  });

  it("compares with the month before only where both are known", () => {
    expect(change(figure({ trend: [0.2, 0.5] }))).toBeCloseTo(0.3);
    expect(change(figure({ trend: [null, 0.5] }))).toBeNull();
    expect(change(figure({ trend: [] }))).toBeNull();
  });

  it("keeps applications in their order", () =>
    expect(byApplication([figure({ app: "b" }), figure({ app: "a" }), figure({ app: "b", key: "y" })]).map(({ app, figures }) => [app, figures.length])).toEqual([["b", 2], ["a", 1]]));

  it("counts months over the years", () => {
    expect(monthsFrom("2026-01-01", -1)).toBe("2025-12-01");
    expect(monthsFrom("2025-12-01", 1)).toBe("2026-01-01");
    expect(monthsFrom("2026-11-01", 0)).toBe("2026-11-01");
  });
});
