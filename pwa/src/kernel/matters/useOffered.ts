import { onScopeDispose, shallowRef, watch } from "vue";

const pauseMs = 700;

/** Looks for something like what is being written, a moment after the last keystroke; undefined while there is too little. It is an offer: when it fails, nothing is shown. */
export function useOffered<Variables, Found>(about: () => Variables | undefined, look: (variables: Variables, signal: AbortSignal) => Promise<Found[]>) {
  const offered = shallowRef<Found[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;

  async function run(variables: Variables): Promise<void> {
    const mine = (running = new AbortController());
    const found = await look(variables, mine.signal).catch(() => []);
    if (!mine.signal.aborted) offered.value = found;
  }

  watch(
    about,
    (now, before) => {
      if (JSON.stringify(now) === JSON.stringify(before)) return;
      clearTimeout(timer);
      running?.abort();
      if (now === undefined) offered.value = [];
      else timer = setTimeout(() => void run(now), pauseMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    running?.abort();
  });
  return offered;
}
