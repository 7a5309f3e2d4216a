// @vitest-environment node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arrange, looks, variablesOf } from "@/apps/rehab/composables/actions";
import { commands } from "@/apps/rehab/composables/commands";
import { initialOf, inputOf } from "@/kernel/forms/fields";
import { staffActions } from "@/apps/rehab/composables/staffActions";
import type { RehabCaseDetail } from "@/generated/rehab";

type Texts = { [key: string]: string | Texts };

const app = join(import.meta.dirname, "../../src/apps/rehab");
const texts = JSON.parse(readFileSync(join(app, "locales/zh-CN.json"), "utf8")) as Texts;
const textAt = (path: string) => path.split(".").reduce<string | Texts | undefined>((at, key) => (typeof at === "object" ? at[key] : undefined), texts);

const matter = (change: Partial<RehabCaseDetail> = {}): RehabCaseDetail =>
  ({
    id: "c", code: "331024-26-AAAA", version: 3, agreement: null, chain: [], checkIns: [], enrolment: null, tests: [], leaves: [], requests: [], entries: [], assessments: [],
    objections: [], whistles: [], breaches: [], papers: [], links: [], nextTask: null, availableActions: [], ...change,
  }) as unknown as RehabCaseDetail;
const offering = (...names: string[]) => names.map((name) => ({ name, requires: [], stepUp: false }));

describe("what an officer may do next", () => {
  it("covers every action the server offers to an officer", () => {
    const access = readFileSync(join(app, "../../../../backend/apps/rehab/access.py"), "utf8");
    const names = [...access.matchAll(/_may\("(\w+)", (?!is_self,)/g)].map((match) => match[1] ?? "");
    expect(names.length).toBeGreaterThan(35);
    expect(names.filter((name) => !(name in looks))).toEqual([]);
  });

  it("never makes a big button of what weighs on the person", () => {
    const grave = ["not_reported", "note_breach", "report_serious_breach", "find_relapse", "suspend", "order_isolation", "terminate"];
    expect(arrange(matter({ availableActions: offering(...grave), tests: [{ id: "t", result: "LAB_POSITIVE" }] as RehabCaseDetail["tests"] })).steps).toEqual([]);
  });

  it("offers a decision only while there is something to decide", () => {
    const availableActions = offering("decide_leave", "confirm_points", "decide_band");
    expect(arrange(matter({ availableActions })).steps).toEqual([]);
    const leave = { id: "l", state: "FILED", extendTo: null } as RehabCaseDetail["leaves"][number];
    expect(arrange(matter({ availableActions, leaves: [leave] })).steps.map((one) => one.name)).toEqual(["decide_leave"]);
    const extended = { id: "l", state: "ACKNOWLEDGED", extendTo: "2026-12-01" } as RehabCaseDetail["leaves"][number];
    expect(arrange(matter({ availableActions, leaves: [extended] })).steps).toHaveLength(1);
  });

  it("has words for every action, field and command", () => {
    const missing = Object.entries(staffActions).flatMap(([name, look]) => [
      ...(typeof textAt(`rehab.action.${name}`) === "string" ? [] : [name]),
      ...(look.fields ?? []).filter((field) => field.kind !== "fixed" && !textAt(`rehab.label.${name}.${field.name}`) && !textAt(`rehab.field.${field.name}`)).map((field) => `${name}.${field.name}`),
      ...(look.fields ?? []).filter((field) => field.kind === "verdict" && !textAt(`rehab.verdict.${field.name}.yes`)).map((field) => `${name}.${field.name}`),
      ...(look.operation && !(commands.has(look.operation.name) && textAt(`rehab.command.${look.operation.name}`)) ? [look.operation.name] : []),
    ]);
    expect(missing).toEqual([]);
  });
});

describe("what a form sends", () => {
  const send = (name: string, values: Record<string, string | string[]>, on = matter()) => {
    const look = looks[name];
    if (!look) throw new Error(name);
    return variablesOf(look, inputOf(look.fields ?? [], values), on, { id: "c", version: 3 });
  };

  it("puts both lists of the agreement into one, in order, with the version", () => {
    expect(send("draft_agreement", { agreed: ["每周联系", " "], own: ["按时回家"], testPlan: "每月一次", help: "介绍工作" })).toEqual({
      input: { id: "c", version: 3, testPlan: "每月一次", help: "介绍工作", measures: [{ kind: "AGREED", text: "每周联系" }, { kind: "SELF", text: "按时回家" }] },
    });
  });

  it("starts a new draft from the agreement there is", () => {
    const agreement = { measures: [{ kind: "AGREED", text: "每周联系" }], testPlan: "每月一次", help: "介绍工作" } as RehabCaseDetail["agreement"];
    const initial = (staffActions["draft_agreement"]?.fields ?? []).map((field) => initialOf(field, matter({ agreement })));
    expect(initial).toEqual([["每周联系"], [""], "每月一次", "介绍工作"]);
  });

  it("sends a verdict as yes or no and a number as a number", () => {
    expect(send("decide_leave", { leaveId: "l", grant: "false", note: "请改期" })).toEqual({ input: { leaveId: "l", grant: false, note: "请改期" } });
    expect(send("demand_check_in", { reason: "昨天没有联系上", hours: "6" })).toEqual({ input: { id: "c", reason: "昨天没有联系上", hours: 6 } });
  });

  it("has no sample to name when a test was refused", () => {
    const input = send("record_test", { kind: "URINE", result: "REFUSED", place: "服务站", witness: "王五" })["input"];
    expect(input).toMatchObject({ sampleA: "", sampleB: "", result: "REFUSED" });
  });

  it("takes the proposal and the enrolment that wait without asking for them", () => {
    const waiting = matter({ assessments: [{ id: "p", state: "PROPOSED" }] as RehabCaseDetail["assessments"], enrolment: { id: "e" } as RehabCaseDetail["enrolment"] });
    expect([staffActions["decide_band"], staffActions["confirm_face"]].map((look) => look?.fields?.[0] && initialOf(look.fields[0], waiting))).toEqual(["p", "e"]);
  });
});
