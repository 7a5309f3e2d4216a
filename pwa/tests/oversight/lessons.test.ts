import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import oversightTexts from "@/apps/oversight/locales/zh-CN.json";
import ContentPart from "@/apps/oversight/components/clue/ContentPart.vue";
import LessonText from "@/apps/oversight/components/lesson/LessonText.vue";
import SuggestionNote from "@/apps/oversight/components/raise/SuggestionNote.vue";
import { cameFromSuggestion } from "@/apps/oversight/composables/clue";
import { forms as clueForms, looks as clueLooks } from "@/apps/oversight/composables/clueActions";
import { worksOnCases } from "@/apps/oversight/composables/lesson";
import { forms } from "@/apps/oversight/composables/lessonActions";
import { fromQuery, isPlain, noFilters, toQuery, toVariables, turned } from "@/apps/oversight/composables/lessonFilters";
import { checkClue, emptyClue, grownFrom, hasContent, longestContent, toInput } from "@/apps/oversight/composables/raise";
import type { OversightClueDetail, OversightLessonDetail } from "@/generated/oversight";
import { inputOf, requiredOf } from "@/kernel/forms/fields";
import { i18n } from "@/kernel/i18n";
import { prepare, show } from "../support/components";
import { offered } from "./recommendation";
import { suggestion } from "./suggestion";

const server = (path: string) => readFileSync(join(import.meta.dirname, "../../../backend/apps/oversight", path), "utf8");
const lesson = (change: Partial<OversightLessonDetail> = {}): OversightLessonDetail => ({
  id: "l1", code: "331024-D26-ABCDE", version: 2, state: "PUBLISHED", kind: "TYPICAL_CASE", field: "ENVIRONMENT", title: "溪流直排的联动治理", summary: "封堵排污口并建立巡查制度。",
  text: "经代表反映和现场核查,问题得到根治。", publishedAt: "2026-11-20T00:00:00Z", updatedAt: "2026-11-20T00:00:00Z", opinion: null, clue: null, availableActions: [],
  timeline: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } }, ...change,
});
const clue = (change: Partial<OversightClueDetail> = {}) =>
  ({ id: "c1", code: "331024-26-AAAAA", version: 3, state: "CLOSED", field: "LAND", source: "DEPUTY", sourceApp: null, sourceCode: null, sourceCategory: null, content: "盲道被占", placeText: null,
    erasedAt: null, latitude: null, longitude: null, files: [], availableActions: [], ...change }) as unknown as OversightClueDetail;

beforeEach(async () => {
  await prepare();
  i18n.global.mergeLocaleMessage("zh-CN", oversightTexts);
});

describe("the list of lessons", () => {
  it("keeps its filters in the address, and drops what it does not know", () => {
    const filters = { search: " 直排 ", kinds: ["TYPICAL_CASE" as const, "MODEL" as const], fields: ["LAND" as const] };
    expect(toQuery(filters)).toEqual({ search: "直排", kinds: "TYPICAL_CASE,MODEL", fields: "LAND" });
    expect(fromQuery({ search: "直排", kinds: "MODEL,MOON,TYPICAL_CASE", fields: "LAND,SEA" })).toEqual({ ...filters, search: "直排" });
    expect([isPlain(noFilters()), isPlain(filters), isPlain({ ...noFilters(), search: "  " })]).toEqual([true, false, true]);
  });

  it("asks the server for no more than what was chosen", () => {
    expect(toVariables(noFilters())).toEqual({});
    expect(toVariables({ search: " 直排 ", kinds: ["MODEL"], fields: [] })).toEqual({ search: "直排", kinds: ["MODEL"] });
  });

  it("turns a kind on and off, and leaves the others", () => {
    const one = turned(noFilters(), "MODEL");
    const two = turned(one, "TYPICAL_CASE");
    expect([one.kinds, two.kinds, turned(two, "MODEL").kinds]).toEqual([["MODEL"], ["TYPICAL_CASE", "MODEL"], ["TYPICAL_CASE"]]);
  });
});

describe("a lesson", () => {
  it("is decided on with a tick that is not sent, and taken down only from the menu", () => {
    const drafted = lesson({ state: "DRAFTED", availableActions: offered("decide") });
    const action = forms.offered(drafted, "decide");
    expect(Object.keys(requiredOf(action?.fields ?? [], {}))).toEqual(["publish", "opinion", "sure"]);
    const input = inputOf(action?.fields ?? [], { publish: "false", opinion: " 请补充做法 ", sure: true });
    expect(action && forms.variables(action, input, drafted, drafted)).toEqual({ input: { id: "l1", version: 2, publish: false, opinion: "请补充做法" } });
    const { steps, more } = forms.arrange(lesson({ availableActions: offered("take_down", "unknown_to_this_version") }));
    expect([steps.length, more.map(({ name, danger }) => [name, danger])]).toEqual([0, [["take_down", true]]]);
  });

  it("says how far it has come only while not everybody reads it", () => {
    expect(show(LessonText, { lesson: lesson() }).text()).not.toContain("已发布");
    expect(show(LessonText, { lesson: lesson({ state: "DRAFTED", publishedAt: null }) }).text()).toContain("待决定");
  });

  it("is printed by the browser", async () => {
    const print = vi.fn();
    vi.stubGlobal("print", print);
    const shown = show(LessonText, { lesson: lesson() });
    await shown.get("button").trigger("click");
    expect(print).toHaveBeenCalledOnce();
    expect(shown.get(".print-area").text()).toContain("问题得到根治");
    expect(shown.find(".print-area button").exists()).toBe(false);
    vi.unstubAllGlobals();
  });

  it("is known from the inside only to who reads investigations", () => {
    expect(server("permissions.py")).toContain('INVESTIGATE = "oversight_case:log:read"');
    expect([worksOnCases((permission) => permission === "oversight_case:log:read"), worksOnCases((permission) => permission === "oversight:clue:read")]).toEqual([true, false]);
  });
});

describe("on a clue's page", () => {
  const closed = clue({ availableActions: offered("draft_lesson", "ask_help") });
  const sent = (name: string, values: Parameters<typeof inputOf>[1]) => {
    const action = clueForms.offered(closed, name);
    return action && clueForms.variables(action, inputOf(action.fields ?? [], values), closed, closed);
  };

  it("a lesson is drafted of the clue, whatever version it has", () => {
    expect(sent("draft_lesson", { kind: "MODEL", title: " 巡查模型 ", summary: "摘要", text: "正文" })).toEqual({ input: { clueId: "c1", kind: "MODEL", title: "巡查模型", summary: "摘要", text: "正文" } });
  });

  it("a letter lists its evidence line by line, and no empty one", () => {
    const values = { to: "测试县生态环境局", matter: "调取监测记录", facts: "雨天直排", evidence: [" 监测记录 ", "", "执法台账"], basis: "规定第十四条", dueOn: "2026-12-20", contact: "测试检察官 0576-00000086", sure: true };
    expect(sent("ask_help", values)).toEqual({
      input: { id: "c1", version: 3, to: "测试县生态环境局", matter: "调取监测记录", facts: "雨天直排", evidence: ["监测记录", "执法台账"], basis: "规定第十四条",
        dueOn: "2026-12-20", contact: "测试检察官 0576-00000086" },
    });
    expect(requiredOf(clueLooks["ask_help"]?.fields ?? [], { evidence: [""] })["evidence"]).toEqual([""]);
  });

  it("a clue that grew from a suggestion says so, and one that was handed over says that", () => {
    const grown = clue({ sourceApp: "oversight", sourceCode: "331024-Y26-ABCDE" });
    const handed = clue({ source: "HANDED_OVER", sourceApp: "mediation", sourceCode: "331024-26-BBBBB", sourceCategory: "PROPERTY_SERVICE" });
    expect([grown, handed, clue(), clue({ sourceApp: "oversight" })].map(cameFromSuggestion)).toEqual([true, false, false, false]);
    expect(show(ContentPart, { matter: grown }).text()).toContain("来自代表建议 331024-Y26-ABCDE");
    expect(show(ContentPart, { matter: handed }).text()).toContain("331024-26-BBBBB（PROPERTY_SERVICE）");
    expect(show(ContentPart, { matter: handed }).text()).not.toContain("代表建议");
  });
});

describe("a clue from a suggestion", () => {
  it("takes its words along, no longer than a clue may be, and says where from", () => {
    const grown = grownFrom({ ...emptyClue(), shielded: true }, suggestion({ text: "字".repeat(longestContent + 1) }));
    expect(grown.content.length).toBe(longestContent);
    expect([hasContent(grown), checkClue(grown), grown.shielded]).toEqual([true, [], true]);
    expect(toInput(grown)).toMatchObject({ title: grown.title, suggestionId: suggestion().id });
    expect(server("service/clues.py")).toContain(`checks.text("content", request.content, least=10, most=${longestContent})`);
  });

  it("is sent without one by a draft of an earlier version", () => {
    const earlier: Partial<ReturnType<typeof emptyClue>> = emptyClue();
    delete earlier.suggestion;
    expect(toInput(earlier as ReturnType<typeof emptyClue>).suggestionId).toBeNull();
  });

  it("warns whoever hides behind a shield that the suggestion bears his name", () => {
    const note = (shielded: boolean) => show(SuggestionNote, { suggestion: suggestion(), shielded }).text();
    expect(note(false)).toContain("会注明来自这件建议");
    expect(note(true)).toContain("别人可能看出是您提出的");
  });
});
