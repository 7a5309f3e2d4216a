import { describe, expect, it } from "vitest";
import { changesBetween } from "@/apps/mediation/composables/changes";
import { dayOf, momentOf, periodUpTo, quartersUpTo } from "@/kernel/i18n/days";
import { betterThanBaseline, inOrder, ringsOf } from "@/apps/mediation/composables/figures";
import { instalmentsOf } from "@/apps/mediation/composables/instalments";
import { missing } from "@/kernel/fields/missing";
import type { FigureCard } from "@/generated/mediation";
import { dispute, event } from "./dispute";

const figure = (change: Partial<FigureCard>): FigureCard => ({
  key: "satisfaction", value: 0.9, unit: "PERCENT", numerator: 9, denominator: 10, coverage: null, sufficient: true, baseline: null, formula: "", ...change,
});

describe("days", () => {
  it("are China's, wherever the phone is", () => {
    expect(dayOf(new Date("2026-12-31T16:00:00Z"))).toBe("2027-01-01");
    expect(new Date(momentOf("2026-11-25T09:00")).toISOString()).toBe("2026-11-25T01:00:00.000Z");
  });

  it("make periods up to today", () => {
    expect(periodUpTo("2026-11-20", "month").from).toBe("2026-11-01");
    expect(periodUpTo("2026-12-31", "quarter").from).toBe("2026-10-01");
    expect(periodUpTo("2026-03-31", "quarter").from).toBe("2026-01-01");
    expect(quartersUpTo("2026-02-01", 3)).toEqual(["2026Q1", "2025Q4", "2025Q3"]);
  });
});

describe("a conflict", () => {
  it("says what another person changed", () => {
    const before = dispute({ timeline: { edges: [{ node: event("e1") }], pageInfo: { hasNextPage: false, endCursor: null } } });
    const after = dispute({ state: "AGREED", version: 5, timeline: { edges: [{ node: event("e2") }, { node: event("e1") }], pageInfo: { hasNextPage: false, endCursor: null } } });
    const { fields, events } = changesBetween(before, after);
    expect(fields).toEqual([{ field: "state", before: "MEDIATING", after: "AGREED" }]);
    expect(events.map((entry) => entry.id)).toEqual(["e2"]);
  });
});

describe("what is missing", () => {
  it("is named field by field; a list of blanks and an unticked box are empty", () => {
    const asked = missing({ reason: " ", terms: ["", " "], told: false, level: "TOWN", length: 0 });
    expect(asked.map((entry) => entry.field)).toEqual(["reason", "terms", "told"]);
  });
});

describe("instalments", () => {
  it("leave out empty lines and read amounts with separators", () => {
    const lines = [{ due: "", text: " ", amount: "" }, { due: "2026-12-01", text: "第一期", amount: "3,000" }, { due: "2026-12-02", text: "道歉", amount: "" }];
    expect(instalmentsOf(lines)).toEqual([{ due: "2026-12-01", text: "第一期", amount: 3000 }, { due: "2026-12-02", text: "道歉", amount: null }]);
  });
});

describe("figures", () => {
  it("put the four headline figures first", () => {
    const { headline, other } = inOrder([figure({ key: "on_time" }), figure({ key: "resolved_total" }), figure({ key: "avg_close_days" })]);
    expect(headline.map((entry) => entry.key)).toEqual(["avg_close_days", "resolved_total"]);
    expect(other.map((entry) => entry.key)).toEqual(["on_time"]);
  });

  it("call fewer days better and a greater share better, and say nothing on too little data", () => {
    expect(betterThanBaseline(figure({ unit: "DAYS", value: 3.5, baseline: 28.6 }))).toBe(true);
    expect(betterThanBaseline(figure({ value: 0.8, baseline: 0.9 }))).toBe(false);
    expect(betterThanBaseline(figure({ value: 1, baseline: 0.9, sufficient: false }))).toBeUndefined();
  });

  it("always show five rings, whatever the server sends", () => {
    expect(ringsOf(null).map((ring) => ring.counts.length)).toEqual([0, 0, 0, 0, 0]);
    const rings = ringsOf({ sensed: 12, mediated: 9, agreed: "x", elsewhere: 3, warned: 0 });
    expect(rings[0]).toEqual({ name: "perception", counts: [{ key: "sensed", value: 12 }] });
    expect(rings[1]?.counts).toEqual([{ key: "mediated", value: 9 }]);
    expect(rings[4]?.counts).toEqual([{ key: "warned", value: 0 }]);
  });
});
