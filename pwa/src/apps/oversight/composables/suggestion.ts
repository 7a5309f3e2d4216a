import { computed } from "vue";
import { OversightSuggestionById, OversightSuggestionChanged, type OversightSuggestionDetail } from "@/generated/oversight";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

export async function readSuggestion(id: string): Promise<OversightSuggestionDetail> {
  const { oversightSuggestion } = await execute(OversightSuggestionById, { id });
  if (!oversightSuggestion) throw new TransportError("NOT_FOUND", 404, undefined);
  return oversightSuggestion;
}

/** One suggestion, kept for reading without a network and read again whenever the server says it changed. */
export function useSuggestion(id: string) {
  const kept = useKeptRead(() => `oversight/suggestion/${id}`, () => readSuggestion(id));
  useLive(
    OversightSuggestionChanged,
    { id },
    ({ oversightSuggestionChanged }) => {
      if (oversightSuggestionChanged.version !== kept.data.value?.version) void kept.load();
    },
    () => void kept.load(),
  );
  afterSending(kept.load);
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}

/** The suggestion that a clue is written from: read once, and kept with the suggestion's own page. */
export const useSuggestionOrigin = (id: () => string) => useKeptRead(() => `oversight/suggestion/${id()}`, () => readSuggestion(id()));

/** Whether the agency has spoken with the deputies in this round, as it has to before it replies. */
export const wasConsulted = ({ talks, round }: Pick<OversightSuggestionDetail, "talks" | "round">): boolean => talks.some((talk) => talk.round === round);

/** A plan that is tracked and whose day has passed. */
export const isLatePlan = ({ state, plannedOn }: Pick<OversightSuggestionDetail, "state" | "plannedOn">, today: string): boolean =>
  state === "TRACKED" && plannedOn !== null && plannedOn < today;

const tones: Readonly<Record<string, string>> = {
  DONE: "tone-green", TRACKED: "tone-blue", RETURNED: "tone-yellow", REHANDLING: "tone-yellow", RATED: "tone-yellow", REFUSED: "tone-grey", WITHDRAWN: "tone-grey",
};

/** Its state as a colour: what came back stands out, what is over recedes. */
export const toneOfSuggestion = (state: string): string => tones[state] ?? "tone-primary";
