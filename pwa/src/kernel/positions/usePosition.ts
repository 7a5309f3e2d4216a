import { computed, ref, shallowRef } from "vue";

export interface FoundPosition {
  latitude: number;
  longitude: number;
  /** Radius in metres within which the phone lies with 95 % likelihood. */
  accuracy: number;
  /** When the phone measured it, milliseconds since 1970. */
  at: number;
}

export type PositionProblem = "DENIED" | "TIMEOUT" | "UNAVAILABLE";

const problems: Record<number, PositionProblem> = { 1: "DENIED", 2: "UNAVAILABLE", 3: "TIMEOUT" };

/** How long to search, and how old a known position may be. */
export interface Patience {
  timeoutMs: number;
  oldestMs: number;
}

/**
 * Where the phone is, asked only when the person presses the button. `skip` goes on without: some browsers never
 * answer when the person closes their question, so it also ends a search that runs.
 */
export function usePosition({ timeoutMs, oldestMs }: Patience = { timeoutMs: 15_000, oldestMs: 60_000 }) {
  const supported = "geolocation" in navigator;
  const position = shallowRef<FoundPosition>();
  const problem = ref<PositionProblem>();
  const skipped = ref(false);
  const searching = shallowRef<(found?: FoundPosition) => void>();

  /** Resolves with undefined when there is none (see `problem`) or the person went on without. */
  function find(): Promise<FoundPosition | undefined> {
    searching.value?.();
    problem.value = supported ? undefined : "UNAVAILABLE";
    skipped.value = false;
    if (!supported) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const finish = (found?: FoundPosition, failed?: PositionProblem) => {
        // Only the search that runs may answer: a late answer after `skip` is dropped.
        if (searching.value !== finish) return;
        searching.value = undefined;
        problem.value = failed;
        if (found) position.value = found;
        resolve(found);
      };
      searching.value = finish;
      navigator.geolocation.getCurrentPosition(
        ({ coords: { latitude, longitude, accuracy }, timestamp }) => finish({ latitude, longitude, accuracy, at: timestamp }),
        ({ code }) => finish(undefined, problems[code] ?? "UNAVAILABLE"),
        { enableHighAccuracy: true, timeout: timeoutMs, maximumAge: oldestMs },
      );
    });
  }

  function skip(): void {
    searching.value?.();
    position.value = undefined;
    problem.value = undefined;
    skipped.value = true;
  }

  return { supported, position, problem, skipped, busy: computed(() => searching.value !== undefined), find, skip };
}
