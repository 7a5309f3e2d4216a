// @vitest-environment node
import { describe, expect, it } from "vitest";
import { fromQuery, isPlain, noFilters, toQuery, toVariables, toggled } from "@/apps/rehab/composables/caseFilters";
import { chainOf, lateness } from "@/apps/rehab/composables/chain";
import { likenessOf, quickNotes, sentLater } from "@/apps/rehab/composables/review";
import { byDay, pathOf, urgencyOf } from "@/apps/rehab/composables/today";
import { isEnough, reasonText } from "@/apps/rehab/composables/verifyReason";
import type { RehabLinkCard, RehabReviewCard, RehabTaskCard } from "@/generated/rehab";

const task = (change: Partial<RehabTaskCard>): RehabTaskCard => ({
  id: "t", caseId: "c", caseCode: "331024-26-AAAA", kind: "HOME_VISIT", link: "POLICE", assignee: "李警官", source: "SCHEDULE", opensAt: "2026-11-18T01:00:00Z",
  dueAt: "2026-11-20T10:00:00Z", why: {}, state: "OPEN", doneAt: null, late: false, excuse: null, isMine: true, personName: "测试丁四", placeText: null, record: null, ...change,
});
const link = (change: Partial<RehabLinkCard>): RehabLinkCard => ({ id: "l", kind: "POLICE", name: "李警官", agencyName: "城关派出所", phone: null, hasSignedIn: true, ...change });
const checkIn = (change: Partial<RehabReviewCard>) =>
  ({ id: "k", wantsHelp: false, receivedAt: "2026-11-20T01:00:00Z", capturedAt: "2026-11-20T01:00:00Z", outcome: null, ...change }) as RehabReviewCard;

describe("the chain of responsibility", () => {
  it("goes from the person to the office, with the longest overdue first, and leaves out links that have nothing", () => {
    const tasks = [
      task({ id: "late", state: "MISSED", dueAt: "2026-11-10T10:00:00Z" }),
      task({ id: "later", state: "MISSED", dueAt: "2026-11-08T10:00:00Z" }),
      task({ id: "own", link: "PERSON", kind: "CHECK_IN" }),
      task({ id: "done", link: "GRID", state: "DONE" }),
    ];
    const chain = chainOf([link({})], tasks);
    expect(chain.map((one) => one.kind)).toEqual(["PERSON", "POLICE"]);
    expect(chain[1]?.missed.map((one) => one.id)).toEqual(["later", "late"]);
    expect(chain[0]?.open.map((one) => one.id)).toEqual(["own"]);
  });

  it("says how late in hours on the first day, then in whole days", () => {
    const due = "2026-11-20T00:00:00Z";
    expect(lateness(due, Date.parse("2026-11-20T00:10:00Z"))).toEqual({ unit: "hours", n: 1 });
    expect(lateness(due, Date.parse("2026-11-20T23:00:00Z"))).toEqual({ unit: "hours", n: 23 });
    expect(lateness(due, Date.parse("2026-11-23T05:00:00Z"))).toEqual({ unit: "days", n: 3 });
  });
});

describe("my duties", () => {
  it("stand under their day in China's time, what was missed on top", () => {
    const days = byDay([task({ id: "b", dueAt: "2026-11-20T15:59:00Z" }), task({ id: "c", dueAt: "2026-11-20T16:30:00Z" }), task({ id: "a", dueAt: "2026-11-18T10:00:00Z", state: "MISSED" })], "2026-11-20");
    expect(days.map((day) => [day.day, day.late, day.tasks.map((one) => one.id)])).toEqual([["2026-11-18", true, ["a"]], ["2026-11-20", false, ["b"]], ["2026-11-21", false, ["c"]]]);
  });

  it("are red once over, yellow within a day, blue before", () => {
    const now = Date.parse("2026-11-20T00:00:00Z");
    expect([task({ dueAt: "2026-11-19T00:00:00Z" }), task({ dueAt: "2026-11-20T12:00:00Z" }), task({ dueAt: "2026-11-25T00:00:00Z" })].map((one) => urgencyOf(one, now))).toEqual(["RED", "YELLOW", "BLUE"]);
  });

  it("lead to the record, or to the case where a test or decision ends them", () => {
    expect(pathOf(task({ kind: "TALK" }))).toBe("/care/tasks/t");
    expect(pathOf(task({ kind: "URINE_TEST" }))).toBe("/care/cases/c");
    expect(pathOf(task({ kind: "REVIEW_BAND" }))).toBe("/care/cases/c");
  });
});

describe("the review queue", () => {
  it("offers no note about a picture where there is none", () => {
    expect(quickNotes(true, false)).toEqual(["byPhone", "inPerson"]);
    expect(quickNotes(true, true)).toContain("same");
    expect(quickNotes(false, false)).not.toContain("unclear");
  });

  it("says a word about the engine only where it compared, and about the arrival only when it came later", () => {
    expect(["MATCH", "UNSURE", "MISMATCH", "NOT_LIVE", null].map((outcome) => likenessOf(checkIn({ outcome })))).toEqual(["alike", "unsure", "different", "none", "none"]);
    expect(sentLater(checkIn({ receivedAt: "2026-11-20T01:04:59Z" }))).toBe(0);
    expect(sentLater(checkIn({ receivedAt: "2026-11-20T03:30:00Z" }))).toBe(150);
  });
});

describe("the filters of the caseload", () => {
  it("live in the address and come back from it; unknown values are left out", () => {
    const filters = { ...noFilters(), search: " 丁四 ", bands: ["A" as const, "C2" as const], missed: true };
    expect(toQuery(filters)).toEqual({ search: "丁四", bands: "A,C2", missed: "1" });
    expect(fromQuery({ ...toQuery(filters), states: "IN_PROGRESS,LEVITATING" })).toEqual({ ...filters, search: "丁四", states: ["IN_PROGRESS"] });
    expect(isPlain(noFilters())).toBe(true);
  });

  it("ask for running cases unless the ended ones are wanted", () => {
    expect(toVariables(noFilters())).toEqual({ open: true });
    expect(toVariables({ ...noFilters(), ended: true, missed: true, toReview: true, states: ["EXITED"] })).toEqual({ open: false, overdue: true, toReview: true, states: ["EXITED"] });
    expect(toggled(["A", "B"], "A")).toEqual(["B"]);
  });
});

describe("the reason for a look at the pass", () => {
  it("is the ground and the officer's own words; 'other' needs words", () => {
    expect(reasonText("stop", "现场盘查", " 夜间巡逻 ")).toBe("现场盘查：夜间巡逻");
    expect(reasonText("check", "例行检查", "")).toBe("例行检查");
    expect(isEnough(reasonText("other", "其他", "  "))).toBe(false);
    expect(reasonText("stop", "现场盘查", "长".repeat(400)).length).toBe(300);
  });
});
