import { mount } from "@vue/test-utils";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import oversightTexts from "@/apps/oversight/locales/zh-CN.json";
import AnswerForm from "@/apps/oversight/components/suggestion/AnswerForm.vue";
import AssignForm from "@/apps/oversight/components/suggestion/AssignForm.vue";
import OpinionForm from "@/apps/oversight/components/suggestion/OpinionForm.vue";
import { duties, lineOfSuggestion } from "@/apps/oversight/composables/home";
import { lawfulDelayOf, replyClockOf } from "@/apps/oversight/composables/recommendation";
import { isLatePlan, wasConsulted } from "@/apps/oversight/composables/suggestion";
import { forms, looks } from "@/apps/oversight/composables/suggestionActions";
import { fromQuery, isPlain, noFilters, toQuery, toVariables } from "@/apps/oversight/composables/suggestionFilters";
import { checkSuggestion, emptySuggestion, grownFrom, growsInto, hasContent, mostPoints, titleOf, toInput } from "@/apps/oversight/composables/suggestionRaise";
import type { OversightClueDetail } from "@/generated/oversight";
import { shownFields } from "@/kernel/forms/fields";
import { i18n } from "@/kernel/i18n";
import { actionContext } from "@/kernel/matters/context";
import { prepare } from "../support/components";
import { clock, offered } from "./recommendation";
import { suggestion, talk } from "./suggestion";

const server = (path: string) => readFileSync(join(import.meta.dirname, "../../../backend/apps/oversight", path), "utf8");
const place = { code: "331024", name: "仙居县", level: "COUNTY", fullName: "仙居县" } as const;
const written = { ...emptySuggestion(), field: "LAND" as const, division: place, title: " 增设坡道 ", text: "多处公交站台没有坡道,无法上车。", points: [" 排查站台 ", "", "改造坡道"] };

beforeEach(async () => {
  await prepare();
  i18n.global.mergeLocaleMessage("zh-CN", oversightTexts);
});

describe("raising a suggestion", () => {
  const told = (values: typeof written) => checkSuggestion(values).map(({ code, field, data }) => [code, field, data]);

  it("asks for what the server would refuse", () => {
    expect(checkSuggestion(emptySuggestion()).map(({ field }) => field)).toEqual(["title", "text", "points", "field", "division"]);
    expect(told({ ...written, title: "短", text: "太短" })).toEqual([["TOO_SHORT", "title", { min: 4 }], ["TOO_SHORT", "text", { min: 10 }]]);
    expect(told({ ...written, points: ["好", "也好"] })).toEqual([["TOO_SHORT", "points", { min: 4 }]]);
    expect(told({ ...written, points: Array.from({ length: mostPoints + 1 }, () => "改造坡道") })).toEqual([["TOO_MANY", "points", { max: mostPoints }]]);
    expect(told(written)).toEqual([]);
    expect(server("service/suggestions.py")).toContain(`MOST_POINTS = ${mostPoints}`);
  });

  it("sends trimmed words and no empty points", () => {
    expect(toInput({ ...written, public: false, clue: "c1" })).toEqual({
      session: "RECESS", field: "LAND", division: "331024", title: "增设坡道", text: written.text, points: ["排查站台", "改造坡道"], public: false, clueId: "c1", fileIds: [],
    });
    expect(toInput(written).clueId).toBeNull();
  });

  it("keeps a draft only of what somebody wrote", () => {
    expect([hasContent({ ...emptySuggestion(), division: place, clue: "c1" }), hasContent({ ...emptySuggestion(), points: ["改造"] })]).toEqual([false, true]);
    expect(titleOf({ ...emptySuggestion(), text: "多处公交站台没有坡道" })).toBe("多处公交站台没有坡道");
  });

  it("takes the words of a clue along, and nothing about where somebody stood", () => {
    const clue = { id: "c1", title: "站台没有坡道", content: "轮椅上不去。", field: "ACCESSIBILITY", division: place, latitude: 28.8, placeText: "测试路" } as unknown as OversightClueDetail;
    expect(grownFrom(emptySuggestion(), clue)).toEqual({ ...emptySuggestion(), clue: "c1", title: "站台没有坡道", text: "轮椅上不去。", field: "ACCESSIBILITY", division: place });
  });

  it("grows from a clue of one's own, as long as its words are there", () => {
    const part = (accountId: string, kind: string) => ({ accountId, kind, name: null, shielded: false, at: "" });
    const clue = (parts: unknown[], erasedAt: string | null = null) => ({ parts, erasedAt }) as unknown as OversightClueDetail;
    expect(growsInto(clue([part("a2", "AUTHOR"), part("a1", "SUPPORTER")]), "a1")).toBe(true);
    expect(growsInto(clue([part("a2", "AUTHOR")]), "a1")).toBe(false);
    expect(growsInto(clue([part("a1", "SOURCE")]), "a1")).toBe(false);
    expect(growsInto(clue([part("a1", "AUTHOR")], "2026-11-01T00:00:00Z"), "a1")).toBe(false);
  });
});

describe("the list of suggestions", () => {
  it("keeps its filters in the address", () => {
    const filters = { ...noFilters(), search: " 坡道 ", states: ["RAISED" as const], mine: true };
    expect(toQuery(filters)).toEqual({ search: "坡道", states: "RAISED", mine: "1" });
    expect(fromQuery({ search: "坡道", states: "RAISED,MOON", mine: "1" })).toEqual({ ...filters, search: "坡道" });
    expect([isPlain(noFilters()), isPlain(filters)]).toEqual([true, false]);
  });

  it("asks for what runs, unless states say what", () => {
    expect([toVariables(noFilters()), toVariables({ ...noFilters(), ended: true, mine: true })]).toEqual([{ open: true }, { open: false, mine: true }]);
    expect(toVariables({ ...noFilters(), states: ["DONE"], search: " Y26 " })).toEqual({ states: ["DONE"], search: "Y26" });
  });
});

describe("what may be done with a suggestion", () => {
  const bar = (change: Parameters<typeof suggestion>[0]) => {
    const { steps, more } = forms.arrange(suggestion(change));
    return [steps.map(({ name }) => name), more.map(({ name }) => name)];
  };

  it("puts the talk before the reply, in each round anew", () => {
    const actions = offered("answer", "consult", "ask_extension");
    expect(bar({ state: "REHANDLING", round: 2, talks: [talk(1)], availableActions: actions })).toEqual([["consult", "answer"], ["ask_extension"]]);
    expect(bar({ state: "CONSULTED", round: 2, talks: [talk(2), talk(1)], availableActions: actions })).toEqual([["answer", "consult"], ["ask_extension"]]);
    expect([wasConsulted(suggestion()), wasConsulted(suggestion({ talks: [talk(1)] }))]).toEqual([false, true]);
  });

  it("never makes a big button of what ends it", () => {
    expect(bar({ availableActions: offered("withdraw", "return", "take_up", "unknown_to_this_version") })).toEqual([["take_up"], ["return", "withdraw"]]);
  });

  it("asks twice before what cannot be undone", () => {
    const fields = (name: string, values = {}) => shownFields(looks[name]?.fields ?? [], values, suggestion()).map((field) => field.name);
    for (const name of ["sign", "assist", "finish", "return", "withdraw"]) expect(fields(name), name).toContain("sure");
    expect(fields("review", { accept: "true" })).toEqual(["accept", "opinion"]);
    expect(fields("review", { accept: "false" })).toEqual(["accept", "opinion", "sure"]);
  });

  it("sends what its command takes along", () => {
    const matter = suggestion({ availableActions: offered("sign", "assist", "take_up") });
    const sent = (name: string, input: Record<string, string>) => {
      const action = forms.offered(matter, name);
      return action && forms.variables(action, input, matter, matter);
    };
    expect([sent("sign", {}), sent("assist", { text: "已清理" })]).toEqual([{ input: { id: "g1" } }, { input: { id: "g1", text: "已清理" } }]);
    expect(sent("take_up", { text: "测试科" })).toEqual({ input: { id: "g1", version: 4, text: "测试科" } });
    expect(sent("withdraw", {})).toBeUndefined();
  });
});

describe("limits of a suggestion", () => {
  it("show a granted delay on the limit of its reply", () => {
    const delay = { clockId: "k1", days: 60, basis: "地方规定", reason: "需要统筹", state: "GRANTED", opinion: "同意" };
    const clocks = [clock({ id: "k0", rule: "assist" }), clock({ rule: "suggestion_wide" })];
    expect(replyClockOf({ clocks })?.id).toBe("k1");
    expect(lawfulDelayOf(suggestion({ clocks, delays: [delay] }))).toEqual(delay);
    expect(lawfulDelayOf(suggestion({ clocks: [clock({ rule: "suggestion", colour: "RED" })], delays: [delay] }))).toBeUndefined();
  });

  it("mark a plan whose day has passed", () => {
    const planned = (state: "TRACKED" | "DONE", plannedOn: string | null) => isLatePlan(suggestion({ state, plannedOn }), "2027-06-30");
    expect([planned("TRACKED", "2027-06-29"), planned("TRACKED", "2027-06-30"), planned("DONE", "2027-06-29"), planned("TRACKED", null)]).toEqual([true, false, false, false]);
  });
});

describe("the home page", () => {
  it("names for each role what it is asked for, by names the server knows", () => {
    const names = [...server("access.py").matchAll(/_may\(SUGGESTIONS, "([a-z_]+)"/g)].map((match) => match[1] ?? "");
    expect(names.length).toBe(16);
    expect(Object.keys(looks).sort()).toEqual([...names].sort());
    const asked = Object.values(duties).flatMap((duty) => duty.suggestions ?? []);
    expect(asked.flatMap(({ actions = [], except = [] }) => [...actions, ...except]).filter((name) => !names.includes(name))).toEqual([]);
  });

  it("shows the limit that comes first", () => {
    const line = lineOfSuggestion(suggestion({ clocks: [clock({ id: "late", dueAt: "2027-03-01T00:00:00Z" }), clock({ id: "soon", dueAt: "2026-12-02T00:00:00Z" })] }));
    expect([line.to, line.clock?.id]).toEqual(["/oversight/suggestions/g1", "soon"]);
  });
});

describe("forms of a suggestion", () => {
  const form = (component: typeof AnswerForm | typeof AssignForm | typeof OpinionForm, name: string, matter: ReturnType<typeof suggestion>) => {
    const context = { base: shallowRef(matter), stepUp: false, finish: () => undefined, refresh: async () => undefined, rebase: () => undefined };
    const action = { ...looks[name], name, requires: [], stepUp: false } as never;
    return mount(component as typeof AnswerForm, { props: { action, matter }, global: { plugins: [i18n], provide: { [actionContext as symbol]: context } }, attachTo: document.body });
  };

  it("ask for a day of class B, for proof of class A, and for each point", async () => {
    const page = form(AnswerForm, "answer", suggestion({ state: "CONSULTED" }));
    const refused = () => page.findAll("[role=alert]").map((one) => one.element.closest("[data-field]")?.getAttribute("data-field"));
    expect(page.find("#field-plannedOn").exists()).toBe(false);
    await page.findAll('input[name="field-replyClass"]')[1]?.setValue(true);
    expect(page.find("#field-plannedOn").exists()).toBe(true);
    await page.find("form").trigger("submit");
    expect(refused()).toEqual(["plannedOn", "text", "measures.0", "measures.1", "leader"]);
    await page.findAll('input[name="field-replyClass"]')[0]?.setValue(true);
    await page.find("form").trigger("submit");
    expect(refused()).toEqual(["text", "measures.0", "measures.1", "fileIds", "leader"]);
  });

  it("ask twice before a suggestion is taken from the agency that works on it", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
    const refused = async (name: string) => {
      const page = form(AssignForm, name, suggestion());
      await page.find("form").trigger("submit");
      return page.findAll("[role=alert]").map((one) => one.element.closest("[data-field]")?.getAttribute("data-field")).filter(Boolean);
    };
    expect(await refused("assign")).toEqual(["unit", "opinion"]);
    expect(await refused("reassign")).toEqual(["unit", "opinion", "sure"]);
    vi.unstubAllGlobals();
  });

  it("take a plan that is done as class A, without a choice", async () => {
    const page = form(AnswerForm, "fulfil", suggestion({ state: "TRACKED", replyClass: "B", plannedOn: "2027-06-30" }));
    expect(page.find('input[name="field-replyClass"]').exists()).toBe(false);
    expect(page.get("button.wide").text()).toBe("提交，转为 A 类");
  });

  it("say what a bad mark sets off, and only the first time", async () => {
    const first = form(OpinionForm, "rate", suggestion({ state: "REPLIED" }));
    await first.findAll('input[name="field-process"]')[3]?.setValue(true);
    await first.findAll('input[name="field-result"]')[1]?.setValue(true);
    expect(first.text()).toContain("一个月内重新办理");
    expect(first.get("button.wide").text()).toBe("提交，并要求重新办理");
    const second = form(OpinionForm, "rate", suggestion({ state: "REPLIED", round: 2 }));
    await second.findAll('input[name="field-process"]')[0]?.setValue(true);
    await second.findAll('input[name="field-result"]')[0]?.setValue(true);
    expect(second.text()).toContain("由代表工委决定怎样继续");
    expect(second.get("button.wide").text()).toBe("提交评价");
  });
});
