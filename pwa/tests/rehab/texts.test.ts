import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rehab } from "@/apps/rehab";
import { looks } from "@/apps/rehab/composables/actions";
import { commands, personCommands } from "@/apps/rehab/composables/commands";
import * as schema from "@/generated/schema";

type Texts = { [key: string]: string | Texts };

const flat = (texts: Texts, path = ""): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`)));
/** Read as files: the build compiles what is imported. */
const read = (language: string) => new Map(flat(JSON.parse(readFileSync(join(__dirname, `../../src/apps/rehab/locales/${language}.json`), "utf8")) as Texts));
const chinese = read("zh-CN");
const english = read("en");

/** rehabCaseStates → caseState */
const groupOf = (list: string) => list.slice(5, 6).toLowerCase() + list.slice(6).replace(/s$/, "").replace(/Causes?$/, "Cause");
const lists = Object.entries(schema).filter(([name, values]) => name.startsWith("rehab") && Array.isArray(values)) as [string, readonly string[]][];

describe("texts", () => {
  it("exist for every value of the schema's lists", () => {
    expect(lists.length).toBeGreaterThan(25);
    const wanted = lists.flatMap(([list, values]) => values.map((value) => `rehab.word.${groupOf(list)}.${value}`));
    expect(wanted.filter((key) => !chinese.has(key))).toEqual([]);
  });

  it("name every action, and every field of its form", () => {
    const names = Object.keys(looks);
    expect(names.filter((name) => !chinese.has(`rehab.action.${name}`))).toEqual([]);
    const fields = Object.entries(looks).flatMap(([name, look]) => (look.fields ?? []).filter((field) => field.kind !== "fixed").map((field) => [name, field.name] as const));
    expect(fields.filter(([name, field]) => !chinese.has(`rehab.field.${field}`) && !chinese.has(`rehab.label.${name}.${field}`))).toEqual([]);
  });

  it("name every command that may wait in the outbox", () => {
    const labels = [...commands].map((operation) => rehab.commandLabel(operation));
    expect(labels.filter((key) => !key || !chinese.has(key))).toEqual([]);
    expect(rehab.commandLabel("Unknown")).toBeUndefined();
  });
});

/** Where somebody may look over the shoulder. */
const inTheOpen = (key: string) => /^(rehab\.(home|pass)\.|notification\.)/.test(key) || personCommands.some((operation) => key === `rehab.command.${operation}`);

it("say nothing where others may look on", () => {
  const words = /毒|尿|吸食|复吸|管控|警|drug|urine|relapse|supervis|police|treatment|narcotic/i;
  for (const texts of [chinese, english]) {
    const shown = [...texts].filter(([key]) => inTheOpen(key));
    expect(shown.length).toBeGreaterThan(60);
    expect(shown.filter(([, text]) => words.test(text))).toEqual([]);
  }
});

it("notifications lead to the paper to sign, or to the reader's page of the matter", () => {
  expect(rehab.matterPath("c1", "rehab.agreement.to_sign", { paper: "p1" })).toBe("/care/papers/p1");
  expect(rehab.matterPath("c1", "rehab.task.opened", { task: "CHECK_IN" })).toBe("/care/matters/c1");
});
