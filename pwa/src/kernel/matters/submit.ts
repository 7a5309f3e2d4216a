import { computed, ref, shallowRef, watch } from "vue";
import type { Refusal } from "@/generated/kernel";
import type { Json } from "@/generated/schema";
import { uploadFile } from "../files/upload";
import { command } from "../graphql/client";
import { RefusedError, TransportError } from "../graphql/errors";
import type { Operation } from "../graphql/operation";
import type { OutboxItem, WaitingFile } from "../offline/database";
import { place } from "../offline/drain";
import { discard } from "../offline/outbox";
import { useOutbox } from "../offline/useOutbox";

/** What every command answers: its refusals, and beside them what the application shows of the change. */
export interface Payload {
  errors: Refusal[];
}

export interface About {
  /** What the person recognises in the outbox. */
  title: string;
  matterId: string | null;
  files?: WaitingFile[];
  /** Needs the person's passkey, so it cannot wait in the outbox. */
  stepUp?: boolean;
}

/** "waiting": stored on the phone, it will be sent by itself. */
export type Outcome = "sent" | "waiting" | "refused";

const patienceMs = 8_000;
/** Something earlier may wait in front of it, so that it is not even tried. */
const offlinePatienceMs = 1_000;

/**
 * Gives a command. It is stored before anything is sent, then followed for a moment, so that a refusal still meets the
 * person at the form. What was refused stays in the outbox until it is sent again from here or let go.
 */
export function useSubmit() {
  const outbox = useOutbox();
  const busy = ref(false);
  const refusals = shallowRef<readonly Refusal[]>([]);
  const error = shallowRef<unknown>();
  const item = shallowRef<OutboxItem>();
  /** True while something that was refused stands in the outbox. */
  const held = computed(() => item.value?.state === "refused" || item.value?.state === "conflict");
  const sentKeys = new Map<string, string>();

  async function submit<Variables>(
    operation: Operation<Record<string, Payload>, Variables>,
    variables: Variables,
    about: About,
  ): Promise<Outcome> {
    busy.value = true;
    refusals.value = [];
    error.value = undefined;
    try {
      return about.stepUp ? await direct(operation, variables, about) : await queued(operation, variables, about);
    } catch (problem) {
      if (problem instanceof RefusedError) refusals.value = problem.errors;
      else error.value = problem;
      return "refused";
    } finally {
      busy.value = false;
    }
  }

  async function queued<Variables>(operation: Operation<Record<string, Payload>, Variables>, variables: Variables, about: About): Promise<Outcome> {
    await letGo();
    const added = await outbox.add(operation, variables, about);
    const now = await settled(added);
    item.value = now;
    if (now.state === "sent") return "sent";
    if (now.state === "waiting" || now.state === "sending") return "waiting";
    const [first] = now.errors;
    if (now.requestId && first) throw new TransportError(first.code, 400, now.requestId);
    throw new RefusedError(now.errors);
  }

  /** The state of an item once the server answered, or once it is clear that it has to wait. */
  function settled(added: OutboxItem): Promise<OutboxItem> {
    const current = () => outbox.items.find((entry) => entry.id === added.id) ?? added;
    const done = (entry: OutboxItem) => entry.state !== "sending" && (entry.state !== "waiting" || entry.attempts > 0);
    if (done(current())) return Promise.resolve(current());
    return new Promise((resolve) => {
      const finish = () => {
        stop();
        clearTimeout(timer);
        resolve(current());
      };
      const timer = setTimeout(finish, outbox.online ? patienceMs : offlinePatienceMs);
      const stop = watch(() => outbox.items, () => done(current()) && finish());
    });
  }

  /** Same content, same key: after a lost answer the server returns the first result. */
  async function direct<Variables>(operation: Operation<Record<string, Payload>, Variables>, variables: Variables, about: About): Promise<Outcome> {
    const ready = JSON.parse(JSON.stringify(variables)) as Variables & { [key: string]: Json };
    for (const file of about.files ?? []) {
      file.fileId ??= (await uploadFile(file)).id;
      place(ready, file.at, file.fileId);
    }
    const content = JSON.stringify(ready);
    const idempotencyKey = sentKeys.get(content) ?? crypto.randomUUID();
    sentKeys.set(content, idempotencyKey);
    try {
      await command(operation, ready, { idempotencyKey });
    } catch (problem) {
      if (problem instanceof RefusedError) sentKeys.delete(content);
      throw problem;
    }
    return "sent";
  }

  /** Takes what was refused out of the outbox; the form still has what was typed. */
  async function letGo(): Promise<void> {
    if (item.value && held.value) await discard(item.value.id);
    item.value = undefined;
  }

  return { busy, refusals, error, item, held, submit, letGo };
}
