// @vitest-environment node
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as schema from "@/generated/schema";
import { looks } from "@/apps/reunion/composables/actions";
import { commands } from "@/apps/reunion/composables/commands";
import { comparedFields, fieldVerdicts } from "@/apps/reunion/composables/comparison";
import { dialectWord, dialects, noFacts } from "@/apps/reunion/composables/factsForm";
import { phases, way } from "@/apps/reunion/composables/family";
import { noticeOf } from "@/service-worker/pushWords";

type Texts = { [key: string]: string | Texts };

const root = join(import.meta.dirname, "../..");
const backend = join(root, "../backend");
const flat = (texts: Texts, path = ""): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`)));
const read = (file: string) => JSON.parse(readFileSync(join(root, "src/apps/reunion", file), "utf8")) as Texts;
const languages = ["zh-CN", "en"].map((language) => [language, new Map(flat(read(`locales/${language}.json`)))] as const);
const chinese = new Map(flat(read("locales/zh-CN.json")));
const kernelWords = new Map(flat(JSON.parse(readFileSync(join(root, "src/kernel/locales/zh-CN.json"), "utf8")) as Texts));

const module = (path: string) => readFileSync(join(backend, path), "utf8");
/** Values of one enum in a module of the server. */
const valuesOf = (path: string, name: string) => [...(module(path).split(`class ${name}(StrEnum):`)[1]?.split(/\nclass |\n@|\n#|\n_|\n[A-Z]/)[0] ?? "").matchAll(/^ {4}[A-Z_]+ = "([A-Z_]+)"/gm)].map((match) => match[1] ?? "");
const code = (folder: string): string =>
  readdirSync(join(backend, folder), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".py")).map((path) => module(`${folder}/${path}`)).join("\n");
const server = code("apps/reunion");

/** reunionCaseStates → caseState; reunionSexes → sex */
const groupOf = (list: string) => (list === "reunionSexes" ? "sex" : list.slice(7, 8).toLowerCase() + list.slice(8).replace(/s$/, ""));
const lists = Object.entries(schema).filter(([name, values]) => name.startsWith("reunion") && Array.isArray(values)) as [string, readonly string[]][];

describe.each(languages)("words in %s", (_language, texts) => {
  const missing = (keys: readonly string[]) => keys.filter((key) => !texts.has(key));

  it("exist for every value of the schema's lists", () => {
    expect(lists.length).toBeGreaterThan(12);
    expect(missing(lists.flatMap(([list, values]) => values.map((value) => `reunion.word.${groupOf(list)}.${value}`)))).toEqual([]);
  });

  it("exist for every field, verdict and reason of a comparison", () => {
    const reasons = [...valuesOf("apps/reunion/comparing.py", "Why"), ...valuesOf("apps/reunion/names.py", "NameCode")];
    expect(reasons.length).toBeGreaterThan(28);
    expect(valuesOf("apps/reunion/comparing.py", "Field")).toEqual([...comparedFields]);
    expect(valuesOf("apps/reunion/comparing.py", "FieldVerdict")).toEqual([...fieldVerdicts]);
    expect(missing(reasons.map((one) => `reunion.why.${one}`))).toEqual([]);
    expect(missing([...comparedFields.map((one) => `comparedField.${one}`), ...fieldVerdicts.map((one) => `fieldVerdict.${one}`)].map((key) => `reunion.word.${key}`))).toEqual([]);
    expect(missing(valuesOf("apps/reunion/ranking.py", "Caution").map((one) => `reunion.word.caution.${one}`))).toEqual([]);
  });

  it("say what is wrong with a vague text, each with an example", () => {
    const known = [...valuesOf("apps/reunion/wording.py", "ProblemCode")];
    expect(known.length).toBeGreaterThan(10);
    const own = known.filter((one) => one !== "TOO_LONG");
    expect(kernelWords.has("error.TOO_LONG")).toBe(true);
    expect(own.filter((one) => !/例|[Ee]\.g\./.test(texts.get(`error.${one}`) ?? ""))).toEqual([]);
  });

  it("say what is wrong with a photograph, and what to do", () => {
    const problems = valuesOf("kernel/faces/codes.py", "FaceProblem");
    expect(problems.length).toBeGreaterThan(6);
    expect(missing([...problems.flatMap((one) => [`pictureProblem.${one}`, `usedProblem.${one}`]), "pictureProblem.CORRUPT"].map((key) => `reunion.word.${key}`))).toEqual([]);
  });

  it("name every action, every field of its form, and every command that may wait", () => {
    const access = module("apps/reunion/access.py");
    expect([...access.matchAll(/\w+\("([a-z_]+)", P\./g)].map((match) => match[1]).sort()).toEqual(Object.keys(looks).sort());
    expect(missing(Object.keys(looks).map((name) => `reunion.action.${name}`))).toEqual([]);
    const fields = Object.entries(looks).flatMap(([name, look]) => (look.fields ?? []).filter((field) => field.kind !== "fixed").map((field) => [name, field.name] as const));
    expect(fields.filter(([name, field]) => !texts.has(`reunion.field.${field}`) && !texts.has(`reunion.label.${name}.${field}`))).toEqual([]);
    expect(missing([...commands].map((operation) => `reunion.command.${operation}`))).toEqual([]);
    expect(missing(Object.keys(noFacts()).map((name) => `reunion.field.${name}`))).toEqual([]);
  });

  it("name every event and every limit", () => {
    const tags = [...server.matchAll(/"(?:reunion:)?((?:alarm|assist|basis|candidate|case|clock|contact|facts|follow_up|guardian|identity|picture|proof|quick_check|record|reporter|return|search|verification):[a-z_]+)"/g)];
    const events = [...new Set(tags.map((match) => (match[1] ?? "").replace(":", ".")))].filter((tag) => tag !== "case.read" && !/^(assist\.(ask|answer)|case\.(register|take_part|read)|search\.(approve|request)|identity\.confirm|proof\.record|return\.arrange|reporter\.reveal|candidate\.review|case\.withdraw|follow_up\.record)$/.test(tag));
    expect(events.length).toBeGreaterThan(25);
    expect(missing(events.map((tag) => `reunion.word.event.${tag}`))).toEqual([]);
    const rules = [...module("apps/reunion/rules.py").matchAll(/^ {8}"([a-z_]+)": \{"length"/gm)].map((match) => match[1] ?? "");
    expect(rules.length).toBeGreaterThan(7);
    expect(missing(rules.map((rule) => `reunion.word.rule.${rule}`))).toEqual([]);
  });

  it("tell a family how its report stands", () => {
    expect(missing([...phases.flatMap((phase) => [`heading.${phase}`, `text.${phase}`]), ...way.map((phase) => `phase.${phase}`)].map((key) => `reunion.family.${key}`))).toEqual([]);
    const tags = [...(module("apps/reunion/access.py").split("FAMILY_TAGS = frozenset(")[1] ?? "").matchAll(/"reunion:([a-z_:]+)"/g)].map((match) => (match[1] ?? "").replaceAll(":", "."));
    expect(tags.length).toBeGreaterThan(8);
    expect(missing(tags.map((tag) => `reunion.word.familyEvent.${tag}`))).toEqual([]);
  });

  it("name every way of speaking", () => {
    expect(missing(dialects.map((one) => `reunion.word.dialect.${dialectWord(one)}`))).toEqual([]);
  });
});

describe("what a family reads", () => {
  it("says nothing about candidates, leads, faces or comparisons", () => {
    for (const [language, texts] of languages) {
      const read = [...texts].filter(([key]) => /^reunion\.(family|word\.familyEvent)\./.test(key));
      expect(read.length, language).toBeGreaterThan(40);
      expect(read.filter(([, text]) => /候选|线索|比对|人脸|相似|复核|candidate|\blead\b|\bface\b|compar|alike|review/i.test(text))).toEqual([]);
    }
  });
});

/** Kinds the server tells somebody, in this application. */
const told = [...new Set([...server.matchAll(/tell\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?"([a-z_]+\.[a-z_]+)"/g)].map((match) => match[1] ?? "")), "search.approved", "search.refused", "tip.answered", "import.emergencies", "task.given", "task.accepted", "task.done", "task.verified", "task.returned", "task.refused", "task.cancelled", "assist.taken", "assist.answered", "assist.declined"];

describe("messages", () => {
  it("have words in the inbox and on a locked screen, for every kind the server sends", () => {
    expect(told.length).toBeGreaterThan(12);
    expect(told.filter((kind) => !chinese.has(`notification.reunion.${kind}`))).toEqual([]);
    for (const language of ["zh-CN", "en"]) {
      const push = read(`push/${language}.json`) as unknown as { kinds: Record<string, string> };
      expect(told.filter((kind) => !(kind in push.kinds))).toEqual([]);
      expect(Object.keys(push.kinds).filter((kind) => !told.includes(kind))).toEqual([]);
    }
  });

  it("tell a bystander nothing", () => {
    for (const kind of told) {
      for (const language of ["zh-CN", "en"]) {
        const { title, body } = noticeOf({ kind: `reunion.${kind}`, code: "331024-26-ABCDE", matter: "m1" }, language);
        expect(`${title}${body}`, kind).not.toMatch(/331024|寻亲|失踪|走失|人脸|比对|DNA|公安|警|救助|身份|missing|\bface\b|identity|compar|police|station|famil/i);
      }
    }
  });
});
