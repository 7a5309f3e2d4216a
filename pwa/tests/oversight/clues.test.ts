import { describe, expect, it } from "vitest";
import { fromQuery, isPlain, noFilters, toQuery, toVariables } from "@/apps/oversight/composables/clueFilters";
import { forms, looks } from "@/apps/oversight/composables/clueActions";
import { forms as jointForms } from "@/apps/oversight/composables/joint";
import { checkClue, emptyClue, hasContent, titleOf, toInput } from "@/apps/oversight/composables/raise";
import type { OversightClueDetail, OversightJointDetail } from "@/generated/oversight";
import { filesOf, initialOf, inputOf, requiredOf, shownFields, valuesOf } from "@/kernel/forms/fields";

const clue = (change: Partial<OversightClueDetail> = {}) =>
  ({ id: "c", code: "331024-26-AAAAA", version: 3, state: "SUBMITTED", field: "LAND", availableActions: [], ...change }) as unknown as OversightClueDetail;
const offering = (...names: string[]) => names.map((name) => ({ name, requires: [], stepUp: false }));
const fieldsOf = (name: string) => looks[name]?.fields ?? [];

describe("raising a clue", () => {
  const place = { code: "331024", name: "仙居县", level: "COUNTY", fullName: "仙居县" } as const;
  const written = { ...emptyClue(), field: "LAND" as const, division: place, title: " 盲道被占用 ", content: "多处盲道被占用,无法通行。" };

  it("asks for what the server would refuse", () => {
    expect(checkClue(emptyClue()).map(({ code, field }) => [code, field])).toEqual([["REQUIRED", "title"], ["REQUIRED", "content"], ["REQUIRED", "field"], ["REQUIRED", "division"]]);
    expect(checkClue({ ...written, title: "短", content: "太短" }).map(({ code, field, data }) => [code, field, data])).toEqual([["TOO_SHORT", "title", { min: 4 }], ["TOO_SHORT", "content", { min: 10 }]]);
    expect(checkClue(written)).toEqual([]);
  });

  it("sends trimmed words, the code of the place, and the shield as it was chosen", () => {
    expect(toInput({ ...written, shielded: true })).toEqual({
      kind: "CLUE", field: "LAND", division: "331024", title: "盲道被占用", content: "多处盲道被占用,无法通行。", placeText: null, latitude: null, longitude: null, fileIds: [], shielded: true, suggestionId: null,
    });
  });

  it("keeps a draft only of what somebody wrote", () => {
    expect([hasContent({ ...emptyClue(), division: place }), hasContent({ ...emptyClue(), content: "看到" })]).toEqual([false, true]);
    expect(titleOf({ ...emptyClue(), content: "雨天上游作坊把污水直接排入溪中" })).toBe("雨天上游作坊把污水直接排入溪中");
  });
});

describe("the list", () => {
  it("keeps its filters in the address", () => {
    const filters = { ...noFilters(), search: " 盲道 ", states: ["SUBMITTED" as const], mine: true };
    expect(toQuery(filters)).toEqual({ search: "盲道", states: "SUBMITTED", mine: "1" });
    expect(fromQuery({ search: "盲道", states: "SUBMITTED,MOON", mine: "1", fields: "SEA" })).toEqual({ ...filters, search: "盲道" });
    expect([isPlain(noFilters()), isPlain(filters)]).toEqual([true, false]);
  });

  it("asks for what runs, unless states say what", () => {
    expect(toVariables(noFilters())).toEqual({ open: true });
    expect(toVariables({ ...noFilters(), ended: true, fields: ["LAND"] })).toEqual({ open: false, fields: ["LAND"] });
    expect(toVariables({ ...noFilters(), states: ["MERGED"], ended: true })).toEqual({ states: ["MERGED"] });
  });
});

describe("what may be done with a clue", () => {
  it("never makes a big button of a suit or an end", () => {
    const { steps, more } = forms.arrange(clue({ availableActions: offering("close", "sue", "log", "unknown_to_this_version") }));
    expect([steps.length, more.map((one) => one.name)]).toEqual([0, ["log", "sue", "close"]]);
  });

  it("asks for the other clue only to merge, for an organ only to pass on", () => {
    const shown = (decision: string) => shownFields(fieldsOf("screen"), { decision }, clue()).map((field) => field.name);
    expect([shown("ACCEPT"), shown("MERGE"), shown("TRANSFER")]).toEqual([["decision", "reason"], ["decision", "into", "reason"], ["decision", "organ", "reason"]]);
  });

  it("lets a clue end without a case only once it was assessed", () => {
    const [ending] = fieldsOf("divert");
    expect(ending && [valuesOf(ending, clue({ state: "ACCEPTED" })), valuesOf(ending, clue({ state: "ASSESSED" }))]).toEqual([["TRANSFER"], ["SUGGESTION", "TRANSFER", "END"]]);
    expect(ending && initialOf(ending, clue({ state: "ACCEPTED" }))).toBe("TRANSFER");
  });

  it("sends the version where the command has one, and points as numbers", () => {
    const action = (name: string) => forms.offered(clue({ availableActions: offering(name) }), name)!;
    const base = { id: "c", version: 3 };
    const points = { assessment: "清楚", publicInterest: "25", affected: "x", evidence: "5", repeat: "0", urgency: "10" };
    expect(forms.variables(action("assess"), inputOf(fieldsOf("assess"), points), clue(), base)).toEqual({
      input: { id: "c", version: 3, assessment: "清楚", publicInterest: 25, affected: 0, evidence: 5, repeat: 0, urgency: 10 },
    });
    expect(forms.variables(action("shield"), inputOf(fieldsOf("shield"), { shielded: "false" }), clue(), base)).toEqual({ input: { id: "c", shielded: false } });
    expect(forms.variables(action("draft"), {}, clue(), base)).toEqual({ input: { clueId: "c" } });
    expect(forms.variables(action("close"), inputOf(fieldsOf("close"), { text: "已整改", sure: true }), clue(), base)).toEqual({ input: { id: "c", version: 3, text: "已整改" } });
  });

  it("uploads what is attached to the investigation, into the list of ids", () => {
    const picture = { name: "a.jpg", blob: new Blob(["x"]), keepPosition: true };
    const values = { kind: "SITE_VISIT", text: "现场勘查", fileIds: [picture] };
    expect(filesOf(fieldsOf("log"), values)).toEqual([{ ...picture, purpose: "oversight", at: ["input", "fileIds"] }]);
    expect(inputOf(fieldsOf("log"), values)["fileIds"]).toEqual([]);
    expect(Object.keys(requiredOf(fieldsOf("log"), values))).toEqual(["kind", "text"]);
  });
});

it("a notice is signed on its own page, while it waits for the reader", () => {
  const project = (mySignature: boolean | null) =>
    ({ id: "j", papers: [{ id: "p", template: "joint_notice", mySignature }], availableActions: offering("sign_notice", "meet") }) as unknown as OversightJointDetail;
  expect(jointForms.arrange(project(false)).steps.map((one) => one.to?.(project(false)) ?? one.name)).toEqual(["/oversight/papers/p", "meet"]);
  expect(jointForms.arrange(project(true)).steps.map((one) => one.name)).toEqual(["meet"]);
});
