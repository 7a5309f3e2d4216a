import { computed } from "vue";
import { OversightClueById, OversightClueChanged, type OversightClueDetail, OversightClues } from "@/generated/oversight";
import type { OversightClueFilter } from "@/generated/schema";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

export async function readClue(id: string): Promise<OversightClueDetail> {
  const { oversightClue } = await execute(OversightClueById, { id });
  if (!oversightClue) throw new TransportError("NOT_FOUND", 404, undefined);
  return oversightClue;
}

/** One clue, kept for reading without a network and read again whenever the server says it changed. */
export function useClue(id: string) {
  const kept = useKeptRead(() => `oversight/clue/${id}`, () => readClue(id));
  useLive(
    OversightClueChanged,
    { id },
    ({ oversightClueChanged }) => {
      if (oversightClueChanged.version !== kept.data.value?.version) void kept.load();
    },
    () => void kept.load(),
  );
  afterSending(kept.load);
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}

const most = 50;

export async function readClues(filter: OversightClueFilter) {
  const { oversightClues } = await execute(OversightClues, { first: most, after: null, filter });
  return oversightClues.edges.map((edge) => edge.node);
}

/** Its state as a colour: what waits for somebody stands out, what is over recedes. */
export function toneOf(state: string): string {
  if (state === "SUBMITTED" || state === "PROPOSED") return "tone-yellow";
  return ["REJECTED", "MERGED", "TO_SUGGESTION", "TRANSFERRED", "ENDED", "REFUSED", "CLOSED"].includes(state) ? "tone-grey" : "tone-primary";
}

/** A clue of a deputy that names a suggestion grew from it; otherwise what it names is another application's matter that was handed over. */
export const cameFromSuggestion = ({ source, sourceApp, sourceCode }: Pick<OversightClueDetail, "source" | "sourceApp" | "sourceCode">): boolean =>
  source === "DEPUTY" && sourceApp === "oversight" && sourceCode !== null;

/** The clue that something else is written from: read once, and kept with the clue's own page. */
export const useOrigin = (id: () => string) => useKeptRead(() => `oversight/clue/${id()}`, () => readClue(id()));
