import { computed } from "vue";
import { DisputeById, DisputeChanged, type DisputeDetail } from "@/generated/mediation";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

export async function readDispute(id: string): Promise<DisputeDetail> {
  const { dispute } = await execute(DisputeById, { id });
  if (!dispute) throw new TransportError("NOT_FOUND", 404, undefined);
  return dispute;
}

/** One matter, kept for reading without a network and read again whenever the server says it changed. */
export function useDispute(id: string) {
  const kept = useKeptRead(() => `mediation.dispute.${id}`, () => readDispute(id));
  useLive(
    DisputeChanged,
    { id },
    ({ disputeChanged }) => {
      if (disputeChanged.version !== kept.data.value?.version) void kept.load();
    },
    () => void kept.load(),
  );
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}
