import { computed, ref, shallowRef } from "vue";
import { LogOfflineLookups, VerifyPass } from "@/generated/rehab";
import { command } from "@/kernel/graphql/client";
import { UnreachableError } from "@/kernel/graphql/errors";
import { useOutbox } from "@/kernel/offline/useOutbox";
import { type OfflineAnswer, answerOffline, usePassKeys } from "./passKeys";

export interface Answer {
  value: OfflineAnswer;
  /** Milliseconds since 1970, in the server's time. */
  at: number;
  offline: boolean;
}

/** Asks the server; without a network checks with the kept keys and writes the look-up down to be sent later. */
export function usePassCheck(title: () => string) {
  const outbox = useOutbox();
  const keys = usePassKeys();
  const answer = shallowRef<Answer>();
  const error = shallowRef<unknown>();
  const busy = ref(false);
  const waiting = computed(() => outbox.pending.filter((item) => item.operation.name === LogOfflineLookups.name).length);

  async function offline(token: string, reason: string): Promise<void> {
    const kept = keys.data.value;
    const now = Date.now();
    const value = await answerOffline(token, kept, now);
    const at = now + (kept?.offsetMs ?? 0);
    answer.value = { value, at, offline: true };
    const lookedAt = new Date(at).toISOString();
    // Whatever came of it, somebody looked: the person reads it once the phone has a network again.
    await outbox.add(LogOfflineLookups, { lookups: [{ token, reason, lookedAt }] }, { title: title(), matterId: null });
  }

  async function check(token: string, reason: string): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    error.value = undefined;
    try {
      const found = (await command(VerifyPass, { input: { token, reason } })).answer;
      if (found) answer.value = { value: found.valid ? "YES" : "NO", at: Date.parse(found.lookedAt), offline: false };
    } catch (problem) {
      if (problem instanceof UnreachableError) await offline(token, reason);
      else error.value = problem;
    } finally {
      busy.value = false;
    }
  }

  const again = () => {
    answer.value = undefined;
    error.value = undefined;
  };
  return { keys, answer, error, busy, waiting, check, again };
}
