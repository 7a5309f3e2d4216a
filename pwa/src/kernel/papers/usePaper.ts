import { computed } from "vue";
import { PaperById, type PaperDetail } from "@/generated/kernel";
import { execute } from "../graphql/client";
import { TransportError } from "../graphql/errors";
import { useKeptRead } from "../offline/useKeptRead";

/** One paper, kept for reading without a network. */
export function usePaper(id: string) {
  const kept = useKeptRead<PaperDetail>(() => `paper.${id}`, async () => {
    const { paper } = await execute(PaperById, { id });
    if (!paper) throw new TransportError("NOT_FOUND", 404, undefined);
    return paper;
  });
  const absent = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, absent };
}
