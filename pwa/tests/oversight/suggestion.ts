import type { OversightSuggestionDetail } from "@/generated/oversight";
import { clock } from "./recommendation";

export function suggestion(change: Partial<OversightSuggestionDetail> = {}): OversightSuggestionDetail {
  return {
    id: "g1", code: "331024-Y26-ABCDE", version: 4, state: "HANDLING", session: "RECESS", field: "ACCESSIBILITY", title: "在公交站台增设无障碍坡道", text: "多处公交站台没有坡道。",
    points: ["排查全县公交站台", "两年内完成坡道改造"], public: true, isMine: false, leadName: "测试代表甲", coSigners: ["测试代表乙"], mainUnit: "测试行政执法局", assistUnits: [], wide: false,
    contact: "测试科", reason: null, round: 1, replyClass: null, plannedOn: null, raisedAt: "2026-11-01T00:00:00Z", assignedAt: "2026-11-10T00:00:00Z", repliedAt: null,
    updatedAt: "2026-11-10T00:00:00Z", endedAt: null, division: { code: "331024", name: "仙居县", level: "COUNTY", fullName: "仙居县" }, clue: null, files: [], assists: [], talks: [],
    answers: [], opinions: [], progress: [], delays: [], papers: [], clocks: [clock({ rule: "suggestion" })], availableActions: [],
    timeline: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } }, ...change,
  };
}

export const talk = (round: number) => ({ id: `t${round}`, round, form: "SITE" as const, heldOn: "2026-11-20", people: "测试代表甲", words: "看了现场", byName: "测试承办人" });
