// @vitest-environment node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bandCounts, saidOf, totalOf } from "@/apps/rehab/composables/careFigures";
import { dryRunOf, flowOf, matrixOf } from "@/apps/rehab/composables/dryRun";
import { counted, evidenceChoices, grouped } from "@/apps/rehab/composables/evidence";
import { explained, isBetter } from "@/apps/rehab/composables/proposal";
import { type RuleForm, dataOf, formOf, isChanged, outOfRange, problemOf, settingsOf } from "@/apps/rehab/composables/ruleForm";
import type { RehabEntryCard, RehabRulebookCard } from "@/generated/rehab";
import type { Json } from "@/generated/schema";

/** The city's rules as they ship with the server. */
const city = JSON.parse(readFileSync(join(import.meta.dirname, "../../../backend/apps/rehab/rulesets/city-default.json"), "utf8")) as Json;

const settingOf = (form: RuleForm, path: string) => {
  const found = settingsOf(form).find((one) => one.path === path);
  if (!found) throw new Error(`no setting ${path}`);
  return found;
};

describe("a county's own rules as a form", () => {
  it("hold what a county may change, with the range that is left to it", () => {
    const form = formOf(city);
    expect(settingOf(form, "bands.B.lower")).toMatchObject({ city: 40, least: 35, most: 45 });
    expect(settingOf(form, "rules.test_missed.points")).toMatchObject({ city: -8, least: -10.4, most: -5.6 });
    expect(settingOf(form, "quarter_deduction_cap")).toMatchObject({ city: 30, most: 30 });
    expect(settingOf(form, "bands.C1.measures.contact_days")).toMatchObject({ city: 30 });
  });

  it("do not hold what the city locked, the floor, or a rule that only sets a ceiling", () => {
    const paths = settingsOf(formOf(city)).map((one) => one.path);
    expect(paths.filter((path) => /test_factor|fast_lane|remote_report|bands\.A\.lower|lab_relapse/.test(path))).toEqual([]);
  });

  it("change the city's data only where a number was changed", () => {
    const form = formOf(city);
    expect(dataOf(city, form)).toEqual(city);
    settingOf(form, "bands.B.lower").text = "42";
    settingOf(form, "rules.test_missed.points").text = "-6";
    settingOf(form, "bands.A.measures.visit_days").text = "5";
    settingOf(form, "quarter_deduction_cap").text = "25";
    const made = dataOf(city, form) as { bands: { name: string; lower: number; measures: { visit_days: number; contact_days: number } }[]; rules: { id: string; points: number }[]; quarter_deduction_cap: number };
    expect(made.bands.find((band) => band.name === "B")?.lower).toBe(42);
    expect(made.bands.find((band) => band.name === "A")?.measures).toMatchObject({ visit_days: 5, contact_days: 7 });
    expect(made.rules.find((rule) => rule.id === "test_missed")?.points).toBe(-6);
    expect(made.quarter_deduction_cap).toBe(25);
    expect(settingsOf(form).filter(isChanged)).toHaveLength(4);
    expect((city as { quarter_deduction_cap: number }).quarter_deduction_cap).toBe(30);
  });

  it("say at once what is empty, no number, or out of range", () => {
    const form = formOf(city);
    const one = settingOf(form, "bands.B.lower");
    const judged = ["", "四十", "46", "45"].map((text) => {
      one.text = text;
      return [problemOf(one), outOfRange(one)];
    });
    expect(judged[0]?.[0]).toBe("REQUIRED");
    expect(judged[1]?.[0]).toBe("INVALID");
    expect(judged.slice(2)).toEqual([[undefined, true], [undefined, false]]);
  });
});

describe("the dry run of a draft", () => {
  const answer = { accounts: 12, rescored: 3, before: { A: 2, B: 10 }, after: { A: 1, B: 11 }, flow: [{ from: "A", to: "B", count: 1 }, { from: "B", to: "B", count: 10 }], moved: [{ code: "331024-26-AAAA", from: "A", to: "B", before: 38.5, after: 41 }] };

  it("has all four colours before and after, and only moves in the flow", () => {
    const run = dryRunOf(answer);
    expect(run?.bands).toEqual([{ band: "A", before: 2, after: 1 }, { band: "B", before: 10, after: 11 }, { band: "C1", before: 0, after: 0 }, { band: "C2", before: 0, after: 0 }]);
    expect(run?.flow).toEqual([{ from: "A", to: "B", count: 1 }]);
    expect(run?.moved[0]).toMatchObject({ code: "331024-26-AAAA", after: 41 });
  });

  it("is nothing before it was tried, and unknown colours are left out", () => {
    expect(dryRunOf(null)).toBeUndefined();
    expect(flowOf([{ from: "X", to: "B", count: 1 }, 7])).toEqual([]);
  });

  it("becomes a matrix from every colour to every colour", () => {
    expect(matrixOf(flowOf([{ from: "A", to: "B", count: null }]))[0]).toEqual([0, null, 0, 0]);
    expect(matrixOf([{ from: "B", to: "C1", count: 4 }, { from: "C2", to: "A", count: 1 }])).toEqual([[0, 0, 0, 0], [0, 0, 4, 0], [0, 0, 0, 0], [1, 0, 0, 0]]);
  });
});

describe("evidence of a rule", () => {
  const rule = (change: Partial<RehabRulebookCard["rules"][number]>) =>
    ({ id: "r", category: "c", points: 1, capPerYear: null, text: { zh: "", en: "" }, source: "", evidence: [], excuses: [], ...change }) as RehabRulebookCard["rules"][number];

  it("is one of its groups, each needed whole, a kind named twice needed twice", () => {
    expect(evidenceChoices(rule({ evidence: [["PLAN", "CONTACT_TRY", "CONTACT_TRY"], ["RECORDING"]] })).map((one) => one.kinds.length)).toEqual([3, 1]);
    expect(counted(["PLAN", "CONTACT_TRY", "CONTACT_TRY"])).toEqual([{ kind: "PLAN", times: 1 }, { kind: "CONTACT_TRY", times: 2 }]);
  });

  it("rules without points stand with those that take away", () => {
    const { adds, takes } = grouped([rule({ id: "a" }), rule({ id: "b", points: -3 }), rule({ id: "c", points: 0 })]);
    expect([adds.map((one) => one.id), takes.map((one) => one.id)]).toEqual([["a"], ["b", "c"]]);
  });
});

describe("the explanation of a proposal", () => {
  const explanation = {
    base: 60, baseSince: "2026-01-01", score: 66.5, heldBack: [{ code: "CLEAN_MONTHS", band: "C2", until: "2027-01-01", entry: null }],
    contributions: [
      { entry: "e1", rule: "contact_on_time", fact: "2026-03-01", given: 1, weight: 1, points: 1, why: null },
      { entry: "e2", rule: "test_missed", fact: "2026-02-01", given: -8, weight: 0.5, points: -4, why: null },
      { entry: "e3", rule: "test_late", fact: "2026-05-01", given: -3, weight: 1, points: 0, why: "CONTESTED" },
    ],
  };

  it("has what moves the score most first, with the words of the rule, and what counts nothing last", () => {
    const entries = [{ id: "e2", ruleText: { zh: "未参加检测", en: "missed" } }] as RehabEntryCard[];
    const found = explained(explanation, entries);
    expect(found.shares.map((one) => [one.entry, one.points, one.why])).toEqual([["e2", -4, null], ["e1", 1, null], ["e3", 0, "CONTESTED"]]);
    expect(found.shares[0]?.text?.zh).toBe("未参加检测");
    expect(found.heldBack).toEqual([{ code: "CLEAN_MONTHS", band: "C2", until: "2027-01-01" }]);
  });

  it("survives data it does not know", () => {
    expect(explained(null, [])).toMatchObject({ base: 0, shares: [], heldBack: [] });
  });

  it("knows which way is better", () => {
    expect([isBetter("B", "C1"), isBetter("C2", "A"), isBetter("A", "A")]).toEqual([true, false, false]);
  });
});

describe("figures", () => {
  it("tell a small group from nobody, and give no total that would tell it", () => {
    const counts = bandCounts({ A: null, B: 40, C1: 12 });
    expect(counts).toEqual([{ band: "A", count: null }, { band: "B", count: 40 }, { band: "C1", count: 12 }, { band: "C2", count: 0 }]);
    expect(totalOf(counts)).toBeUndefined();
    expect(totalOf(bandCounts({ B: 40, C1: 12 }))).toBe(52);
  });

  it("say that there is too little to say", () => {
    expect(saidOf({ value: null, denominator: 7 })).toEqual({ kind: "tooFew", cases: 7 });
    expect(saidOf({ value: null, denominator: null })).toEqual({ kind: "tooFew", cases: null });
    expect(saidOf({ value: 0.5, denominator: 40 })).toEqual({ kind: "value", fraction: 0.5 });
  });
});
