import { type Ref, computed, ref, watch } from "vue";

/** Not yet in TypeScript's DOM types. */
type WithTorch<T> = T & { torch?: boolean };

/** The lamp beside a back camera, where the browser lets us switch it. */
export function useTorch(stream: Readonly<Ref<MediaStream | undefined>>) {
  const on = ref(false);
  const track = computed(() => stream.value?.getVideoTracks()[0]);
  const available = computed(() => (track.value?.getCapabilities?.() as WithTorch<MediaTrackCapabilities> | undefined)?.torch === true);
  watch(stream, () => (on.value = false));

  async function toggle(): Promise<void> {
    const advanced: WithTorch<MediaTrackConstraintSet>[] = [{ torch: !on.value }];
    await track.value?.applyConstraints({ advanced });
    on.value = !on.value;
  }

  return { available, on, toggle };
}
