import type { TimelineEvent } from "@/generated/kernel";
import type { DisputeDetail } from "@/generated/mediation";

export function event(id: string, change: Partial<TimelineEvent> = {}): TimelineEvent {
  return {
    id, tag: "mediation:dispute:registered", occurredAt: "2026-11-20T01:00:00Z", recordedAt: "2026-11-20T01:00:00Z", actorName: null, actorRole: null,
    fromState: null, toState: null, reason: null, data: null, files: [], ...change,
  };
}

export function session(change: Partial<DisputeDetail["sessions"][number]> = {}): DisputeDetail["sessions"][number] {
  return {
    id: "s1", startsAt: "2026-11-25T01:00:00Z", place: "村委会", state: "PLANNED", statements: null, proposals: null, result: null, myResponse: null,
    mediators: [], attendance: [], ...change,
  };
}

/** A dispute without anything in it; a test adds what it is about. */
export function dispute(change: Partial<DisputeDetail> = {}): DisputeDetail {
  return {
    id: "d1", code: "331082-26-ABCDEFGH", state: "MEDIATING", version: 4, title: "屋檐滴水", category: "NEIGHBOUR", severity: "GENERAL", level: "VILLAGE",
    violence: false, registeredAt: "2026-11-20T01:00:00Z", updatedAt: "2026-11-20T01:00:00Z", placeText: null,
    division: { code: "331082001001", name: "东湖村", level: "VILLAGE", fullName: "台州市临海市东湖村" }, responsible: null, clock: null,
    statement: "邻居屋檐的水滴到我家院子", claims: null, subCategory: null, route: "MEDIATION", channel: "CODE", amount: null, peopleInvolved: 2,
    reporterMode: "NAMED", latitude: null, longitude: null, closedAt: null, closeType: null, myPart: null, team: [], clocks: [], parties: [], files: [],
    sessions: [], agreement: null, papers: [], ratings: [], supervisionNotices: [], relations: [], extensionRequests: [], returnVisits: [], objections: [],
    availableActions: [], timeline: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } }, ...change,
  };
}

export const offering = (...names: string[]): DisputeDetail["availableActions"] => names.map((name) => ({ name, requires: [], stepUp: false }));
