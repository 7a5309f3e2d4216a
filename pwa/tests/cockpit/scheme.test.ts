import { describe, expect, it } from "vitest";
import { layOut } from "@/apps/cockpit/composables/scheme";

const somewhere = (code: string, latitude: number | null = null, longitude: number | null = null) => ({ code, latitude, longitude });
/** Hexagons of width 1 in rows √3/2 apart: neighbours are exactly one width from each other. */
const gap = (one: { x: number; y: number }, other: { x: number; y: number }) => Math.hypot(one.x - other.x, one.y - other.y);

describe("a scheme map", () => {
  it.each([1, 2, 9, 20, 130])("gives %i places a hexagon each, none upon another", (count) => {
    const placed = layOut(Array.from({ length: count }, (_, index) => somewhere(String(index))));
    expect(new Set(placed.map(({ code }) => code)).size).toBe(count);
    for (const [index, one] of placed.entries()) for (const other of placed.slice(index + 1)) expect(gap(one, other)).toBeGreaterThan(0.99);
    expect(Math.min(...placed.map(({ x }) => x))).toBe(0);
    expect(Math.min(...placed.map(({ y }) => y))).toBe(0);
  });

  it("leaves north above south and west left of east", () => {
    const placed = layOut([somewhere("north", 29.1, 121), somewhere("south", 28.1, 121.2), somewhere("west", 28.7, 120.5), somewhere("east", 28.7, 121.6)]);
    const at = (code: string) => placed.find((one) => one.code === code) ?? { x: NaN, y: NaN };
    expect(at("north").y).toBeLessThan(at("south").y);
    expect(at("west").x).toBeLessThan(at("east").x);
  });

  it("keeps places on one spot apart, and takes one without a position along", () => {
    const placed = layOut([somewhere("a", 28, 121), somewhere("b", 28, 121), somewhere("c")]);
    expect(placed).toHaveLength(3);
    expect(new Set(placed.map(({ x, y }) => `${x},${y}`)).size).toBe(3);
    expect(layOut([somewhere("a", 28, 121), somewhere("b", 28, 121), somewhere("c", 28, 121)]).every(({ x, y }) => Number.isFinite(x + y))).toBe(true);
  });

  it("has nothing to lay out without places", () => expect(layOut([])).toEqual([]));
});
