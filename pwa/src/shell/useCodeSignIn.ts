import { onScopeDispose, ref, shallowRef } from "vue";
import { requestCode, verifyCode } from "@/kernel/auth/api";
import { TransportError } from "@/kernel/graphql/errors";

const pauseSeconds = 60;

/** Signing in by a code sent to a phone. `asked` counts the codes; `pause` is the wait, in seconds, before the next. */
export function useCodeSignIn(done: () => void) {
  const phone = ref("");
  const code = ref("");
  const asked = ref(0);
  const pause = ref(0);
  const busy = ref(false);
  const error = shallowRef<unknown>();
  let timer: ReturnType<typeof setInterval> | undefined;

  function countDown(seconds: number): void {
    clearInterval(timer);
    pause.value = seconds;
    timer = setInterval(() => {
      if (--pause.value <= 0) clearInterval(timer);
    }, 1_000);
  }
  onScopeDispose(() => clearInterval(timer));

  /** Resolves false when it failed; the reason is in `error`. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    busy.value = true;
    error.value = undefined;
    try {
      await work();
      return true;
    } catch (problem) {
      error.value = problem;
      if (problem instanceof TransportError && problem.retryAfterSeconds) countDown(problem.retryAfterSeconds);
      return false;
    } finally {
      busy.value = false;
    }
  }

  const number = () => phone.value.replace(/\s/g, "");

  const ask = () =>
    attempt(async () => {
      await requestCode(number());
      code.value = "";
      asked.value += 1;
      countDown(pauseSeconds);
    });

  const verify = () =>
    attempt(async () => {
      await verifyCode(number(), code.value.trim());
      done();
    });

  /** Another number: its code is still to be asked for. */
  function restart(next: string): void {
    clearInterval(timer);
    pause.value = asked.value = 0;
    code.value = "";
    phone.value = next;
  }

  return { phone, code, asked, pause, busy, error, attempt, ask, verify, restart };
}
