// @vitest-environment node
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as schema from "@/generated/schema";
import { cockpit } from "@/apps/cockpit";
import { commands } from "@/apps/cockpit/composables/commands";
import { creatings } from "@/apps/cockpit/composables/creating";
import { looks as hazardLooks } from "@/apps/cockpit/composables/hazards";
import { looks as meetingLooks } from "@/apps/cockpit/composables/meetings";
import { looks as problemLooks } from "@/apps/cockpit/composables/problems";
import { looks as sceneLooks, workLooks } from "@/apps/cockpit/composables/scenes";
import { looks as taskLooks } from "@/apps/cockpit/composables/tasks";
import type { Field } from "@/kernel/forms/fields";
import { noticeOf } from "@/service-worker/pushWords";

type Texts = { [key: string]: string | Texts };
type Looks = Readonly<Record<string, { fields?: readonly Field<never>[]; operation?: { name: string }; form?: unknown }>>;

const root = join(import.meta.dirname, "../..");
const backend = join(root, "../backend/apps/cockpit");
const flat = (texts: Texts, path = ""): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`)));
const read = (file: string) => JSON.parse(readFileSync(join(root, "src/apps", file), "utf8")) as Texts;
const languages = ["zh-CN", "en"].map((language) => [language, new Map(flat(read(`cockpit/locales/${language}.json`)))] as const);
const module = (path: string) => readFileSync(join(backend, path), "utf8");
const server = readdirSync(backend, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".py")).map(module).join("\n");

/** cockpitSceneStates → sceneState; cockpitBetters → better */
const groupOf = (list: string) => list.slice(7, 8).toLowerCase() + list.slice(8).replace(/ies$/, "y").replace(/([a-z])s$/, "$1").replace(/Fors$/, "For");
const lists = Object.entries(schema).filter(([name, values]) => name.startsWith("cockpit") && Array.isArray(values)) as [string, readonly string[]][];
const kinds: readonly [string, string, Looks][] = [
  ["scene", "SCENE_ACTIONS", sceneLooks as Looks], ["meeting", "MEETING_ACTIONS", meetingLooks as Looks], ["task", "TASK_ACTIONS", taskLooks as Looks],
  ["problem", "PROBLEM_ACTIONS", problemLooks as Looks], ["hazard", "HAZARD_ACTIONS", hazardLooks as Looks],
];
/** Tags of events, wherever a command writes one. */
const tags = [...new Set([...server.matchAll(/(?:note|move|record)\(\s*actor, (?:\w+, )?(?:"\w+", )?"(?:cockpit:)?([a-z]+:[a-z_]+)"/g)].map((match) => match[1] ?? ""))];
/** Kinds the server tells somebody. */
const told = [...new Set([...server.matchAll(/(?:tell|tell_officers)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?"([a-z_]+\.[a-z_]+)"/g)].map((match) => match[1] ?? ""))];

describe.each(languages)("words in %s", (_language, texts) => {
  const missing = (keys: readonly string[]) => keys.filter((key) => !texts.has(key));

  it("exist for every value of the schema's lists", () => {
    expect(lists.length).toBeGreaterThan(18);
    expect(missing(lists.flatMap(([list, values]) => values.map((value) => `cockpit.word.${groupOf(list)}.${value}`)))).toEqual([]);
    expect(missing(schema.cockpitWorkStates.map((value) => `cockpit.word.taskState.${value}`))).toEqual([]);
  });

  it.each(kinds)("name every action of a %s, every field of its form, and its answers", (kind, list, looks) => {
    const offered = [...(module("access.py").split(`${list} = _named(`)[1]?.split("\n)")[0] ?? "").matchAll(/_may\(\w+, "([a-z_]+)"/g)].map((match) => match[1]);
    expect(offered.length).toBeGreaterThan(2);
    expect(Object.keys(looks).sort()).toEqual([...offered].sort());
    const all: Looks = kind === "scene" ? { ...looks, ...(workLooks as Looks) } : looks;
    expect(missing(Object.keys(all).map((name) => `cockpit.${kind}.action.${name}`))).toEqual([]);
    expect(missing(Object.entries(all).filter(([, look]) => look.operation || look.form).map(([name]) => `cockpit.${kind}.actionHint.${name}`))).toEqual([]);
    const fields = Object.entries(all).flatMap(([name, look]) => (look.fields ?? []).map((field) => [name, field] as const));
    expect(fields.filter(([name, { name: field }]) => !texts.has(`cockpit.${kind}.field.${field}`) && !texts.has(`cockpit.${kind}.label.${name}.${field}`))).toEqual([]);
    expect(missing(fields.filter(([, field]) => field.kind === "verdict").flatMap(([, { name }]) => ["yes", "no"].map((word) => `cockpit.${kind}.verdict.${name}.${word}`)))).toEqual([]);
    expect(Object.values(all).filter((look) => look.operation && !commands.has(look.operation.name))).toEqual([]);
  });

  it("name everything that can be made, with every field", () => {
    for (const [what, { fields, operation }] of Object.entries(creatings)) {
      expect(missing(["title", "intro", "next", "send"].map((name) => `cockpit.new.${what}.${name}`))).toEqual([]);
      expect(missing(fields.map(({ name }) => `cockpit.new.${what}.field.${name}`))).toEqual([]);
      expect(commands.has(operation.name)).toBe(true);
    }
  });

  it("name every command that may wait, every limit and every event", () => {
    expect(missing([...commands].map((operation) => `cockpit.command.${operation}`))).toEqual([]);
    const rules = [...module("tasks.py").matchAll(/"([a-z_]+)": (?:ActionItem|Problem|Hazard|Meeting|Scene)\b/g)].map((match) => match[1] ?? "");
    expect(rules.length).toBeGreaterThan(8);
    expect(missing(rules.map((rule) => `cockpit.word.rule.${rule}`))).toEqual([]);
    expect(tags.length).toBeGreaterThan(35);
    expect(missing(tags.map((tag) => `cockpit.word.event.${tag.replace(":", ".")}`))).toEqual([]);
  });
});

it("every mutation of the cockpit has a command on the phone", () => {
  const server = [...module("graphql/mutation.py").matchAll(/^ {4}([a-z_]+) = _command/gm)].map((match) => (match[1] ?? "").replace(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase()));
  expect([...commands].sort()).toEqual(server.sort());
});

describe("messages", () => {
  it("have words in the inbox and on a locked screen, for every kind the server sends", () => {
    expect(told.length).toBeGreaterThan(15);
    for (const [language, texts] of languages) {
      expect(told.filter((kind) => !texts.has(`notification.cockpit.${kind}`))).toEqual([]);
      const push = read(`cockpit/push/${language}.json`) as unknown as { kinds: Record<string, string> };
      expect(Object.keys(push.kinds).sort()).toEqual([...told].sort());
    }
  });

  it("tell a bystander nothing", () => {
    for (const kind of told) {
      for (const language of ["zh-CN", "en"]) {
        const { title, body } = noticeOf({ kind: `cockpit.${kind}`, code: "331024-H26-ABCDE", matter: "m1" }, language);
        expect(`${title}${body}`, kind).not.toMatch(/331024|隐患|难点|会商|任务|专班|hazard|problem|meeting|task|scene/i);
      }
    }
  });

  it("lead to what they are about", () => {
    expect(cockpit.matterPath("m", "cockpit.action.assigned", null)).toBe("/cockpit/tasks/m");
    expect(cockpit.matterPath("m", "cockpit.hazard.found", null)).toBe("/cockpit/hazards/m");
    expect(cockpit.matterPath("m", "cockpit.plan.late", null)).toBe("/cockpit/scenes/m");
    expect(cockpit.matterPath("m", "cockpit.clock.mark", { rule: "answer_problem", mark: 80 })).toBe("/cockpit/problems/m");
    expect(cockpit.matterPath("m", "cockpit.clock.mark", { rule: "meeting", mark: 100 })).toBe("/cockpit/meetings/m");
    expect(cockpit.matterPath("m", "cockpit.item.corrected", { of: "action" })).toBe("/cockpit/tasks/m");
    expect(cockpit.matterPath("m", "cockpit.nothing.known", null)).toBe("/cockpit/programme");
  });
});
