import { computed } from "vue";
import { CockpitMatterChanged, CockpitOfficers } from "@/generated/cockpit";
import type { CockpitChoiceFor } from "@/generated/schema";
import type { Json } from "@/generated/schema";
import type { FormAction, FormLook, Forms } from "@/kernel/forms/actions";
import type { Found } from "@/kernel/forms/fields";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import type { Matter } from "@/kernel/matters/context";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { wordsRoot } from "./words";

export type ItemKind = "scene" | "meeting" | "task" | "problem" | "hazard";

export interface Item extends Matter {
  state: string;
  availableActions: readonly OfferedAction[];
}

/** What a look knows beside the kernel's: `beside` stands at the part it is about, `along` says what goes with the input. */
export interface Look<Detail extends Item> extends FormLook<Detail> {
  beside?: boolean;
  along?: (base: { id: string; version: number }, input: { [key: string]: Json }) => { [key: string]: Json };
}

export type ItemAction<Detail extends Item> = Look<Detail> & FormAction<Detail>;

export function found<Detail>(detail: Detail | null): Detail {
  if (!detail) throw new TransportError("NOT_FOUND", 404, undefined);
  return detail;
}

/** One row of the programme, kept for reading without a network and read again whenever the server says it changed. */
export function useItem<Detail extends Item>(kind: ItemKind, id: string, read: (id: string) => Promise<Detail>) {
  const kept = useKeptRead(() => `cockpit/${kind}/${id}`, () => read(id));
  useLive(
    CockpitMatterChanged,
    { id },
    ({ cockpitMatterChanged }) => {
      if (cockpitMatterChanged !== kept.data.value?.version) void kept.load();
    },
    () => void kept.load(),
  );
  afterSending(kept.load);
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}

/** The forms of one kind; `watched` tells what changed while somebody was writing. */
export function formsOf<Detail extends Item>(kind: ItemKind, looks: Readonly<Record<string, Look<Detail>>>): Forms<Detail, ItemAction<Detail>> {
  const inTheBar = Object.fromEntries(Object.entries(looks).filter(([, look]) => !look.beside));
  return {
    texts: `cockpit.${kind}`,
    words: wordsRoot,
    watched: { state: `${kind}State` },
    arrange: (matter) => arrangeActions(matter, inTheBar),
    offered: (matter, name) => {
      const offered = matter.availableActions.find((one) => one.name === name);
      const look = looks[name];
      return offered && look && { ...look, ...offered };
    },
    variables: (action, input, _matter, base) => ({ input: action.along ? action.along(base, input) : { id: base.id, version: base.version, ...input } }),
  };
}

/** Officers to choose from, with their agencies. */
export const officers = (purpose: CockpitChoiceFor, about: string | null = null) => async (): Promise<Found[]> =>
  (await execute(CockpitOfficers, { purpose, about })).cockpitOfficers.map((one) => ({ id: one.membershipId, name: one.name, role: one.role, note: one.agencyName }));

/** Only the id goes along: a correction hangs on no version. */
export const justId: NonNullable<Look<Item>["along"]> = (base, input) => ({ id: base.id, ...input });
