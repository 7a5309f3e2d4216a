import { onScopeDispose, shallowRef, watch } from "vue";
import { SimilarDisputes, type SimilarDisputesResult, type SimilarDisputesVariables } from "@/generated/mediation";
import { execute } from "@/kernel/graphql/client";

export type Similar = SimilarDisputesResult["similarDisputes"][number];

const pauseMs = 700;
const enoughText = 8;

/** Looks for nearby and repeated disputes a moment after the last keystroke. It is an offer: when it fails, nothing is shown. */
export function useSimilar(about: () => SimilarDisputesVariables) {
  const similar = shallowRef<Similar[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;

  async function look(variables: SimilarDisputesVariables): Promise<void> {
    const mine = (running = new AbortController());
    const found = await execute(SimilarDisputes, variables, { signal: mine.signal, interactive: false }).catch(() => undefined);
    if (!mine.signal.aborted) similar.value = found?.similarDisputes ?? [];
  }

  watch(
    about,
    (now, before) => {
      if (JSON.stringify(now) === JSON.stringify(before)) return;
      clearTimeout(timer);
      running?.abort();
      if (now.text.trim().length >= enoughText) timer = setTimeout(() => void look(now), pauseMs);
      else similar.value = [];
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    running?.abort();
  });
  return similar;
}
