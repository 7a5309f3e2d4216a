import { computed, effectScope, onScopeDispose, watch } from "vue";
import { MyRehabCase, RehabCaseChanged, type RehabCaseDetail } from "@/generated/rehab";
import { onArrival } from "@/kernel/arrivals";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

export async function readMyCase(): Promise<RehabCaseDetail> {
  const { myRehabCase } = await execute(MyRehabCase, {});
  if (!myRehabCase) throw new TransportError("NOT_FOUND", 404, undefined);
  return myRehabCase;
}

/** The signed-in person's own case, kept for reading without a network and read again whenever the server says it changed. */
export function useMyCase() {
  const kept = useKeptRead<RehabCaseDetail>(() => "rehab.person", readMyCase);
  const scope = effectScope();
  const id = computed(() => kept.data.value?.id);

  watch(id, (now) => {
    if (!now) return;
    const changed = ({ rehabCaseChanged }: { rehabCaseChanged: { version: number } }) => {
      if (rehabCaseChanged.version !== kept.data.value?.version) void kept.load();
    };
    scope.run(() => useLive(RehabCaseChanged, { id: now }, changed, () => void kept.load()));
  });
  afterSending(kept.load);
  onScopeDispose(onArrival((fresh) => fresh.app === "rehab" && void kept.load()));
  const none = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, none };
}
