import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mediation } from "@/apps/mediation";
import { commands } from "@/apps/mediation/composables/commands";
import * as schema from "@/generated/schema";

type Texts = { [key: string]: string | Texts };

const flat = (texts: Texts, path = ""): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) => (typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`)));

const source = join(__dirname, "../../src/apps/mediation");
/** Read as files: the build compiles what is imported. */
const read = (language: string) => new Map(flat(JSON.parse(readFileSync(join(source, `locales/${language}.json`), "utf8")) as Texts));
const chinese = read("zh-CN");
const english = read("en");
const sources = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((path) => /\.(vue|ts)$/.test(path)).map((path) => readFileSync(join(source, path), "utf8"));

describe("texts", () => {
  it("exist in both languages, with the same values to fill in", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    const slots = (text = "") => [...text.matchAll(/\{\w+\}/g)].map(([slot]) => slot).sort();
    for (const [key, text] of chinese) expect(slots(english.get(key)), key).toEqual(slots(text));
  });

  it("exist for every key the pages name", () => {
    const used = sources.flatMap((text) => [...text.matchAll(/["'`](mediation(?:\.\w+){1,3})["'`]/g)].map(([, key]) => key ?? ""));
    const keys = used.filter((key) => /^mediation\.[a-z]/.test(key) && !/^mediation\.(report|briefings|tasks)$/.test(key));
    expect(keys.filter((key) => !chinese.has(key))).toEqual([]);
  });

  it("exist for every value of the schema's lists", () => {
    const groups = {
      state: schema.disputeStates, category: schema.disputeCategories, severity: schema.severities, level: schema.handlingLevels, route: schema.routes,
      channel: schema.channels, reporterMode: schema.reporterModes, side: schema.partySides, closeType: schema.closeTypes, force: schema.forces,
      rating: schema.ratingScales, signalState: schema.signalStates, colour: schema.clockColours,
    };
    const wanted = Object.entries(groups).flatMap(([group, values]) => values.map((value) => `mediation.${group}.${value}`));
    expect(wanted.filter((key) => !chinese.has(key))).toEqual([]);
  });

  it("name every command that may wait in the outbox", () => {
    const labels = [...commands].map((operation) => mediation.commandLabel(operation));
    expect(labels.filter((key) => !key || !chinese.has(key))).toEqual([]);
    expect(mediation.commandLabel("Unknown")).toBeUndefined();
  });
});

describe("notifications", () => {
  it("lead to the paper to sign, to the warning, or to the matter", () => {
    expect(mediation.matterPath("d1", "mediation.paper.to_sign", { paper: "p1" })).toBe("/disputes/papers/p1");
    expect(mediation.matterPath("d1", "mediation.signal.raised", {})).toBe("/five-rings/signals");
    expect(mediation.matterPath("d1", "mediation.dispute.assigned", null)).toBe("/disputes/d1");
  });
});
