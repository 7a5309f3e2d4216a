import { describe, expect, it } from "vitest";
import { countFilters, exportUrl, fromQuery, noFilters, toQuery, toVariables } from "@/apps/mediation/composables/filters";

describe("filters", () => {
  it("survive the way through the address", () => {
    const filters = { ...noFilters(), search: "屋檐 & 水", states: ["MEDIATING" as const, "FAILED" as const], violence: true, from: "2026-01-01" };
    expect(fromQuery(toQuery(filters))).toEqual(filters);
  });

  it("ignore what an address makes up", () => {
    const made = fromQuery({ states: "MEDIATING,ON_FIRE", colours: ["RED", "BLUE"], from: "yesterday", violence: "maybe" });
    expect(made).toEqual({ ...noFilters(), states: ["MEDIATING"] });
  });

  it("send only what was chosen", () => {
    expect(toVariables(noFilters(), "all")).toEqual({});
    expect(toVariables(noFilters(), "tasks")).toEqual({ mine: true, open: true });
    expect(toVariables({ ...noFilters(), search: "  水 ", levels: ["TOWN"], to: "2026-02-01" }, "closed")).toEqual({ search: "水", levels: ["TOWN"], registeredTo: "2026-02-01", open: false });
  });

  it("count a span of days once and the search term not at all", () => {
    expect(countFilters({ ...noFilters(), search: "x", from: "2026-01-01", to: "2026-02-01", violence: true })).toBe(2);
  });

  it("give the export the same filter, with one parameter per value", () => {
    const url = new URL(exportUrl({ states: ["AGREED", "CLOSED"], search: "a&b=c", open: null }), "http://localhost");
    expect(url.pathname).toBe("/export/disputes.csv");
    expect(url.searchParams.getAll("states")).toEqual(["AGREED", "CLOSED"]);
    expect(url.searchParams.get("search")).toBe("a&b=c");
    expect(url.searchParams.has("open")).toBe(false);
    expect(exportUrl({})).toBe("/export/disputes.csv");
  });
});
