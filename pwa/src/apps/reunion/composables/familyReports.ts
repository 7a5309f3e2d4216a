import { computed, ref } from "vue";
import { MyReunionReport, type MyReunionReportsResult, MyReunionReports, type ReunionReportCard, type ReunionReportDetail } from "@/generated/reunion";
import { onArrival } from "@/kernel/arrivals";
import { useSession } from "@/kernel/auth/session";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { keptRead } from "@/kernel/offline/reads";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

const keptUnder = "reunion.family";
const found = ref(false);
let asked = "";

// What arrives may be the first there is: the panel that would hear of it is not there yet.
onArrival(({ app }) => {
  if (app === "reunion" && asked) void look(asked);
});

export const reportsOf = (result: MyReunionReportsResult | undefined): ReunionReportCard[] => result?.reunionCases.edges.map((edge) => edge.node) ?? [];

async function look(account: string): Promise<void> {
  found.value = reportsOf((await keptRead<MyReunionReportsResult>(account, keptUnder))?.data).length > 0;
  const result = await execute(MyReunionReports, {}, { interactive: false }).catch(() => undefined);
  if (result && account === asked) found.value = reportsOf(result).length > 0;
}

/** Whether this private person has reported anybody: who has not sees nothing of the application. */
export const present = computed(() => {
  const { account } = useSession();
  if (account && account !== asked) {
    asked = account;
    found.value = false;
    void look(account);
  }
  return found.value;
});

/** The family's own reports, kept for reading without a network. */
export function useMyReports() {
  return useKeptRead<MyReunionReportsResult>(() => keptUnder, async () => {
    const result = await execute(MyReunionReports, {});
    found.value = reportsOf(result).length > 0;
    return result;
  });
}

export async function readMyReport(id: string): Promise<ReunionReportDetail> {
  const { reunionCase } = await execute(MyReunionReport, { id });
  if (!reunionCase) throw new TransportError("NOT_FOUND", 404, undefined);
  return reunionCase;
}
