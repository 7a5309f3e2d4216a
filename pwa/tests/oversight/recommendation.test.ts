import { beforeEach, describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import oversightTexts from "@/apps/oversight/locales/zh-CN.json";
import ClockPart from "@/apps/oversight/components/recommendation/ClockPart.vue";
import RateForm from "@/apps/oversight/components/rating/RateForm.vue";
import RatingsPart from "@/apps/oversight/components/rating/RatingsPart.vue";
import { dueFirst, lawfulDelayOf } from "@/apps/oversight/composables/recommendation";
import { forms, looks } from "@/apps/oversight/composables/recommendationActions";
import { groups } from "@/apps/oversight/composables/recommendationFigures";
import { fewestRatings, forcesRework, isDissatisfied } from "@/apps/oversight/composables/rating";
import { i18n } from "@/kernel/i18n";
import { actionContext } from "@/kernel/matters/context";
import { mount } from "@vue/test-utils";
import { shallowRef } from "vue";
import { prepare, show } from "../support/components";
import { clock, offered, recommendation } from "./recommendation";

const server = (path: string) => readFileSync(join(import.meta.dirname, "../../../backend/apps/oversight", path), "utf8");
const delay = { clockId: "k1", days: 20, basis: "县政府批准文件", reason: "汛期施工受阻", state: "GRANTED", opinion: "情况属实" };

beforeEach(async () => {
  await prepare();
  i18n.global.mergeLocaleMessage("zh-CN", oversightTexts);
});

describe("a delay that was granted", () => {
  it("stands in place of how near the day is, with its ground", () => {
    const page = show(ClockPart, { matter: recommendation({ delays: [delay] }) });
    expect(page.text()).toContain("依法延期中");
    expect(page.text()).toContain("县政府批准文件");
    expect(page.text()).not.toContain("后到期");
  });

  it("is over with its day, and says nothing of another limit", () => {
    expect(lawfulDelayOf(recommendation({ delays: [delay], clocks: [clock({ colour: "RED" })] }))).toBeUndefined();
    expect(lawfulDelayOf(recommendation({ delays: [delay], clocks: [clock({ id: "k2", rule: "rework" })] }))).toBeUndefined();
    expect(lawfulDelayOf(recommendation({ delays: [{ ...delay, state: "ASKED" }] }))).toBeUndefined();
    expect(lawfulDelayOf(recommendation({ delays: [delay] }))).toEqual(delay);
  });
});

describe("the desk of an agency", () => {
  it("shows first what is due first, and last what waits for nothing", () => {
    const line = (id: string, ...clocks: ReturnType<typeof clock>[]) => ({ ...recommendation({ id }), clocks });
    const lines = [line("late", clock({ dueAt: "2027-03-01T00:00:00Z" })), line("none", clock({ rule: "objection", dueAt: "2026-12-01T00:00:00Z" })), line("soon", clock({ dueAt: "2026-12-02T00:00:00Z" }))];
    expect(dueFirst(lines).map(({ id }) => id)).toEqual(["soon", "late", "none"]);
  });
});

describe("actions", () => {
  it("are all that the server may offer", () => {
    const names = [...server("access.py").matchAll(/_may\(RECOMMENDATIONS, "([a-z_]+)"/g)].map((match) => match[1] ?? "");
    expect(names.length).toBe(12);
    expect(Object.keys(looks).filter((name) => name !== "withdraw_check").sort()).toEqual(names.sort());
  });

  it("send what their command takes along", () => {
    const matter = recommendation({ availableActions: offered("serve", "rate", "check_promise") });
    const sent = (name: string, input: Record<string, string>) => {
      const action = forms.offered(matter, name);
      return action && forms.variables(action, input, matter, matter);
    };
    expect(sent("serve", { text: "宣告送达" })).toEqual({ input: { id: "r1", version: 3, text: "宣告送达" } });
    expect(sent("rate", { words: "好" })).toEqual({ input: { id: "r1", words: "好" } });
    expect(sent("check_promise", { promiseId: "p1" })).toEqual({ input: { promiseId: "p1" } });
    expect(sent("escalate", {})).toBeUndefined();
  });
});

type Texts = { [key: string]: string | Texts };

describe.each(["zh-CN", "en"])("words in %s", (language) => {
  const texts = JSON.parse(readFileSync(join(import.meta.dirname, `../../src/apps/oversight/locales/${language}.json`), "utf8")) as Texts;
  const has = (key: string) => typeof key.split(".").reduce<Texts | string | undefined>((at, name) => (typeof at === "object" ? at[name] : undefined), texts) === "string";

  it("name every action, every field of its form and its answers", () => {
    const root = "oversight.recommendation";
    const fields = Object.entries(looks).flatMap(([name, look]) => (look.fields ?? []).map((field) => ({ name, field })));
    expect(fields.length).toBeGreaterThan(20);
    expect(Object.keys(looks).filter((name) => !has(`${root}.action.${name}`))).toEqual([]);
    expect(fields.filter(({ name, field }) => !has(`${root}.field.${field.name}`) && !has(`${root}.label.${name}.${field.name}`))).toEqual([]);
    expect(fields.filter(({ field }) => field.kind === "verdict" && !["yes", "no"].every((word) => has(`${root}.verdict.${field.name}.${word}`)))).toEqual([]);
  });

  it("name every figure of the server, with its formula", () => {
    const keys = [...server("figures.py").matchAll(/Formula\("([a-z_]+)"/g)].map((match) => match[1] ?? "");
    expect(keys.length).toBe(15);
    expect(Object.values(groups).flat().sort()).toEqual([...keys].sort());
    expect(keys.filter((key) => !has(`oversight.figures.name.${key}`) || !has(`oversight.figures.formula.${key}`))).toEqual([]);
  });
});

describe("a rating", () => {
  it("counts one and two of five as dissatisfied, as the server does", () => {
    expect(server("rules.py")).toContain("min(process, result) <= 2");
    expect(server("rules.py")).toContain(`FEWEST_RATINGS = ${fewestRatings}`);
    expect([isDissatisfied("3", "3"), isDissatisfied("5", "2"), isDissatisfied("1", "5")]).toEqual([false, true, true]);
    expect([forcesRework("5", "2", 1), forcesRework("5", "2", 2), forcesRework("5", "3", 1)]).toEqual([true, false, false]);
  });

  it("says what it forces before it is sent, and only where it does", async () => {
    const form = (round: number) => {
      const matter = recommendation({ state: "VERIFIED", round });
      const context = { base: shallowRef(matter), stepUp: false, finish: () => undefined, refresh: async () => undefined, rebase: () => undefined };
      return mount(RateForm, { props: { action: { ...looks["rate"], name: "rate", requires: [], stepUp: false } as never, matter }, global: { plugins: [i18n], provide: { [actionContext as symbol]: context } } });
    };
    const first = form(1);
    const [process, result] = ["process", "result"].map((field) => first.findAll(`input[name="field-${field}"]`));
    await process?.[3]?.setValue(true);
    await result?.[2]?.setValue(true);
    expect(first.text()).not.toContain("重新办理一次");
    await result?.[1]?.setValue(true);
    expect(first.text()).toContain("新的期限为一个月");
    expect(first.get("button.wide").text()).toBe("提交，并要求重新办理");
    const second = form(2);
    await second.findAll('input[name="field-process"]')[0]?.setValue(true);
    await second.findAll('input[name="field-result"]')[0]?.setValue(true);
    expect(second.text()).toContain("不再退回");
    expect(second.get("button.wide").text()).toBe("提交评价");
  });

  it("shows means from five on", () => {
    const rating = { id: "g1", round: 1, process: 4, result: 2, words: "又有异味", answer: null, answeredAt: null, at: "2026-11-20T00:00:00Z" };
    const part = (count: number, mean: number | null) => show(RatingsPart, { matter: recommendation({ ratings: [rating], ratingMeans: { process: mean, result: mean, count } }), offers: new Set(["answer_rating"]) }).text();
    expect(part(4, null)).toContain("满 5 份才显示");
    expect(part(5, 3.4)).toContain("3.4");
    expect(part(1, null)).toContain("答复评价");
  });
});
