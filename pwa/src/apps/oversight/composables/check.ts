import type { Refusal } from "@/generated/kernel";
import type { OversightRecommendationDetail } from "@/generated/oversight";
import type { CheckInput, OversightVerdict } from "@/generated/schema";
import type { FoundPosition } from "@/kernel/positions/usePosition";

export interface PointDraft {
  verdict: OversightVerdict | "";
  words: string;
}

/** A visit while it is being written, on the spot: as kept in a draft, so plain JSON only. */
export interface CheckValues {
  recommendation: string;
  /** Account of the deputy who came along. */
  deputy: string;
  /** The instant; the phone's own clock, unless somebody sets another. */
  visitedAt: string;
  placeText: string;
  position: FoundPosition | null;
  points: PointDraft[];
  finding: string;
}

export const emptyCheck = (recommendation: string): CheckValues => ({
  recommendation, deputy: "", visitedAt: new Date().toISOString(), placeText: "", position: null, points: [], finding: "",
});

export const hasContent = (values: CheckValues): boolean =>
  Boolean(values.placeText.trim() || values.finding.trim() || values.position || values.points.some((point) => point.verdict || point.words.trim()));

/** One entry for each demand, keeping what was written. */
export const pointsFor = (demands: readonly string[], known: readonly PointDraft[]): PointDraft[] =>
  demands.map((_demand, index) => known[index] ?? { verdict: "", words: "" });

/** What the findings come to: all met, none met, or something between; empty while one is missing. */
export function verdictOf(points: readonly PointDraft[]): OversightVerdict | "" {
  const kinds = new Set(points.map((point) => point.verdict));
  if (!points.length || kinds.has("")) return "";
  const [only, ...others] = kinds;
  return others.length ? "PARTLY" : (only as OversightVerdict);
}

/** Deputies who may go along and sign: with a part in the clue, and no shield, because the name stands on the paper. */
export const deputiesOf = (matter: Pick<OversightRecommendationDetail, "clue">) =>
  (matter.clue?.parts ?? []).filter(({ kind, shielded }) => kind !== "SOURCE" && !shielded);

const lacks = (field: string): Refusal => ({ code: "REQUIRED", field, data: null });

/** What can be told without the server. */
export function checkVisit(values: CheckValues): Refusal[] {
  const texts = (["deputy", "visitedAt", "placeText", "finding"] as const).filter((name) => !values[name].trim()).map(lacks);
  const points = values.points.flatMap((point, index) => [
    ...(point.verdict ? [] : [lacks(`points.${index}.verdict`)]),
    ...(point.words.trim() ? [] : [lacks(`points.${index}.words`)]),
  ]);
  return [...texts, ...points];
}

/** `checkId` makes a second sending of the same visit harmless. */
export function toInput(values: CheckValues, checkId: string): CheckInput {
  return {
    checkId,
    recommendationId: values.recommendation,
    deputy: values.deputy,
    visitedAt: values.visitedAt,
    placeText: values.placeText.trim(),
    finding: values.finding.trim(),
    verdict: verdictOf(values.points) || "PARTLY",
    points: values.points.map((point) => ({ verdict: point.verdict || "NOT", words: point.words.trim() })),
    latitude: values.position?.latitude ?? null,
    longitude: values.position?.longitude ?? null,
    fileIds: [],
  };
}

const local = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });

/** An instant as a "datetime-local" field shows it, in China's time. */
export const localOf = (instant: string): string => (instant ? local.format(new Date(instant)).replace(" ", "T") : "");
