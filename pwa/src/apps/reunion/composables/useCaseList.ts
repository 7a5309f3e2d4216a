import type { Ref } from "vue";
import { ReunionCases } from "@/generated/reunion";
import { execute } from "@/kernel/graphql/client";
import { useMatterList } from "@/kernel/matters/useMatterList";
import { type CaseFilters, isPlain, toVariables } from "./caseFilters";

/** One side's cases. */
export const useCaseList = (filters: Readonly<Ref<CaseFilters>>) =>
  useMatterList({
    app: "reunion",
    filters,
    read: async (chosen: CaseFilters, first, after) => (await execute(ReunionCases, { first, after, filter: toVariables(chosen) })).reunionCases,
    key: ({ side }) => `reunion/cases/${side}`,
    plain: isPlain,
  });
