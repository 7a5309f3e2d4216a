import { onScopeDispose } from "vue";

/** Keeps the screen on while the calling component lives, where the browser can; it ends by itself when the page is hidden. */
export function useWakeLock(): void {
  let lock: WakeLockSentinel | undefined;
  let ended = false;

  async function hold(): Promise<void> {
    if (document.visibilityState !== "visible") return;
    // Refused with little battery: the page works all the same.
    const held = await (navigator as { wakeLock?: WakeLock }).wakeLock?.request("screen").catch(() => undefined);
    if (ended) await held?.release();
    else lock = held;
  }

  const again = () => void hold();
  document.addEventListener("visibilitychange", again);
  void hold();
  onScopeDispose(() => {
    ended = true;
    document.removeEventListener("visibilitychange", again);
    void lock?.release();
  });
}
