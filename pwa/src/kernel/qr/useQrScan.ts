import { type Ref, onScopeDispose, shallowRef, watch } from "vue";
import { hasPicture } from "../camera/frame";
import { vibrate } from "../ui/vibrate";
import { type QrReader, openReader } from "./reader";

/** Least time between two looks; a cheap phone needs it for the preview. */
const restMs = 180;
/** A code that stays in sight is told again only after this long. */
const sameAgainMs = 4_000;

/** Looks for codes while `active`, and tells each once. */
export function useQrScan(video: () => HTMLVideoElement | null | undefined, active: Readonly<Ref<boolean>>, found: (text: string) => void) {
  let turn = 0;
  let reader: Promise<QrReader> | undefined;
  let last = { text: "", at: 0 };
  /** The reader's code could not be loaded. */
  const error = shallowRef<unknown>();

  function tell(text: string): void {
    const now = Date.now();
    const again = text === last.text && now - last.at < sameAgainMs;
    if (again) return;
    last = { text, at: now };
    vibrate(40);
    found(text);
  }

  async function look(mine: number): Promise<void> {
    const read = await (reader ??= openReader());
    while (mine === turn) {
      const element = video();
      // A picture that cannot be read (the camera just changes) is followed by the next.
      const text = element && element.readyState >= hasPicture ? await read(element).catch(() => undefined) : undefined;
      if (mine === turn && text) tell(text);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  }

  async function begin(): Promise<void> {
    error.value = undefined;
    await look(turn).catch((problem: unknown) => {
      reader = undefined;
      error.value = problem;
    });
  }

  const watching = (now: boolean) => {
    turn += 1;
    if (now) void begin();
  };
  watch(active, watching, { immediate: true });
  onScopeDispose(() => (turn += 1));
  return { error, begin };
}
