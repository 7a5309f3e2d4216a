import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { ShowPass } from "@/generated/rehab";
import { useSession } from "@/kernel/auth/session";
import { command } from "@/kernel/graphql/client";
import { UnreachableError } from "@/kernel/graphql/errors";
import { keepRead, keptRead } from "@/kernel/offline/reads";
import { type PhoneToken, byPhoneClock, currentToken, msAtHand, msUntilChange, refetchBelowMs } from "./passTokens";

const keptUnder = "rehab.pass";

/** The code to show now. Codes are fetched ahead and kept, so that it goes on for some minutes without a network. */
export function usePass(caseId: string) {
  const session = useSession();
  const tokens = shallowRef<PhoneToken[]>([]);
  const now = ref(Date.now());
  const error = shallowRef<unknown>();
  const fetching = ref(false);
  const offline = ref(false);
  let triedAt = 0;

  const token = computed(() => currentToken(tokens.value, now.value));
  const secondsLeft = computed(() => (token.value ? Math.ceil(msUntilChange(tokens.value, token.value, now.value) / 1_000) : 0));
  /** There was a network once, but the codes ran out without it. */
  const ranOut = computed(() => !token.value && !fetching.value && offline.value);

  async function fetchMore(): Promise<void> {
    if (fetching.value) return;
    fetching.value = true;
    triedAt = Date.now();
    try {
      const { tokens: fresh } = await command(ShowPass, { id: caseId });
      tokens.value = byPhoneClock(fresh, Date.now());
      error.value = undefined;
      offline.value = false;
      await keepRead(session.account, keptUnder, tokens.value);
    } catch (problem) {
      offline.value = problem instanceof UnreachableError;
      if (!offline.value) {
        tokens.value = [];
        error.value = problem;
      }
    } finally {
      fetching.value = false;
    }
  }

  async function begin(): Promise<void> {
    tokens.value = (await keptRead<PhoneToken[]>(session.account, keptUnder))?.data ?? [];
    tick();
    await fetchMore();
  }

  const pauseMs = 10_000;

  function tick(): void {
    now.value = Date.now();
    const refused = error.value !== undefined;
    if (!refused && msAtHand(tokens.value, now.value) < refetchBelowMs && now.value - triedAt > pauseMs) void fetchMore();
  }

  const timer = setInterval(tick, 1_000);
  onScopeDispose(() => clearInterval(timer));
  return { token, secondsLeft, ranOut, fetching, error, begin, fetchMore };
}
