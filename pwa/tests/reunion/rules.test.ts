import { describe, expect, it } from "vitest";
import { arrange, looks, offeredAction, purposesOf, variablesOf } from "@/apps/reunion/composables/actions";
import { fromQuery, isPlain, noFilters, toQuery, toVariables } from "@/apps/reunion/composables/caseFilters";
import { ageGapWord, cautionsOf, linesOf, namedIn, numbersOf } from "@/apps/reunion/composables/comparison";
import { factRows } from "@/apps/reunion/composables/facts";
import { factsInput, factsOf, noFacts } from "@/apps/reunion/composables/factsForm";
import { initialOf, inputOf, requiredOf, shownFields } from "@/kernel/forms/fields";
import { phaseOf, phaseOfState, stepOf } from "@/apps/reunion/composables/family";
import { boxStyle, chosenBox, facesToChoose, portraitOf, problemsOf, squareAround } from "@/apps/reunion/composables/pictures";
import { emptyRegistration, foundInput, missingInput, requiredFor } from "@/apps/reunion/composables/registration";
import { standingOf } from "@/apps/reunion/composables/searches";
import { type Json, reunionCaseStates } from "@/generated/schema";
import { candidate, facts, matter, picture } from "./case";

const fieldsOf = (name: string) => looks[name]?.fields ?? [];

describe("actions", () => {
  it("offer the natural step first, and what stands beside a part not in the bar", () => {
    const one = matter({ pictures: [picture()] }, ["remove_picture", "withdraw", "add_picture", "record_basis"]);
    expect(arrange(one).steps.map((action) => action.name)).toEqual(["record_basis", "add_picture"]);
    expect(arrange(one).more.map((action) => action.name)).toEqual(["withdraw"]);
    expect(offeredAction(one, "remove_picture")?.danger).toBe(true);
    expect(offeredAction(one, "close")).toBeUndefined();
  });

  it("lead a reviewer to the first candidate he has not looked at", () => {
    const one = matter({ candidates: [candidate({ id: "k1", mayReview: false }), candidate({ id: "k2" })] }, ["review_candidate"]);
    expect(looks["review_candidate"]?.to?.(one)).toBe("/reunion/cases/c1/candidates/k2");
    expect(arrange(matter({ candidates: [] }, ["review_candidate"])).steps).toEqual([]);
  });

  it("ask for the purposes of the own side only", () => {
    expect(purposesOf({ side: "SOUGHT" })).toEqual(["LOST_RESCUE", "CROSS_REGION"]);
    expect(purposesOf({ side: "FOUND" })).not.toContain("LOST_RESCUE");
  });

  it("send id and version beside the fields, and a picture's removal by the picture alone", () => {
    expect(variablesOf(looks["quick_check"]!, { text: "无" }, { id: "c1", version: 3 })).toEqual({ input: { id: "c1", version: 3, text: "无" } });
    expect(variablesOf(looks["remove_picture"]!, { pictureId: "p1" }, { id: "c1", version: 3 })).toEqual({ pictureId: "p1" });
  });
});

describe("fields of a form", () => {
  it("do not take a child's own consent", () => {
    const [basis] = fieldsOf("record_basis");
    const grounds = (isMinor: boolean) => (typeof basis?.values === "function" ? basis.values(matter({ isMinor })) : []);
    expect(grounds(true)).toEqual(["GUARDIAN_CONSENT", "STATUTORY_DUTY"]);
    expect(grounds(false)).toContain("CONSENT");
  });

  it("ask for the second acquaintance only where acquaintances are the proof", () => {
    const shown = (kind: string) => shownFields(fieldsOf("record_proof"), { kind }, matter()).map((field) => field.name);
    expect(shown("DNA")).not.toContain("secondSource");
    expect(shown("ACQUAINTANCES")).toContain("secondSource");
  });

  it("need the tick before something grave, and do not send it", () => {
    const values = { text: "DNA一致", sure: false };
    expect(requiredOf(fieldsOf("confirm_identity"), values)).toEqual({ text: "DNA一致", sure: false });
    expect(inputOf(fieldsOf("confirm_identity"), values)).toEqual({ text: "DNA一致" });
  });

  it("send the guardian authority's consent with its ground, once it is ticked", () => {
    const fields = fieldsOf("record_guardian");
    const values = Object.fromEntries(fields.map((field) => [field.name, initialOf(field, matter())]));
    expect(requiredOf(fields, values)).toMatchObject({ guardianAgreed: false });
    expect(inputOf(fields, { ...values, text: "民政局同意", guardianAgreed: true })).toEqual({ basis: "GUARDIAN_CONSENT", text: "民政局同意", guardianAgreed: true });
  });

  it("send a verdict as yes or no, a switch as it is, and choose the only choice there is", () => {
    expect(inputOf(fieldsOf("record_proof"), { kind: "DNA", positive: "false", source: " 实验室 ", secondSource: "" })).toEqual({ kind: "DNA", positive: false, source: "实验室", secondSource: null });
    expect(initialOf({ name: "x", kind: "choice", values: ["A"] }, matter())).toBe("A");
    expect(initialOf({ name: "x", kind: "choice", values: ["A", "B"] }, matter())).toBe("");
    expect(initialOf({ name: "x", kind: "switch" }, matter())).toBe(false);
  });
});

describe("the comparison", () => {
  const comparison: Json = {
    score: 0.91, coverage: 0.4, cautions: ["FEW_FACTS"],
    fields: [
      { field: "MARKS", verdict: "MATCH", code: "WORDS_SHARED", data: { words: ["左手", "疤"] }, weight: 2, agreement: 1 },
      { field: "NEW_ONE", verdict: "MATCH", code: "X", data: {} },
      "nonsense",
    ],
  };

  it("is read without its sums, and without what this version does not know", () => {
    expect(linesOf(comparison)).toEqual([{ field: "MARKS", verdict: "MATCH", code: "WORDS_SHARED", data: { words: ["左手", "疤"] } }]);
    expect(cautionsOf(comparison)).toEqual(["FEW_FACTS"]);
    for (const nothing of [null, 3, [], "text", {}]) expect([linesOf(nothing), cautionsOf(nothing)]).toEqual([[], []]);
  });

  it("is worded with its numbers and shared words", () => {
    expect(namedIn({ words: ["左手", "疤"], years: 3, deep: { a: 1 } }, "、")).toEqual({ words: "左手、疤", years: 3 });
  });

  it("says how far the pictures are apart", () => {
    expect([null, 0, 3, 5, 6].map(ageGapWord)).toEqual(["unknown", "none", "some", "some", "large"]);
  });

  it("shows no number before the reader's own verdict, whatever the answer holds", () => {
    const numbers = { score: 0.8, likely: true, cosine: 0.5 };
    expect(numbersOf(candidate({ ...numbers, mayReview: true }))).toBeUndefined();
    expect(numbersOf(candidate({ mayReview: false }))).toBeUndefined();
    expect(numbersOf(candidate({ ...numbers, mayReview: false }))).toEqual(numbers);
  });
});

describe("photographs", () => {
  it("wait for a choice with several faces, or a poor one", () => {
    const pictures = [picture({ id: "a" }), picture({ id: "b", state: "CHOOSE" }), picture({ id: "c", state: "UNUSABLE" }), picture({ id: "d", state: "UNUSABLE", faces: [] })];
    expect(facesToChoose({ pictures }).map((one) => one.id)).toEqual(["b", "c"]);
    expect(portraitOf([picture({ id: "x", state: "READING" }), picture({ id: "y" })])?.id).toBe("y");
    expect(portraitOf([picture({ id: "x", url: null })])).toBeUndefined();
  });

  it("name each problem once", () => {
    expect(problemsOf(picture({ problem: "BLURRED", faces: [{ box: [0, 0, 1, 1], problem: "BLURRED" }] }))).toEqual(["BLURRED"]);
    expect(problemsOf(picture({ problem: null, chosen: null }))).toEqual([]);
  });

  it("have their boxes inside the picture, and a square around the face that is meant", () => {
    expect(boxStyle([-0.1, 0.25, 0.5, 0.75])).toEqual({ left: "0.00%", top: "25.00%", width: "50.00%", height: "50.00%" });
    expect(squareAround([0.4, 0.4, 0.6, 0.6], 1000, 1000)).toEqual({ width: "227.27%", left: "-63.64%", top: "-63.64%" });
    expect(squareAround([0, 0, 1, 1], 400, 800)).toEqual({ width: "100.00%", left: "0.00%", top: "-50.00%" });
    expect(squareAround([0, 0, 0.1, 0.1], 1000, 1000).left).toBe("0.00%");
    expect(chosenBox(picture({ chosen: null }))).toBeNull();
    expect(chosenBox(picture())).toEqual([0.4, 0.2, 0.6, 0.5]);
  });
});

describe("facts", () => {
  const wording = {
    word: (_group: string, value: string) => value, dialect: (code: string) => code, date: (iso: string) => iso, between: (from: string, to: string) => `${from}~${to}`,
    centimetres: (least: number, most: number) => `${least}-${most}`, joint: "、",
  };

  it("stand as written and as understood; blanks do not stand at all", () => {
    const rows = factRows({ side: "FOUND", facts: facts({ bornText: "七十来岁", bornFrom: "1951-01-01", bornTo: "1960-12-31", heightText: "一米六五", heightLeast: 163, heightMost: 167 }), placeText: null, seenText: "去年三月" }, wording);
    expect(rows.map((row) => row.name)).toEqual(["sex", "born", "height", "seen"]);
    expect(rows[1]).toEqual({ name: "born", written: "七十来岁", understood: "1951-01-01~1960-12-31" });
    expect(rows[3]?.label).toBe("reunion.sided.seen.found");
  });

  it("are sent blank where nothing was written, and corrected from the words as written", () => {
    expect(factsInput({ ...noFacts(), name: "  ", nicknames: ["", " 阿强 "], born: "约1987年冬" })).toMatchObject({ name: null, nicknames: ["阿强"], sex: "UNKNOWN", born: "约1987年冬", origin: null });
    const values = factsOf(matter({ facts: facts({ bornText: "七十来岁", bornFrom: "1951-01-01", bornTo: "1960-12-31" }), seenText: "去年三月" }));
    expect([values.born, values.seen, values.nicknames]).toEqual(["七十来岁", "去年三月", [""]]);
  });
});

describe("registering", () => {
  const place = { code: "331024", name: "仙居县", level: "COUNTY", fullName: "仙居县" } as const;

  it("asks each side for its own part", () => {
    const values = emptyRegistration("FOUND", place, "救助站");
    expect(Object.keys(requiredFor("FOUND", values))).toEqual(["kind", "division", "station", "admittedOn"]);
    expect(Object.keys(requiredFor("SOUGHT", values))).toEqual(["kind", "division", "reporterName", "relation", "phone"]);
    expect(foundInput({ ...values, conditions: ["DEMENTIA"], claims: " " })).toMatchObject({ kind: "AT_STATION", division: "331024", station: "救助站", conditions: ["DEMENTIA"], claims: null });
    expect(missingInput({ ...emptyRegistration("SOUGHT", place, ""), kind: "ELDERLY", phone: " 139 " })).toMatchObject({ kind: "ELDERLY", phone: "139", policeCaseNo: null });
  });
});

describe("the list", () => {
  it("keeps its filters in the address", () => {
    const filters = { ...noFilters(), side: "SOUGHT" as const, search: " wang ", mine: true };
    expect(toQuery(filters)).toEqual({ side: "SOUGHT", search: "wang", mine: "1" });
    expect(fromQuery({ side: "SOUGHT", search: "wang", mine: "1", moon: "1" })).toEqual({ ...filters, search: "wang" });
    expect(fromQuery({ side: "MOON" }).side).toBe("FOUND");
    expect(toVariables(filters)).toEqual({ side: "SOUGHT", open: true, search: "wang", mine: true });
    expect(toVariables({ ...noFilters(), ended: true, emergency: true })).toEqual({ side: "FOUND", open: false, emergency: true });
    expect([isPlain(noFilters()), isPlain({ ...noFilters(), side: "SOUGHT" }), isPlain(filters)]).toEqual([true, true, false]);
  });
});

describe("what a family learns of a state", () => {
  it("is the same while somebody is searched for, compared, reviewed and verified", () => {
    const hidden = ["QUICK_CHECK", "SEARCH_REQUESTED", "SEARCH_REFUSED", "SEARCH_APPROVED", "CANDIDATES", "LEAD", "VERIFYING"] as const;
    expect(new Set(hidden.map((state) => phaseOf({ state, reunionKind: null })))).toEqual(new Set(["SEARCHING"]));
    expect(reunionCaseStates.filter((state) => !phaseOfState(state))).toEqual([]);
    expect(phaseOfState("toString")).toBeUndefined();
  });

  it("ends at home only where somebody came home", () => {
    expect(phaseOf({ state: "CLOSED", reunionKind: "STRANDED" })).toBe("HOME");
    expect(phaseOf({ state: "CLOSED", reunionKind: null })).toBe("CLOSED");
    expect([stepOf("RECEIVED"), stepOf("NOT_YET"), stepOf("HOME"), stepOf("WITHDRAWN")]).toEqual([0, 1, 3, -1]);
  });
});

it("an approval that was used stands for looking again", () => {
  expect(standingOf({ state: "APPROVED", searchedAt: "2026-11-25T01:00:00Z" })).toBe("STANDING");
  expect(standingOf({ state: "APPROVED", searchedAt: null })).toBe("APPROVED");
});
