// @vitest-environment node
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");
const areas = ["kernel", "shell", ...readdirSync(join(source, "apps")).map((app) => `apps/${app}`)].filter((area) => existsSync(join(source, area, "locales/zh-CN.json")));

type Texts = { [key: string]: string | Texts };

function keysOf(texts: Texts, prefix = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) => (typeof value === "string" ? [prefix + key] : keysOf(value, `${prefix}${key}.`)));
}

const read = (area: string, language: string) => JSON.parse(readFileSync(join(source, area, `locales/${language}.json`), "utf8")) as Texts;

function codeOf(area: string): string {
  const files = readdirSync(join(source, area), { recursive: true, encoding: "utf8" }).filter((path) => /\.(ts|vue)$/.test(path));
  return files.map((path) => readFileSync(join(source, area, path), "utf8")).join("\n");
}

/** Quoted words (not attribute expressions) that begin with the name of a group of texts: t("a.b"), label: "a.b"; of `a.${x}` the prefix. */
function usedKeys(code: string, groups: readonly string[]) {
  const group = groups.map((name) => name.replace(/[^\w]/g, "\\$&")).join("|");
  const whole = [...code.matchAll(new RegExp(`(?<!=)["'\`]((?:${group})(?:\\.(?!png\\b)[\\w-]+)+)["'\`]`, "g"))].map((match) => match[1] as string);
  const prefix = `\`((?:${group})\\.(?:[\\w-]+\\.)*)\\$\\{`;
  const prefixes = [...code.matchAll(new RegExp(prefix, "g"))].map((match) => match[1] as string);
  const asked = [...code.matchAll(new RegExp(`\\bte?\\(${prefix}`, "g"))].map((match) => match[1] as string);
  return { whole, prefixes, asked };
}

const kernel = keysOf(read("kernel", "zh-CN"));

describe.each(areas)("texts of %s", (area) => {
  const texts = read(area, "zh-CN");
  const own = keysOf(texts);
  const used = usedKeys(codeOf(area), [...Object.keys(read("kernel", "zh-CN")), ...Object.keys(texts)]);
  const known = [...kernel, ...own];

  it("has the same keys in both languages", () => {
    expect(keysOf(read(area, "en")).sort()).toEqual([...own].sort());
  });

  it("has no empty text, and the same placeholders in both languages", () => {
    const english = new Map(placeholders(read(area, "en")));
    for (const [key, names] of placeholders(texts)) expect([key, english.get(key)]).toEqual([key, names]);
  });

  it("has every text that the code asks for", () => {
    // A word that names a whole group is not a text: the kind of a draft, the key of a kept read.
    expect(used.whole.filter((key) => !known.includes(key) && !known.some((other) => other.startsWith(`${key}.`)))).toEqual([]);
    expect(used.asked.filter((prefix) => !known.some((key) => key.startsWith(prefix)))).toEqual([]);
  });
});

function placeholders(texts: Texts, prefix = ""): [string, string[]][] {
  return Object.entries(texts).flatMap(([key, value]): [string, string[]][] => {
    if (typeof value !== "string") return placeholders(value, `${prefix}${key}.`);
    expect(value.trim(), prefix + key).not.toBe("");
    return [[prefix + key, [...new Set([...value.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string))].sort()]];
  });
}

it("every text of the kernel and the shell is used", () => {
  const code = ["kernel", "shell", ...areas.slice(2)].map(codeOf).join("\n");
  for (const area of ["kernel", "shell"]) {
    const texts = read(area, "zh-CN");
    const { whole, prefixes } = usedKeys(code, Object.keys(texts));
    const unused = keysOf(texts).filter((key) => !whole.includes(key) && !prefixes.some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  }
});

it("every role of the server has a name", () => {
  const roles = readFileSync(join(source, "../../backend/kernel/access/roles.py"), "utf8");
  const names = [...roles.matchAll(/^ {4}([A-Z_]+) = "/gm)].map((match) => `role.${match[1] ?? ""}`);
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !kernel.includes(name))).toEqual([]);
});

/** Codes of refusals, wherever the server's code makes one: of its kinds, of a check, of a plain HTTP answer. */
function refusalsOf(folder: string): string[] {
  const modules = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".py"));
  const code = modules.map((path) => readFileSync(join(folder, path), "utf8")).join("\n");
  const made = new RegExp(`\\b(?:${kinds.join("|")}|super\\(\\)\\.__init__|refuse|GraphQLError)\\(\\s*"([A-Z][A-Z_]{3,})"`, "g");
  const found = [...code.matchAll(made), ...code.matchAll(/\{"code": "([A-Z][A-Z_]{3,})"/g)];
  return [...new Set(found.map((match) => `error.${match[1] ?? ""}`))];
}

const backend = join(source, "../../backend");
const kernelCode = readdirSync(join(backend, "kernel"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".py"))
  .map((path) => readFileSync(join(backend, "kernel", path), "utf8"))
  .join("\n");
const kinds = ["Refusal", ...[...kernelCode.matchAll(/^class (\w+)\((?:Refusal|TransitionError)\)/gm)].map((match) => match[1] ?? "")];

it("every refusal of the server's kernel has words", () => {
  const refusals = refusalsOf(join(backend, "kernel"));
  expect(refusals.length).toBeGreaterThan(40);
  expect(refusals.filter((name) => !kernel.includes(name))).toEqual([]);
});

it.each(readdirSync(join(source, "apps")))("every refusal of the server's application %s has words", (app) => {
  const refusals = refusalsOf(join(backend, "apps", app));
  expect(refusals).not.toEqual([]);
  const known = [...kernel, ...keysOf(read(`apps/${app}`, "zh-CN"))];
  expect(refusals.filter((name) => !known.includes(name))).toEqual([]);
});
