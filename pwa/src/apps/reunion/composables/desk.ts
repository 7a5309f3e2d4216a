import { type Ref, computed, onScopeDispose, shallowRef, watch } from "vue";
import { useI18n } from "vue-i18n";
import { AnswerAssist, DeclineAssist, EndAssist, type ReunionAssistDetail, ReunionAssistById, type ReunionAssistLine, ReunionAssists, TakeUpAssist, ThankForAssist } from "@/generated/reunion";
import { type Json, type ReunionAssistFinding, type ReunionAssistScope, reunionAssistScopes } from "@/generated/schema";
import { onArrival } from "@/kernel/arrivals";
import { execute } from "@/kernel/graphql/client";
import { TransportError, UnreachableError } from "@/kernel/graphql/errors";
import type { Operation } from "@/kernel/graphql/operation";
import { usePaging } from "@/kernel/graphql/paging";
import type { Payload } from "@/kernel/matters/submit";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

const pageSize = 20;

/** An expert has his invitations and nothing else. */
export const scopesOf = (role: string): readonly ReunionAssistScope[] => (role === "FACE_EXPERT" ? ["TO_US"] : reunionAssistScopes.toSorted((a, b) => order[a] - order[b]));
const order: Readonly<Record<ReunionAssistScope, number>> = { TO_US: 0, MINE: 1, BOARD: 2 };

/** An expert says what he thinks of faces, a county what it knows of the person. */
export const findingsOf = ({ addressee }: Pick<ReunionAssistLine, "addressee">): readonly ReunionAssistFinding[] =>
  addressee === "EXPERT" ? ["SAME", "DIFFERENT", "UNSURE"] : ["KNOWN_HERE", "NOT_KNOWN_HERE", "UNSURE"];

export type DeskAction = "answer" | "decline" | "end" | "take" | "thank";

interface DeskLook {
  operation: Operation<Record<string, Payload>, never>;
  /** Name of its one long text, if it has one. */
  text?: "reasons" | "text" | "words";
  danger?: boolean;
}

export const deskLooks: Readonly<Record<DeskAction, DeskLook>> = {
  answer: { operation: AnswerAssist, text: "reasons" },
  decline: { operation: DeclineAssist, text: "text", danger: true },
  end: { operation: EndAssist, text: "text", danger: true },
  take: { operation: TakeUpAssist },
  thank: { operation: ThankForAssist, text: "words" },
};

/** The command's variables; `about` is the request, of thanks the reply. */
export function deskVariables(action: DeskAction, about: string, text: string, finding: string): { [key: string]: Json } {
  const { text: name } = deskLooks[action];
  const words = name ? { [name]: text.trim() } : {};
  return { input: { [action === "thank" ? "replyId" : "id"]: about, ...words, ...(action === "answer" ? { finding } : {}) } };
}

/** How a request is named in the outbox: not as a case, which whoever is asked may not have. */
export const deskMatter = ({ id, caseCode }: Pick<ReunionAssistLine, "id" | "caseCode">) => ({ id: `desk/${id}`, code: caseCode ?? "", version: 0 });

/** What a phone keeps: of another county's person nothing, since what was opened ends. */
const keepable = (assist: ReunionAssistDetail): ReunionAssistDetail => (assist.isOurs ? assist : { ...assist, case: null, pictures: [], paper: null });

/** One request, kept for reading without a network; whom another county's is about is shown while there is one. */
export function useAssist(id: string) {
  const whole = shallowRef<ReunionAssistDetail>();
  const kept = useKeptRead<ReunionAssistDetail>(() => `reunion/assist/${id}`, async () => {
    const { reunionAssist } = await execute(ReunionAssistById, { id });
    if (!reunionAssist) throw new TransportError("NOT_FOUND", 404, undefined);
    whole.value = reunionAssist;
    return keepable(reunionAssist);
  });
  const data = computed(() => (kept.stale.value ? kept.data.value : (whole.value ?? kept.data.value)));
  afterSending(kept.load);
  onScopeDispose(onArrival((fresh) => fresh.app === "reunion" && void kept.load()));
  followOpening(data, kept.load);
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, data, missing };
}

const openingMs = 3_000;
const mostLooks = 10;

/** What was taken from the board is opened by its own county, which takes a moment: look again until it is there. */
function followOpening(assist: Readonly<Ref<ReunionAssistDetail | undefined>>, load: () => unknown): void {
  let looks = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(assist, (now) => {
    clearTimeout(timer);
    if (now?.mayAnswer && !now.case && looks++ < mostLooks) timer = setTimeout(load, openingMs);
  });
  onScopeDispose(() => clearTimeout(timer));
}

/** One list of the desk; its first page is kept on the phone. */
export function useAssistList(scope: Readonly<Ref<ReunionAssistScope>>, ended: Readonly<Ref<boolean>>) {
  const paging = usePaging<ReunionAssistLine>(async (after) => {
    const open = scope.value === "BOARD" ? null : !ended.value;
    return (await execute(ReunionAssists, { scope: scope.value, first: pageSize, after, open })).reunionAssists;
  });
  const kept = useKeptRead(() => `reunion/assists/${scope.value}/${ended.value}`, async () => {
    await paging.reload();
    if (paging.error.value) throw paging.error.value;
    return paging.nodes.value;
  });

  async function load(): Promise<void> {
    await kept.load();
    if (!(paging.error.value instanceof UnreachableError) || !kept.data.value) return;
    paging.nodes.value = kept.data.value;
    paging.error.value = undefined;
    paging.loaded.value = true;
  }

  function turn(): void {
    kept.forget();
    paging.nodes.value = [];
    paging.loaded.value = false;
    void load();
  }

  watch([scope, ended], turn, { immediate: true });
  afterSending(load);
  onScopeDispose(onArrival((fresh) => fresh.app === "reunion" && paging.nodes.value.length <= pageSize && void paging.reload()));
  return { paging, fetchedAt: kept.fetchedAt, stale: kept.stale };
}

/** Words that several parts of the desk need. */
export function useDeskWords() {
  const { t } = useI18n();
  const years = ({ ageLeast, ageMost }: Pick<ReunionAssistLine, "ageLeast" | "ageMost">): string => {
    if (ageLeast === null || ageMost === null) return t("reunion.desk.ageUnknown");
    return ageLeast === ageMost ? t("reunion.desk.year", { least: ageLeast }) : t("reunion.desk.years", { least: ageLeast, most: ageMost });
  };
  /** Who is asked, or who asks. */
  const between = (one: ReunionAssistLine): string => {
    if (!one.isOurs) return t("reunion.desk.from", { county: one.county.name });
    return one.addressee === "BOARD" ? t("reunion.desk.board") : t("reunion.desk.to", { who: one.toCounty?.name ?? one.expertName ?? "" });
  };
  return { years, between };
}

export const assistTones: Readonly<Record<string, string>> = { OPEN: "tone-yellow", ANSWERED: "tone-green", DECLINED: "tone-red", EXPIRED: "tone-red", CLOSED: "tone-grey" };
