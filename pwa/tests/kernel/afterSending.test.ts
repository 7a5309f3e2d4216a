import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, it, vi } from "vitest";
import { effectScope, nextTick } from "vue";
import type { OutboxItem } from "@/kernel/offline/database";
import { afterSending } from "@/kernel/offline/afterSending";
import { useOutbox } from "@/kernel/offline/useOutbox";

beforeEach(() => setActivePinia(createPinia()));

it("reads again when something went out, not when something was added", async () => {
  const load = vi.fn();
  const outbox = useOutbox();
  const scope = effectScope();
  scope.run(() => afterSending(load));
  const item = { id: "i1", state: "waiting" } as OutboxItem;
  outbox.items = [item];
  await nextTick();
  expect(load).not.toHaveBeenCalled();
  outbox.items = [{ ...item, state: "sent" }];
  await nextTick();
  expect(load).toHaveBeenCalledTimes(1);
  scope.stop();
  outbox.items = [item];
  await nextTick();
  outbox.items = [];
  await nextTick();
  expect(load).toHaveBeenCalledTimes(1);
});
