import type { Ref } from "vue";
import { OversightClues } from "@/generated/oversight";
import { execute } from "@/kernel/graphql/client";
import { useMatterList } from "@/kernel/matters/useMatterList";
import { type ClueFilters, isPlain, toVariables } from "./clueFilters";

export const useClueList = (filters: Readonly<Ref<ClueFilters>>) =>
  useMatterList({
    app: "oversight",
    filters,
    read: async (chosen: ClueFilters, first, after) => (await execute(OversightClues, { first, after, filter: toVariables(chosen) })).oversightClues,
    key: () => "oversight/clues",
    plain: isPlain,
  });
