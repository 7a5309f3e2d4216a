import { RehabTaskById, type RehabTaskCard } from "@/generated/rehab";
import type { RehabTaskKind } from "@/generated/schema";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

/** Done by writing down what was done and seen; the others end with a check-in, a test or a decision. */
export const byRecord: readonly RehabTaskKind[] = ["HOME_VISIT", "TALK", "PATROL", "FAMILY_CARE", "CALL_BACK", "WHISTLE", "RELEASE_NOTICE"];

/** May be recorded now by the reader. */
export const recordable = (task: Pick<RehabTaskCard, "kind" | "state" | "isMine">): boolean =>
  task.isMine && byRecord.includes(task.kind) && (task.state === "OPEN" || task.state === "MISSED");

/** Who sees a duty and not the case calls for help from it; the others do so from the case. */
export const alarmable = (task: Pick<RehabTaskCard, "link" | "isMine">): boolean => task.isMine && ["FAMILY", "GRID", "VILLAGE"].includes(task.link);

/** The window of a duty is open: it can be done, in time or late. */
export const isOpenNow = (task: Pick<RehabTaskCard, "state" | "opensAt">, now: number): boolean =>
  (task.state === "OPEN" || task.state === "MISSED") && Date.parse(task.opensAt) <= now;

/** One duty of the reader's own, kept for reading without a network. */
export function useTask(id: string) {
  const kept = useKeptRead<RehabTaskCard>(() => `rehab.task.${id}`, async () => {
    const { myRehabTask } = await execute(RehabTaskById, { id });
    if (!myRehabTask) throw new TransportError("NOT_FOUND", 404, undefined);
    return myRehabTask;
  });
  afterSending(kept.load);
  return kept;
}
