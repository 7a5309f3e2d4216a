import { computed } from "vue";
import { RehabCaseById, RehabCaseChanged, type RehabCaseDetail } from "@/generated/rehab";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

export async function readCase(id: string): Promise<RehabCaseDetail> {
  const { rehabCase } = await execute(RehabCaseById, { id });
  if (!rehabCase) throw new TransportError("NOT_FOUND", 404, undefined);
  return rehabCase;
}

/** One case, kept for reading without a network and read again whenever the server says it changed. */
export function useStaffCase(id: string) {
  const kept = useKeptRead(() => `care/case/${id}`, () => readCase(id));
  useLive(
    RehabCaseChanged,
    { id },
    ({ rehabCaseChanged }) => {
      if (rehabCaseChanged.version !== kept.data.value?.version) void kept.load();
    },
    () => void kept.load(),
  );
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}
