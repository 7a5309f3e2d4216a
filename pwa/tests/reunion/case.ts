import type { ReunionCandidateCard, ReunionCaseDetail, ReunionFactsCard, ReunionPictureCard } from "@/generated/reunion";

export const facts = (change: Partial<ReunionFactsCard> = {}): ReunionFactsCard => ({
  name: null, nicknames: [], sex: "MALE", bornText: null, bornFrom: null, bornTo: null, heightText: null, heightLeast: null, heightMost: null, dialect: null, originText: null,
  marks: null, clothes: null, relatives: [], circumstances: null, dnaRef: null, dnaLab: null, ...change,
});

export const picture = (change: Partial<ReunionPictureCard> = {}): ReunionPictureCard => ({
  id: "p1", url: "/files/p1", takenText: null, state: "READY", problem: null, faces: [{ box: [0.4, 0.2, 0.6, 0.5], problem: null }], chosen: 0, addedAt: "2026-11-25T01:00:00Z", ...change,
});

export const candidate = (change: Partial<ReunionCandidateCard> = {}): ReunionCandidateCard => ({
  id: "k1", searchId: "s1", rank: null, otherCounty: "331023", otherCode: "331023-26-ABCDE", state: "OPEN", foundAt: "2026-11-25T01:00:00Z", ageGap: null, comparison: { fields: [] },
  pictureUrl: null, mayReview: true, score: null, likely: null, cosine: null, reviewCount: 0, reviews: [], proofs: [], confirmations: [], other: null, ...change,
});

const offered = (name: string) => ({ name, requires: [], stepUp: false });

export const matter = (change: Partial<ReunionCaseDetail> = {}, actions: readonly string[] = []): ReunionCaseDetail => ({
  id: "c1", code: "331024-26-ABCDE", version: 3, side: "FOUND", kind: "AT_STATION", state: "REPORTED", alarm: null, isMinor: false, agencyName: "测试救助管理站",
  registeredAt: "2026-11-25T01:00:00Z", updatedAt: "2026-11-25T01:00:00Z", endedAt: null, basis: null, basisText: null, noContact: false, reunionKind: null, retryOn: null, name: null,
  quickCheck: null, seenText: null, placeText: null, canReveal: false, division: { code: "331024", name: "仙居县", level: "COUNTY", fullName: "浙江省台州市仙居县" }, place: null,
  facts: facts(), report: null, stranded: null, pictures: [], searches: [], candidates: [], assists: [], bulletins: [], tips: [], tasks: [], loop: [], care: null, papers: [], followUps: [], clocks: [],
  timeline: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } }, availableActions: actions.map(offered), ...change,
});
