// @vitest-environment node
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as schema from "@/generated/schema";
import { oversight } from "@/apps/oversight";
import { looks as clueLooks } from "@/apps/oversight/composables/clueActions";
import { commands } from "@/apps/oversight/composables/commands";
import { duties } from "@/apps/oversight/composables/home";
import { looks as jointLooks } from "@/apps/oversight/composables/joint";
import { looks as lessonLooks } from "@/apps/oversight/composables/lessonActions";
import { looks as suggestionLooks } from "@/apps/oversight/composables/suggestionActions";
import type { Field } from "@/kernel/forms/fields";
import { noticeOf } from "@/service-worker/pushWords";

type Texts = { [key: string]: string | Texts };
type Looks = Readonly<Record<string, { fields?: readonly Field<never>[]; operation?: { name: string } }>>;

const root = join(import.meta.dirname, "../..");
const backend = join(root, "../backend/apps/oversight");
const flat = (texts: Texts, path = ""): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`)));
const read = (file: string) => JSON.parse(readFileSync(join(root, "src/apps", file), "utf8")) as Texts;
const languages = ["zh-CN", "en"].map((language) => [language, new Map(flat(read(`oversight/locales/${language}.json`)))] as const);

const module = (path: string) => readFileSync(join(backend, path), "utf8");
const server = readdirSync(backend, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".py")).map(module).join("\n");

/** oversightClueStates → clueState; oversightReplyClasses → replyClass */
const groupOf = (list: string) => list.slice(9, 10).toLowerCase() + list.slice(10).replace(/sses$/, "ss").replace(/ies$/, "y").replace(/s$/, "").replace(/Clas$/, "Class");
const lists = Object.entries(schema).filter(([name, values]) => name.startsWith("oversight") && Array.isArray(values)) as [string, readonly string[]][];
const kinds: readonly [string, string, Looks][] = [["clue", "CLUE_ACTIONS", clueLooks as Looks], ["suggestion", "SUGGESTION_ACTIONS", suggestionLooks as Looks], ["joint", "JOINT_ACTIONS", jointLooks as Looks], ["lesson", "LESSON_ACTIONS", lessonLooks as Looks]];
/** Tags of events about clues, recommendations, suggestions, projects and lessons, wherever a command writes one. */
const tags = [...new Set([...server.matchAll(/"(?:oversight:)?((?:baseline|case|check|clock|clue|extension|joint|lesson|promise|rating|recommendation|suggestion):[a-z_]+)"/g)].map((match) => match[1] ?? ""))]
  .filter((tag) => !/^(clue:(join|raise|read|screen|hand_over)|check:(record|sign)|joint:(congress|procuratorate)|recommendation:(approve|draft|rate|reply)|suggestion:(answer|assign|raise)|figures:read|baseline:state)$/.test(tag));
/** Kinds the server tells somebody. */
const told = [...new Set([...server.matchAll(/(?:tell|tell_agency|tell_drafter|tell_officers|tell_unit)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?"([a-z_]+\.[a-z_]+)"/g)].map((match) => match[1] ?? ""))];

describe.each(languages)("words in %s", (_language, texts) => {
  const missing = (keys: readonly string[]) => keys.filter((key) => !texts.has(key));

  it("exist for every value of the schema's lists", () => {
    expect(lists.length).toBeGreaterThan(17);
    expect(missing(lists.flatMap(([list, values]) => values.map((value) => `oversight.word.${groupOf(list)}.${value}`)))).toEqual([]);
  });

  it.each(kinds)("name every action of a %s, every field of its form, and its answers", (kind, list, looks) => {
    const offered = [...(module("access.py").split(`${list} = _named(`)[1]?.split("\n)")[0] ?? "").matchAll(/_may\(\w+, "([a-z_]+)"/g)].map((match) => match[1]);
    expect(offered.length).toBeGreaterThan(1);
    expect(Object.keys(looks).sort()).toEqual([...offered].sort());
    expect(missing(Object.keys(looks).map((name) => `oversight.${kind}.action.${name}`))).toEqual([]);
    expect(missing(Object.entries(looks).filter(([, look]) => look.operation).map(([name]) => `oversight.${kind}.actionHint.${name}`))).toEqual([]);
    const fields = Object.entries(looks).flatMap(([name, look]) => (look.fields ?? []).map((field) => [name, field] as const));
    expect(fields.filter(([name, { name: field }]) => !texts.has(`oversight.${kind}.field.${field}`) && !texts.has(`oversight.${kind}.label.${name}.${field}`))).toEqual([]);
    expect(missing(fields.filter(([, field]) => field.kind === "verdict").flatMap(([, { name }]) => ["yes", "no"].map((word) => `oversight.${kind}.verdict.${name}.${word}`)))).toEqual([]);
    expect(Object.values(looks).filter((look) => look.operation && !commands.has(look.operation.name))).toEqual([]);
  });

  it("name every command that may wait, every limit, every event and every duty", () => {
    expect(missing([...commands].map((operation) => `oversight.command.${operation}`))).toEqual([]);
    const rules = [...module("rules.py").matchAll(/^ {8}"([a-z_]+)": \{"length"/gm)].map((match) => match[1] ?? "");
    expect(rules.length).toBeGreaterThan(10);
    expect(missing([...rules, "promise"].map((rule) => `oversight.word.rule.${rule}`))).toEqual([]);
    expect(tags.length).toBeGreaterThan(40);
    expect(missing(tags.map((tag) => `oversight.word.event.${tag.replace(":", ".")}`))).toEqual([]);
    const titles = Object.values(duties).flatMap((duty) => [duty.clues?.title, duty.recommendations?.title, ...(duty.suggestions ?? []).map(({ title }) => title)]).filter((title) => title !== undefined);
    expect(missing([...titles, "toAgree"].map((title) => `oversight.home.${title}`))).toEqual([]);
  });

  it("say why a matter calls for joint supervision", () => {
    expect(missing(schema.oversightTriggers.map((one) => `oversight.word.triggerWhy.${one}`))).toEqual([]);
  });
});

it("a dispute that was handed over says so where it came from", () => {
  for (const language of ["zh-CN", "en"]) expect(new Map(flat(read(`mediation/locales/${language}.json`))).has("mediation.event.matter.handed_over")).toBe(true);
});

describe("messages", () => {
  it("have words in the inbox and on a locked screen, for every kind the server sends", () => {
    expect(told.length).toBeGreaterThan(20);
    for (const [language, texts] of languages) {
      expect(told.filter((kind) => !texts.has(`notification.oversight.${kind}`))).toEqual([]);
      const push = read(`oversight/push/${language}.json`) as unknown as { kinds: Record<string, string> };
      expect(Object.keys(push.kinds).sort()).toEqual([...told].sort());
    }
  });

  it("tell those who signed each step of their suggestion", () => {
    const steps = [...schema.oversightSuggestionStates, "PROGRESS", "EXTENDED", "EXTENSION_REFUSED"].filter((state) => !["RAISED", "RATED", "REHANDLING"].includes(state));
    for (const [, texts] of languages) expect(steps.filter((step) => !texts.has(`notification.oversight.suggestion.step_${step}`))).toEqual([]);
  });

  it("tell a bystander nothing", () => {
    for (const kind of told) {
      for (const language of ["zh-CN", "en"]) {
        const { title, body } = noticeOf({ kind: `oversight.${kind}`, code: "331024-26-ABCDE", matter: "m1" }, language);
        expect(`${title}${body}`, kind).not.toMatch(/331024|检察|人大|代表|线索|案|诉|不满|procurat|congress|deput|clue|case|suit|dissatisf/i);
      }
    }
  });

  it("lead to what they are about", () => {
    expect(oversight.matterPath("m", "oversight.clue.step", null)).toBe("/oversight/clues/m");
    expect(oversight.matterPath("m", "oversight.joint.triggered", { trigger: "OVERDUE" })).toBe("/oversight/clues/m");
    expect(oversight.matterPath("m", "oversight.joint.agreed", null)).toBe("/oversight/joint/m");
    expect(oversight.matterPath("m", "oversight.lesson.decided", { state: "PUBLISHED" })).toBe("/oversight/lessons/m");
    expect(oversight.matterPath("m", "DraftOversightLesson", null, "331024-D26-ABCDE")).toBe("/oversight/lessons/m");
    expect(oversight.matterPath("m", "DraftOversightLesson", null)).toBe("/oversight/clues/m");
    expect(oversight.matterPath("m", "TakeDownOversightLesson", null)).toBe("/oversight/lessons/m");
    expect(oversight.matterPath("m", "oversight.recommendation.served", null)).toBe("/oversight/recommendations/m");
    expect(oversight.matterPath("m", "oversight.suggestion.step", { step: "REPLIED" })).toBe("/oversight/suggestions/m");
    expect(oversight.matterPath("m", "oversight.suggestion", null)).toBe("/oversight/suggestions/m");
    expect(oversight.matterPath("m", "oversight.clock.mark", { rule: "suggestion_wide", mark: 80 })).toBe("/oversight/suggestions/m");
    // A limit that more than one kind of matter has: the code tells.
    expect(oversight.matterPath("m", "oversight.clock.mark", { rule: "rework", mark: 80 }, "331024-Y26-ABCDE")).toBe("/oversight/suggestions/m");
    expect(oversight.matterPath("m", "oversight.clock.mark", { rule: "promise", mark: 80 }, "331024-J26-ABCDE")).toBe("/oversight/recommendations/m");
    expect(oversight.matterPath("m", "oversight.joint.triggered", null, "331024-26-ABCDE")).toBe("/oversight/clues/m");
    expect(oversight.matterPath("m", "RaiseSuggestion", null)).toBe("/oversight/suggestions/m");
    expect(oversight.matterPath("m", "RateRecommendation", null)).toBe("/oversight/recommendations/m");
    expect(oversight.matterPath("m", "oversight.clock.mark", { rule: "rework", mark: 80 })).toBe("/oversight/recommendations/m");
    expect(oversight.matterPath("m", "oversight.clock.mark", { rule: "screen", mark: 100 })).toBe("/oversight/clues/m");
  });
});
