import type { Ref } from "vue";
import { RehabCaseload, RehabCases } from "@/generated/rehab";
import { execute } from "@/kernel/graphql/client";
import { useMatterList } from "@/kernel/matters/useMatterList";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { type CaseFilters, isPlain, toVariables } from "./caseFilters";

/** Counts by colour, for the chips and the home panel. */
export const useCaseload = () => useKeptRead(() => "care/caseload", async () => (await execute(RehabCaseload, {})).rehabCaseload);

export const useCaseList = (filters: Readonly<Ref<CaseFilters>>) =>
  useMatterList({
    app: "rehab",
    filters,
    read: async (chosen: CaseFilters, first, after) => (await execute(RehabCases, { first, after, filter: toVariables(chosen) })).rehabCases,
    key: () => "care/cases",
    plain: isPlain,
  });
