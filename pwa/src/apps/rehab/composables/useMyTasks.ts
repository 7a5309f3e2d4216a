import { onScopeDispose } from "vue";
import { MyRehabTasks, type RehabTaskCard } from "@/generated/rehab";
import { onArrival } from "@/kernel/arrivals";
import { useSession } from "@/kernel/auth/session";
import { execute } from "@/kernel/graphql/client";
import { keepRead } from "@/kernel/offline/reads";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

const mostTasks = 100;

/** My open duties, kept on the phone, each also for its own page: a visit is recorded where there is no network. */
export function useMyTasks() {
  const session = useSession();
  const kept = useKeptRead<RehabTaskCard[]>(() => "care/tasks", async () => {
    const account = session.account;
    const { myRehabTasks } = await execute(MyRehabTasks, { first: mostTasks, filter: { open: true } });
    const tasks = myRehabTasks.edges.map((edge) => edge.node);
    await Promise.all(tasks.map((task) => keepRead(account, `rehab.task.${task.id}`, task)));
    return tasks;
  });
  onScopeDispose(onArrival((fresh) => fresh.app === "rehab" && void kept.load()));
  return kept;
}
