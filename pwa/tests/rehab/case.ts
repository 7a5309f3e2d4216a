import type { RehabCaseDetail, RehabCheckInCard, RehabEntryCard, RehabLeaveCard, RehabTaskCard } from "@/generated/rehab";

export function task(change: Partial<RehabTaskCard> = {}): RehabTaskCard {
  return {
    id: "t1", caseId: "c1", caseCode: "331024-26-ABCDEFGH", kind: "CHECK_IN", link: "PERSON", assignee: "测试戊五", source: "SCHEDULE", opensAt: "2026-11-24T00:00:00Z",
    dueAt: "2026-11-26T15:59:59Z", why: null, state: "OPEN", doneAt: null, late: false, excuse: null, isMine: true, personName: null, placeText: null, record: null, ...change,
  };
}

export function checkIn(change: Partial<RehabCheckInCard> = {}): RehabCheckInCard {
  return {
    id: "k1", caseId: "c1", mode: "ONLINE", state: "CHECKING", capturedAt: "2026-11-25T01:00:00Z", receivedAt: "2026-11-25T01:00:01Z", placeHint: "UNKNOWN", accuracy: null,
    problem: null, attempts: 1, sentAnyway: false, reviewedAt: null, reviewNote: null, mood: null, wantsHelp: false, answers: null,
    task: { id: "t1", kind: "CHECK_IN", dueAt: "2026-11-26T15:59:59Z" }, ...change,
  };
}

export function entry(change: Partial<RehabEntryCard> = {}): RehabEntryCard {
  return {
    id: "e1", rule: "urine_negative", ruleVersion: 1, ruleText: { zh: "尿检阴性", en: "Negative" }, points: 2, factOn: "2026-10-01", cause: "按计划", evidence: [],
    sourceKind: "task", sourceId: "t1", recordedAt: "2026-10-01T01:00:00Z", recordedBySystem: false, recordedByMe: false, state: "CONFIRMED", confirmedBy: "测试禁毒办甲",
    decidedAt: "2026-10-02T01:00:00Z", counted: 2, weight: 1, counts: 2, countsUntil: "2028-10-01", whyNot: null, ...change,
  };
}

export function leave(change: Partial<RehabLeaveCard> = {}): RehabLeaveCard {
  return {
    id: "l1", fromDay: "2026-11-20", toDay: "2026-11-27", place: "杭州", reason: "看病", state: "ACKNOWLEDGED", fastLane: false, filedAt: "2026-11-18T01:00:00Z",
    decidedAt: "2026-11-19T01:00:00Z", note: null, extendTo: null, extendReason: null, returnedAt: null, paper: null, ...change,
  };
}

export const offering = (...names: string[]): RehabCaseDetail["availableActions"] => names.map((name) => ({ name, requires: [], stepUp: false }));

/** A case without anything in it; a test adds what it is about. */
export function supervision(change: Partial<RehabCaseDetail> = {}): RehabCaseDetail {
  return {
    id: "c1", code: "331024-26-ABCDEFGH", version: 4, state: "IN_PROGRESS", kind: "COMMUNITY_RECOVERY", name: "测试戊五", placeText: null, orderNo: null, servedOn: null,
    reportDue: null, reportedAt: null, termFrom: "2026-08-22", termTo: "2029-08-21", suspendedOn: null, suspendCause: null, endedAt: null, endType: null, band: "B", bandSince: null,
    overrideUntil: null, hasPass: false, registeredAt: "2026-08-20T01:00:00Z", updatedAt: "2026-11-25T01:00:00Z",
    division: { code: "331024001001", name: "茶溪村", level: "VILLAGE", fullName: "台州市仙居县茶溪村" }, isMe: true, phoneMasked: null, canReveal: false, nextTask: null,
    links: [], agreement: null, chain: [], checkIns: [], enrolment: null, tests: [], leaves: [], requests: [], score: null, entries: [], assessments: [], objections: [],
    lookups: [], whistles: [], breaches: [], clocks: [], papers: [], availableActions: [], timeline: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } }, ...change,
  };
}
