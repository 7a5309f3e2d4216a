import { describe, expect, it } from "vitest";
import { byFact, countingOf, groundOf, isOpen, mayObject, objectionTo, signed } from "@/apps/rehab/composables/lines";
import { byHelp, sentencesOf } from "@/apps/rehab/composables/path";
import { type supervision, entry } from "./case";

const objection = (change: Partial<ReturnType<typeof supervision>["objections"][number]> = {}) => ({
  id: "o1", target: "ENTRY" as const, targetId: "e1", grounds: "不对", state: "FILED" as const, filedAt: "2026-11-20T01:00:00Z", decidedBy: null, decidedAt: null, decision: null,
  furtherGrounds: null, furtherAt: null, finalBy: null, finalAt: null, finalDecision: null, ...change,
});

describe("a line of the ledger", () => {
  it("says what it gives today and why not more", () => {
    expect(countingOf(entry())).toBe("full");
    expect([countingOf(entry({ points: -8, counts: -4 })), groundOf(entry({ points: -8, counts: -4 }))]).toEqual(["part", "FADED"]);
    expect([countingOf(entry({ counts: 0 })), groundOf(entry({ counts: 0, whyNot: "CONTESTED" }))]).toEqual(["none", "CONTESTED"]);
    expect(countingOf(entry({ counts: null }))).toBe("none");
    expect(groundOf(entry())).toBeNull();
  });

  it("writes points with their sign", () => {
    expect([2, -1.5, 0].map((points) => signed(points, String))).toEqual(["+2", "−1.5", "0"]);
  });

  it("may be objected to once it is confirmed, and once only", () => {
    expect(mayObject(entry(), [])).toBe(true);
    expect(mayObject(entry(), [objection()])).toBe(false);
    expect(mayObject(entry(), [objection({ targetId: "other" })])).toBe(true);
    expect(mayObject(entry({ state: "DRAFT" }), [])).toBe(false);
    expect(mayObject(entry({ state: "REVOKED" }), [])).toBe(false);
  });

  it("is followed by its newest objection", () => {
    const older = objection({ id: "o0", state: "DISMISSED", filedAt: "2026-10-01T01:00:00Z" });
    expect(objectionTo([older, objection()], "e1")?.id).toBe("o1");
    expect([isOpen(objection()), isOpen(older), isOpen(objection({ state: "FURTHER_REVIEW" }))]).toEqual([true, false, true]);
  });

  it("stands with the newest facts first", () => {
    const lines = [entry({ id: "a", factOn: "2026-01-01" }), entry({ id: "b", factOn: "2026-09-01" }), entry({ id: "c", factOn: "2026-09-01", recordedAt: "2026-10-05T00:00:00Z" })];
    expect(byFact(lines).map((line) => line.id)).toEqual(["c", "b", "a"]);
  });
});

const offer = (rule: string, points: number) => ({ rule, text: { zh: "", en: "" }, points, available: null, times: null, reachedOn: null });

describe("the way to green", () => {
  const path = { band: "C2" as const, score: 56, missingPoints: 29, reachedOn: null, cleanFrom: "2027-08-23", freeFrom: null, earliestOn: "2027-08-23", offers: [offer("a", 1)] };

  it("is told in plain sentences, one for each thing that is in the way", () => {
    expect(sentencesOf(path).map((one) => one.key)).toEqual(["missing", "clean", "earliest"]);
    expect(sentencesOf({ ...path, offers: [] }).map((one) => one.key)).toEqual(["missing", "clean"]);
    expect(sentencesOf({ ...path, missingPoints: 0, cleanFrom: null, offers: [] }).map((one) => one.key)).toEqual(["enough", "reached"]);
    expect(sentencesOf({ ...path, missingPoints: 0, earliestOn: null }).map((one) => one.key)).toEqual(["enough", "clean"]);
    expect(sentencesOf({ ...path, reachedOn: "2028-01-01", cleanFrom: null, freeFrom: "2027-02-01" })).toEqual([
      { key: "missing", points: 29 }, { key: "byTime", day: "2028-01-01" }, { key: "free", day: "2027-02-01" }, { key: "earliest", day: "2027-08-23" },
    ]);
  });

  it("puts what helps most first", () => {
    expect(byHelp([offer("a", 1), offer("b", 5), offer("c", 3)]).map((one) => one.rule)).toEqual(["b", "c", "a"]);
  });
});
