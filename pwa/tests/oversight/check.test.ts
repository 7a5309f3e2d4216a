import { describe, expect, it } from "vitest";
import { type CheckValues, checkVisit, deputiesOf, emptyCheck, hasContent, localOf, pointsFor, toInput, verdictOf } from "@/apps/oversight/composables/check";
import { momentOf } from "@/kernel/i18n/days";
import { recommendation } from "./recommendation";

const written = (change: Partial<CheckValues> = {}): CheckValues => ({
  ...emptyCheck("r1"), deputy: "a1", visitedAt: "2026-11-20T02:03:04.567Z", placeText: " 测试溪上游 ", finding: "已封堵",
  points: [{ verdict: "RECTIFIED", words: "已封堵" }, { verdict: "NOT", words: "没有制度" }], ...change,
});

describe("a visit", () => {
  it("comes to what its demands come to", () => {
    const verdicts = (...kinds: ("RECTIFIED" | "PARTLY" | "NOT" | "")[]) => verdictOf(kinds.map((verdict) => ({ verdict, words: "" })));
    expect([verdicts("RECTIFIED", "RECTIFIED"), verdicts("NOT", "NOT"), verdicts("RECTIFIED", "NOT"), verdicts("PARTLY")]).toEqual(["RECTIFIED", "NOT", "PARTLY", "PARTLY"]);
    expect([verdicts("RECTIFIED", ""), verdicts()]).toEqual(["", ""]);
  });

  it("asks for what is missing, demand by demand", () => {
    const fields = (values: CheckValues) => checkVisit(values).map(({ field }) => field);
    expect(fields(written())).toEqual([]);
    expect(fields({ ...emptyCheck("r1"), points: pointsFor(["一", "二"], []) })).toEqual([
      "deputy", "placeText", "finding", "points.0.verdict", "points.0.words", "points.1.verdict", "points.1.words",
    ]);
  });

  it("is sent with its own id and exact moment", () => {
    expect(toInput(written({ position: { latitude: 28.85, longitude: 120.73, accuracy: 9, at: 0 } }), "k1")).toEqual({
      checkId: "k1", recommendationId: "r1", deputy: "a1", visitedAt: "2026-11-20T02:03:04.567Z", placeText: "测试溪上游", finding: "已封堵", verdict: "PARTLY",
      points: [{ verdict: "RECTIFIED", words: "已封堵" }, { verdict: "NOT", words: "没有制度" }], latitude: 28.85, longitude: 120.73, fileIds: [],
    });
  });

  it("shows its moment in China's time, and takes one that is set", () => {
    expect(localOf("2026-11-20T18:03:04.567Z")).toBe("2026-11-21T02:03");
    expect(localOf(momentOf("2026-11-21T09:30"))).toBe("2026-11-21T09:30");
    expect(localOf("")).toBe("");
  });

  it("keeps what was written when a demand is added", () => {
    expect(pointsFor(["一", "二", "三"], written().points).map(({ words }) => words)).toEqual(["已封堵", "没有制度", ""]);
    expect(hasContent({ ...emptyCheck("r1"), points: pointsFor(["一"], []) })).toBe(false);
    expect(hasContent(written())).toBe(true);
  });

  it("offers no deputy whose name must not stand on a paper", () => {
    const parts = [
      { accountId: "a1", name: "测试代表甲", kind: "AUTHOR" as const, shielded: false }, { accountId: "a2", name: "测试代表乙", kind: "SUPPORTER" as const, shielded: true },
      { accountId: "a3", name: "测试中心", kind: "SOURCE" as const, shielded: false }, { accountId: "a4", name: "测试代表丙", kind: "CHECKER" as const, shielded: false },
    ];
    const clue = { id: "c1", code: "x", title: "y", state: "CASE_FILED" as const, parts };
    expect(deputiesOf(recommendation({ clue })).map(({ accountId }) => accountId)).toEqual(["a1", "a4"]);
    expect(deputiesOf(recommendation({ clue: null }))).toEqual([]);
  });
});
