import { computed } from "vue";
import { ReunionCandidates, type ReunionCandidatesResult, ReunionCaseById, ReunionCaseChanged, type ReunionCaseDetail } from "@/generated/reunion";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

export type CandidatesCase = NonNullable<ReunionCandidatesResult["reunionCase"]>;

const absent = () => new TransportError("NOT_FOUND", 404, undefined);

export async function readCase(id: string): Promise<ReunionCaseDetail> {
  const { reunionCase } = await execute(ReunionCaseById, { id });
  if (!reunionCase) throw absent();
  return reunionCase;
}

/** A case with its candidates in full. Never kept on the phone: it shows people of other counties. */
export async function readCandidates(id: string): Promise<CandidatesCase> {
  const { reunionCase } = await execute(ReunionCandidates, { id });
  if (!reunionCase) throw absent();
  return reunionCase;
}

/** One case, kept for reading without a network and read again whenever the server says it changed. */
export function useStaffCase(id: string) {
  const kept = useKeptRead(() => `reunion/case/${id}`, () => readCase(id));
  useLive(
    ReunionCaseChanged,
    { id },
    ({ reunionCaseChanged }) => {
      if (reunionCaseChanged.version !== kept.data.value?.version) void kept.load();
    },
    () => void kept.load(),
  );
  afterSending(kept.load);
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}
