import { computed, ref } from "vue";
import { CareHome, type CareHomeResult } from "@/generated/rehab";
import { onArrival } from "@/kernel/arrivals";
import { useSession } from "@/kernel/auth/session";
import { execute } from "@/kernel/graphql/client";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { keptRead } from "@/kernel/offline/reads";

export type FamilyTask = CareHomeResult["myRehabTasks"]["edges"][number]["node"];

const keptUnder = "rehab.home";
const found = ref(false);
let asked = "";

// What arrives may be the first there is: the panel that would hear of it is not there yet.
onArrival(({ app }) => {
  if (app === "rehab" && asked) void look(asked);
});

/** What relatives are asked to do; the person's own duties are on the own page. */
export const familyTasks = (home: CareHomeResult | undefined): FamilyTask[] =>
  home?.myRehabTasks.edges.map((edge) => edge.node).filter((task) => task.link === "FAMILY") ?? [];

const something = (home: CareHomeResult | undefined): boolean => Boolean(home?.myRehabCase) || familyTasks(home).length > 0;

async function look(account: string): Promise<void> {
  found.value = something((await keptRead<CareHomeResult>(account, keptUnder))?.data);
  const home = await execute(CareHome, {}, { interactive: false }).catch(() => undefined);
  if (home && account === asked) found.value = something(home);
}

/** Whether there is anything for this private person: who has neither a case nor a task sees nothing of the application. */
export const present = computed(() => {
  const { account } = useSession();
  if (account && account !== asked) {
    asked = account;
    found.value = false;
    void look(account);
  }
  return found.value;
});

/** The home panel's read. */
export function useCareHome() {
  return useKeptRead<CareHomeResult>(() => keptUnder, async () => {
    const home = await execute(CareHome, {});
    found.value = something(home);
    return home;
  });
}
