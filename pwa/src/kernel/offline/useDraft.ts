import { type Ref, onScopeDispose, ref, toRaw, watch } from "vue";
import type { Json } from "@/generated/schema";
import { useSession } from "../auth/session";
import type { Attachment } from "../fields/attachments";
import { deleteDraft, readDraft, saveDraft } from "./drafts";

export interface DraftOf<Content> {
  id: string;
  /** The application's name and what is written: "mediation.report". */
  kind: string;
  /** Plain JSON only. */
  values: Ref<Content>;
  files: Ref<Attachment[]>;
  /** Worth keeping. */
  hasContent: (values: Content) => boolean;
  titleOf: (values: Content) => string;
}

const pauseMs = 600;

/** Keeps what is being written, a moment after each change, under `id`; several drafts may exist side by side. */
export function useDraft<Content extends object>({ id, kind, values, files, hasContent, titleOf }: DraftOf<Content>) {
  const session = useSession();
  const savedAt = ref<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  async function restore(): Promise<void> {
    const draft = await readDraft(id);
    if (draft && draft.account === session.account) {
      // A draft of an earlier version of this application may know fewer fields.
      values.value = { ...values.value, ...(draft.values as unknown as Partial<Content>) };
      files.value = draft.files;
      savedAt.value = draft.updatedAt;
    }
    watch([values, files], later, { deep: true });
  }

  function later(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void save(), pauseMs);
  }

  async function save(): Promise<void> {
    clearTimeout(timer);
    if (ended || !(hasContent(values.value) || files.value.length)) return;
    const plain = JSON.parse(JSON.stringify(values.value)) as { [key: string]: Json };
    const kept = files.value.map((file) => ({ name: file.name, blob: toRaw(file.blob), keepPosition: file.keepPosition }));
    savedAt.value = (await saveDraft(id, session.account, kind, { title: titleOf(values.value), values: plain, files: kept })).updatedAt;
  }

  /** What was written is in the outbox now. */
  async function end(): Promise<void> {
    ended = true;
    clearTimeout(timer);
    await deleteDraft(id);
  }

  const hidden = () => document.visibilityState === "hidden" && void save();
  document.addEventListener("visibilitychange", hidden);
  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", hidden);
    void save();
  });
  return { savedAt, restore, save, end };
}
