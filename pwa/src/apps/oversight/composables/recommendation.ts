import { type Ref, computed } from "vue";
import type { ClockFace } from "@/generated/kernel";
import { OversightRecommendationById, OversightRecommendationChanged, type OversightRecommendationDetail } from "@/generated/oversight";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

/** Limits that a reply meets, to a recommendation or to a deputies' suggestion. */
export const replyRules: readonly string[] = ["reply", "reply_public_interest", "reply_urgent", "court_reply", "rework", "suggestion", "suggestion_wide"];

/** What a reply is due for, and why it may take longer. */
export type Timed = Pick<OversightRecommendationDetail, "clocks" | "delays">;

const isOfReply = ({ rule }: { rule: string }) => replyRules.includes(rule);

export const replyClockOf = <Clock extends ClockFace>(matter: { clocks: readonly Clock[] }): Clock | undefined => matter.clocks.find(isOfReply);

/** A delay that was granted and still runs: nobody is late, and nobody is nagged. */
export function lawfulDelayOf(matter: Timed) {
  const clock = replyClockOf(matter);
  return clock && clock.colour !== "RED" ? matter.delays.find(({ clockId, state }) => state === "GRANTED" && clockId === clock.id) : undefined;
}

export const openPromises = ({ promises }: Pick<OversightRecommendationDetail, "promises">) => promises.filter(({ state }) => state === "OPEN");

export const unansweredRatings = ({ ratings }: Pick<OversightRecommendationDetail, "ratings">) => ratings.filter(({ answeredAt }) => answeredAt === null);

/** The visit that waits for signatures; there is one at a time. */
export const openCheckOf = ({ checks }: Pick<OversightRecommendationDetail, "checks">) => checks.find(({ doneAt }) => doneAt === null);

/** Classes of a reply as colours. */
export const classTones = { A: "tone-green", B: "tone-blue", C: "tone-grey" } as const;

/** What was done about each point, as fields that have to be filled. */
export const measured = (measures: readonly string[]): Record<string, string> => Object.fromEntries(measures.map((measure, index) => [`measures.${index}`, measure]));

/** When the reply is due; what is owed nothing stands last. */
const dueOf = (line: { clocks: readonly ClockFace[] }) => replyClockOf(line)?.dueAt ?? "9999";

export const dueFirst = <Line extends { clocks: readonly ClockFace[] }>(lines: readonly Line[]): Line[] => [...lines].sort((a, b) => dueOf(a).localeCompare(dueOf(b)));

export async function readRecommendation(id: string): Promise<OversightRecommendationDetail> {
  const { oversightRecommendation } = await execute(OversightRecommendationById, { id });
  if (!oversightRecommendation) throw new TransportError("NOT_FOUND", 404, undefined);
  return oversightRecommendation;
}

function watchLive(id: string, { data, load }: { data: Readonly<Ref<OversightRecommendationDetail | undefined>>; load: () => Promise<void> }): void {
  useLive(
    OversightRecommendationChanged,
    { id },
    ({ oversightRecommendationChanged }) => {
      if (oversightRecommendationChanged.version !== data.value?.version) void load();
    },
    () => void load(),
  );
}

/** One recommendation, kept for reading without a network: an on-site check is written where there is none. */
export function useRecommendation(id: () => string) {
  const kept = useKeptRead(() => `oversight/recommendation/${id()}`, () => readRecommendation(id()));
  afterSending(kept.load);
  if (id()) watchLive(id(), kept);
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}
