import type { ClockDetail } from "@/generated/kernel";
import type { OversightRecommendationDetail } from "@/generated/oversight";

export function clock(change: Partial<ClockDetail> = {}): ClockDetail {
  return {
    id: "k1", rule: "reply", startedAt: "2026-11-01T00:00:00Z", dueAt: "2027-01-01T15:59:59Z", colour: "BLUE", state: "RUNNING", usedFraction: 0.4, why: [], source: null,
    assumedCalendar: false, extensionPending: false, ...change,
  };
}

export function recommendation(change: Partial<OversightRecommendationDetail> = {}): OversightRecommendationDetail {
  return {
    id: "r1", code: "331024-J26-ABCDE", version: 3, state: "SERVED", caseType: "PUBLIC_INTEREST", unitName: "测试行政执法局", sourceText: "人大代表反映的线索", facts: "情况属实",
    danger: "公共利益受损", demands: ["依法查处", "建立机制"], basis: "行政诉讼法", urgent: false, round: 1, objection: null, objectionResult: null, objectionOpinion: null,
    escalatedTo: null, escalationReason: null, servedAt: "2026-11-01T00:00:00Z", updatedAt: "2026-11-01T00:00:00Z", endedAt: null,
    clue: { id: "c1", code: "331024-26-ABCDE", title: "作坊直排污水", state: "CASE_FILED", parts: [{ accountId: "a1", name: "测试代表甲", kind: "AUTHOR", shielded: false }] },
    replies: [], promises: [], checks: [], ratings: [], ratingMeans: { process: null, result: null, count: 0 }, delays: [], papers: [], clocks: [clock()], availableActions: [],
    timeline: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } }, ...change,
  };
}

export const offered = (...names: string[]) => names.map((name) => ({ name, requires: [], stepUp: false }));
