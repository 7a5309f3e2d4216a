import { watch } from "vue";
import { useOutbox } from "./useOutbox";

/** Reads again when this phone is back online, or something it kept went out: what the page shows is older then. */
export function afterSending(load: () => unknown): void {
  const outbox = useOutbox();
  watch(
    () => outbox.online,
    (online) => online && void load(),
  );
  watch(
    () => outbox.pending.length,
    (now, before) => now < before && void load(),
  );
}
