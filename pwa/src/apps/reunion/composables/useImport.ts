import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { ReunionImportById, type ReunionImportDetail, type ReunionImportRowCard, ReunionImportRows } from "@/generated/reunion";
import type { ReunionImportRowState } from "@/generated/schema";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { type Sample, atWork, secondsLeft } from "./imports";

const everyMs = 2_000;
const pageSize = 50;
const exportPage = 100;

/** One import, read again every two seconds while the server works on it and somebody looks. Never kept on the phone. */
export function useImport(id: string) {
  const run = shallowRef<ReunionImportDetail>();
  const error = shallowRef<unknown>();
  const first = shallowRef<Sample>();
  const now = shallowRef<Sample>({ at: 0, done: 0 });
  let timer: ReturnType<typeof setTimeout> | undefined;

  const parts = computed(() => (run.value ? run.value.rowsBy.done + run.value.picturesBy.read : 0));
  const total = computed(() => (run.value ? run.value.rowsBy.done + run.value.rowsBy.ready + run.value.picturesBy.total - run.value.picturesBy.unclaimed - run.value.picturesBy.odd : 0));
  const left = computed(() => (run.value && atWork(run.value) ? secondsLeft(first.value, now.value, total.value) : undefined));

  async function load(): Promise<void> {
    clearTimeout(timer);
    try {
      const { reunionImport } = await execute(ReunionImportById, { id });
      if (!reunionImport) throw new TransportError("NOT_FOUND", 404, undefined);
      run.value = reunionImport;
      error.value = undefined;
      now.value = { at: Date.now(), done: parts.value };
      first.value = atWork(reunionImport) ? (first.value ?? now.value) : undefined;
    } catch (problem) {
      error.value = problem;
    }
    if (run.value && atWork(run.value)) timer = setTimeout(() => void again(), everyMs);
  }

  const again = () => (document.hidden ? void (timer = setTimeout(() => void again(), everyMs)) : void load());
  onScopeDispose(() => clearTimeout(timer));
  return { run, error, left, load };
}

/** Rows in one state, a page at a time. */
export function useImportRows(id: string) {
  const rows = shallowRef<ReunionImportRowCard[]>([]);
  const next = ref<number | null>(null);
  const busy = ref(false);
  const error = shallowRef<unknown>();
  let round = 0;

  async function load(state: ReunionImportRowState, after: number | null = null): Promise<void> {
    const mine = ++round;
    busy.value = true;
    error.value = undefined;
    try {
      const page = await pageOf(id, [state], after, pageSize);
      if (mine !== round) return;
      rows.value = after === null ? page.nodes : [...rows.value, ...page.nodes];
      next.value = page.next;
    } catch (problem) {
      if (mine === round) error.value = problem;
    } finally {
      if (mine === round) busy.value = false;
    }
  }

  return { rows, next, busy, error, load };
}

/** Every row that did not become a case as it is, for the list that is saved. */
export async function rowsToExport(id: string): Promise<ReunionImportRowCard[]> {
  const found: ReunionImportRowCard[] = [];
  let after: number | null = null;
  do {
    const page: Awaited<ReturnType<typeof pageOf>> = await pageOf(id, ["PROBLEM", "DUPLICATE", "SKIPPED"], after, exportPage);
    found.push(...page.nodes);
    after = page.next;
  } while (after !== null);
  return found;
}

async function pageOf(id: string, states: ReunionImportRowState[], after: number | null, first: number) {
  const { reunionImport } = await execute(ReunionImportRows, { id, first, after, states });
  if (!reunionImport) throw new TransportError("NOT_FOUND", 404, undefined);
  return reunionImport.rows;
}
