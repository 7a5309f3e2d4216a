import { computed, nextTick, onMounted, ref, shallowRef } from "vue";
import { useRoute, useRouter } from "vue-router";
import type { Refusal } from "@/generated/kernel";
import type { Attachment } from "../fields/attachments";
import { RefusedError } from "../graphql/errors";
import type { Operation } from "../graphql/operation";
import { type DraftOf, useDraft } from "../offline/useDraft";
import { errorsFor } from "../ui/problems";
import { type Payload, useSubmit } from "./submit";

/** `id` is the draft's: a command that takes it counts once, however often it is sent. */
export interface DraftForm<Content, Variables> extends Omit<DraftOf<Content>, "id" | "files"> {
  /** What can be told without the server. */
  check: (values: Content) => Refusal[];
  operation: Operation<Record<string, Payload>, Variables>;
  variables: (values: Content, id: string) => Variables;
  /** What attachments are uploaded for; their ids go into `input.fileIds`. */
  purpose: string;
  matterId?: () => string | null;
  /** Fields that show their own errors. */
  fields: readonly string[];
  /** After the draft was restored and before the form is shown; false: it cannot be shown, until `open` is tried again. */
  prepare?: () => Promise<boolean>;
  /** What the address says beside the draft. */
  query?: () => Record<string, string>;
}

/** A form that is kept as a draft while it is written and waits in the outbox when there is no network. */
export function useDraftForm<Content extends object, Variables>(form: DraftForm<Content, Variables>) {
  const route = useRoute();
  const router = useRouter();
  const { values, check, operation, variables, purpose, fields, titleOf } = form;
  const id = typeof route.query["draft"] === "string" ? route.query["draft"] : crypto.randomUUID();
  const files = ref<Attachment[]>([]);
  const ready = ref(false);
  const sent = ref(false);
  const local = shallowRef<Refusal[]>([]);
  const draft = useDraft({ id, kind: form.kind, values, files, hasContent: form.hasContent, titleOf });
  const { busy, refusals, error, item, submit, letGo } = useSubmit();
  const errors = computed(() => [...local.value, ...refusals.value]);
  /** Refusals that no field shows. */
  const problem = computed(() => {
    const left = refusals.value.filter((entry) => !fields.some((field) => errorsFor([entry], field).length));
    return left.length ? new RefusedError(left) : error.value;
  });

  async function open(): Promise<void> {
    if (form.prepare && !(await form.prepare())) return;
    ready.value = true;
    // The address names the draft, so that a reload goes on where the person was.
    await router.replace({ query: { ...route.query, ...form.query?.(), draft: id } });
  }

  onMounted(async () => {
    await draft.restore();
    await open();
  });

  async function send(): Promise<void> {
    local.value = check(values.value);
    if (!local.value.length) {
      const waiting = files.value.map((file) => ({ ...file, purpose, at: ["input", "fileIds"] }));
      const outcome = await submit(operation, variables(values.value, id), { title: titleOf(values.value), matterId: form.matterId?.() ?? null, files: waiting });
      sent.value = outcome !== "refused";
      // What was refused goes on here, as a draft; the outbox keeps only what is sent or waits.
      await (sent.value ? draft.end() : letGo());
      if (sent.value) return window.scrollTo({ top: 0 });
    }
    await nextTick();
    document.querySelector("form [role=alert]")?.scrollIntoView({ block: "center" });
  }

  return { id, files, ready, sent, errors, problem, busy, item, keptAt: draft.savedAt, open, end: draft.end, send };
}
