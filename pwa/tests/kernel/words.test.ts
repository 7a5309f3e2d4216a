import { beforeEach, describe, expect, it } from "vitest";
import type { ClockDetail } from "@/generated/kernel";
import { TransportError, UnreachableError } from "@/kernel/graphql/errors";
import WhyDate from "@/kernel/deadlines/WhyDate.vue";
import { useLanguage } from "@/kernel/i18n";
import { useFormat } from "@/kernel/i18n/format";
import DeadlineBadge from "@/kernel/ui/DeadlineBadge.vue";
import { errorsFor, useProblems } from "@/kernel/ui/problems";
import { prepare, show, within } from "../support/components";

beforeEach(prepare);

describe("dates", () => {
  it("are days of China, wherever the phone is", () => {
    const { date, moment } = within(useFormat);
    expect(moment("2026-07-05T16:30:00Z")).toBe("2026年7月6日 00:30");
    expect(date("2026-07-06")).toBe("2026年7月6日");
  });

  it("are told by the largest unit that is full, towards the past and the future", async () => {
    const now = Date.parse("2026-07-06T00:00:00Z");
    const { relative } = within(useFormat);
    const words = [-30_000, -61_000, -3_599_000, 7_200_000, 86_400_000, -172_800_000].map((distance) => relative(now + distance, now));
    expect(words).toEqual(["此刻", "1分钟前", "59分钟前", "2小时后", "明天", "前天"]);
    await useLanguage("en");
    expect(relative(now + 3 * 86_400_000, now)).toBe("in 3 days");
  });
});

describe("problems", () => {
  it("have words by code, in the language in use, and the code itself when there are none", async () => {
    const { describe: tell } = within(useProblems);
    expect(tell(new TransportError("NOT_PERMITTED", 403, "r-7"))).toEqual({ text: "您现在的身份不能做这一步。", requestId: "r-7" });
    expect(tell(new TransportError("SOMETHING_NEW", 418, undefined)).text).toContain("SOMETHING_NEW");
    await useLanguage("en");
    expect(tell(new UnreachableError("x")).text).toContain("cannot be reached");
    expect(tell(new TransportError("CODE_WRONG", 400, undefined)).text).toContain("The code is wrong");
  });

  it("are found by field, with those of its parts", () => {
    const errors = ["input.parties.0.phone", "parties", "input.party", null].map((field) => ({ code: "INVALID", field, data: null }));
    expect(errorsFor(errors, "parties").map((error) => error.field)).toEqual(["input.parties.0.phone", "parties"]);
  });
});

describe("deadlines", () => {
  const clock: ClockDetail = {
    id: "c",
    rule: "accept",
    startedAt: "2026-01-05T01:00:00Z",
    dueAt: "2026-07-06T15:59:59Z",
    colour: "BLUE",
    state: "RUNNING",
    usedFraction: 0.1,
    why: [
      { code: "STARTED", data: { at: "2026-01-05T01:00:00Z", day: "2026-01-05" } },
      { code: "COUNTED", data: { length: 6, unit: "MONTH", due_at: "2026-07-05T15:59:59Z", assumed_calendar: false } },
      { code: "ROLLED", data: { from: "2026-07-05", to: "2026-07-06" } },
      { code: "SUSPENSION_OPEN", data: { cause: "APPRAISAL", from: "2026-03-01T01:00:00Z" } },
      { code: "NOT_YET_WORDED", data: {} },
    ],
    source: "行政诉讼法 46",
    assumedCalendar: true,
    extensionPending: false,
  };

  it("explain themselves step by step, and say when a calendar is assumed", () => {
    const shown = show(WhyDate, { clock });
    expect(shown.findAll("li").map((line) => line.text())).toEqual([
      "从 2026年1月5日 09:00 开始计时，当天不算。",
      "期限是 6个月，算到 2026年7月5日 23:59。",
      "2026年7月5日 是休息日，顺延到 2026年7月6日。",
      "因等待鉴定，从 2026年3月1日 09:00 起暂停计时，目前还没有恢复。",
      "NOT_YET_WORDED",
      "所以最晚是 2026年7月6日 23:59。",
    ]);
    expect(shown.text()).toContain("行政诉讼法 46");
    expect(shown.text()).toContain("暂按周一至周五");
  });

  it("say their colour in words, so that nobody needs to see it", () => {
    const overdue = { ...clock, colour: "RED" as const, dueAt: new Date(Date.now() - 3 * 86_400_000).toISOString() };
    expect(show(DeadlineBadge, { clock: overdue }).text()).toBe("已超期：3天前");
    expect(show(DeadlineBadge, { clock: { ...clock, state: "SUSPENDED" } }).text()).toBe("计时暂停");
  });
});
