// @vitest-environment node
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noticeOf, payloadOf } from "@/service-worker/pushWords";

const source = join(import.meta.dirname, "../../src");
const backend = join(source, "../../backend/apps");
type Words = { title: string; general: string; kinds: Record<string, string> };

const read = (app: string, language: string) => JSON.parse(readFileSync(join(source, `apps/${app}/push/${language}.json`), "utf8")) as Words;
const textsOf = ({ title, general, kinds }: Words) => [title, general, ...Object.values(kinds)];
const codeOf = (app: string) =>
  readdirSync(join(backend, app), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".py"))
    .map((path) => readFileSync(join(backend, app, path), "utf8"))
    .join("\n");

/** What nobody may learn from a locked screen that lies on a table. */
const telling = /毒|瘾|尿|毛发|检测|人脸|刷脸|警|公安|监管|管控|积分|颜色|社工|drug|addict|urine|hair|\btest|face|police|supervis|treatment|rehab|points|colour|worker/i;

describe("the words of a push message", () => {
  it("come from the phone's language, by the kind the server names", () => {
    const payload = { kind: "rehab.task.last_day", code: "331024-26-ABCDEFGH", matter: "m1" };
    expect(noticeOf(payload, "zh-CN")).toEqual({ title: "我的计划", body: "您有一项安排今天到期", tag: "m1", url: "/inbox" });
    expect(noticeOf(payload, "en-GB")).toMatchObject({ title: "My plan", body: "Something is due today" });
  });

  it("are general for a kind this version does not know, of any application", () => {
    expect(noticeOf({ kind: "rehab.moon.landed", code: "", matter: "m1" }, "zh").body).toBe("有新消息，请打开查看");
    expect(noticeOf({ kind: "later.thing", code: "", matter: "" }, "zh-CN")).toMatchObject({ title: "善治", tag: "later.thing" });
  });

  it("carry no code and nothing else of the payload", () => {
    const { title, body } = noticeOf({ kind: "rehab.check_in.retake", code: "331024-26-ABCDEFGH", matter: "m1" }, "zh-CN");
    expect(`${title}${body}`).not.toContain("331024");
  });

  it.each(["zh-CN", "en"])("tell a bystander nothing (%s)", (language) => {
    for (const text of textsOf(read("rehab", language))) expect(text).not.toMatch(telling);
  });

  it.each(["mediation", "rehab"])("exist in both languages for the same kinds, which the server knows (%s)", (app) => {
    const kinds = Object.keys(read(app, "zh-CN").kinds);
    expect(Object.keys(read(app, "en").kinds).sort()).toEqual([...kinds].sort());
    const code = codeOf(app);
    const named = (kind: string) => code.includes(`"${kind}"`) || code.includes(`.${kind}"`) || (code.includes(`f"${kind.split(".")[0]}.{word}"`) && code.includes(`"${kind.split(".")[1]}"`));
    expect(kinds.filter((kind) => !named(kind))).toEqual([]);
  });
});

describe("a message that cannot be read", () => {
  it("is no payload", () => {
    for (const data of [undefined, null, "text", 7, {}, { kind: 3 }]) expect(payloadOf(data)).toBeUndefined();
    expect(payloadOf({ kind: "rehab.task.opened", matter: 4 })).toEqual({ kind: "rehab.task.opened", code: "", matter: "" });
  });
});

describe("the inbox", () => {
  const texts = JSON.parse(readFileSync(join(source, "apps/rehab/locales/zh-CN.json"), "utf8")) as { notification: { rehab: Record<string, Record<string, string>> } };

  it("has words for every kind the server sends", () => {
    const code = codeOf("rehab");
    const told = [...code.matchAll(/(?:tell|_tell_chain|notify)\((?:[^()]|\([^()]*\)|\((?:[^()]|\([^()]*\))*\))*?"((?:rehab\.)?[a-z_]+\.[a-z_]+)"/g)].map((match) => (match[1] ?? "").replace(/^rehab\./, ""));
    const worded = ["task.opened", "task.reminder", "task.last_day", "check_in.accepted", "check_in.in_review", "check_in.retake", "check_in.again"];
    const kinds = [...new Set([...told, ...worded])].map((kind) => kind.split("."));
    expect(kinds.length).toBeGreaterThan(45);
    expect(kinds.filter(([group = "", name = ""]) => !texts.notification.rehab[group]?.[name]).map((kind) => kind.join("."))).toEqual([]);
  });

  it("tells a bystander nothing", () => {
    for (const [kind, text] of Object.entries(texts.notification.rehab).flatMap(([, group]) => Object.entries(group))) expect(text, kind).not.toMatch(/毒|瘾|尿|毛发|检测|人脸|警|公安|管控/);
  });
});
