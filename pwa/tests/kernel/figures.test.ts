import { describe, expect, it } from "vitest";
import { linePaths, roundUp } from "@/kernel/charts/scale";
import { type Place, clusters, project, scaleMetres, viewOf } from "@/kernel/places/clusters";

describe("scales", () => {
  it("end at the next round number", () => {
    expect([0, 0.3, 1, 2.2, 28.6, 501, 5017].map(roundUp)).toEqual([1, 0.5, 1, 2.5, 50, 1000, 10000]);
  });

  it("break the line where a value is missing and keep single points", () => {
    const { paths, points } = linePaths([0, 10, null, 5], 300, 100, 10);
    expect(paths).toEqual(["M0.0 100.0L100.0 0.0", "M300.0 50.0"]);
    expect(points[2]).toBeNull();
  });
});

describe("the map", () => {
  const at = (id: string, latitude: number, longitude: number, colour: Place["colour"] = "BLUE"): Place => ({ id, latitude, longitude, colour });
  const linhai = [at("a", 28.85, 121.12), at("b", 28.8501, 121.1201, "RED"), at("c", 28.95, 121.3)];

  it("shows every place, north above and east to the right", () => {
    const view = viewOf(linhai);
    for (const place of linhai) {
      const { x, y } = project(place, view);
      expect(Math.min(x, y)).toBeGreaterThan(0);
      expect(Math.max(x, y)).toBeLessThan(1);
    }
    const [south, north] = [project(linhai[0]!, view), project(linhai[2]!, view)];
    expect(north.y).toBeLessThan(south.y);
    expect(north.x).toBeGreaterThan(south.x);
  });

  it("gathers neighbours under the most pressing colour and leaves out what lies outside", () => {
    const found = clusters(linhai, viewOf(linhai));
    expect(found.map((cluster) => [cluster.places.length, cluster.colour])).toEqual([[2, "RED"], [1, "BLUE"]]);
    expect(clusters([at("far", 40, 116)], viewOf(linhai))).toEqual([]);
  });

  it("keeps a sensible scale for a single place", () => {
    const view = viewOf([at("a", 28.85, 121.12)]);
    expect(scaleMetres(view)).toBeGreaterThan(100);
    expect(scaleMetres(view)).toBeLessThan(1_000);
  });
});
