import { ReunionTaskById, type ReunionTaskCard, ReunionTasks } from "@/generated/reunion";
import { onScopeDispose } from "vue";
import { onArrival } from "@/kernel/arrivals";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { usePaging } from "@/kernel/graphql/paging";
import type { RowAction } from "./rows";

const tones = { GIVEN: "blue", ACCEPTED: "blue", DONE: "yellow", RETURNED: "yellow", VERIFIED: "green", REFUSED: "red", CANCELLED: "grey" } as const;

export const taskTone = (task: Pick<ReunionTaskCard, "state" | "late">): string => (task.late && task.state !== "DONE" ? "red" : tones[task.state]);

/** The server names what may be done with a task; these are the forms for it. */
export const taskActions = (task: ReunionTaskCard): RowAction[] =>
  (["accept", "finish", "refuse", "verify", "return", "cancel"] as const).filter((name) => task.actions.includes(name)).map((name) => `${name}_task` as const);

export async function readTask(id: string): Promise<ReunionTaskCard> {
  const { reunionTask } = await execute(ReunionTaskById, { id });
  if (!reunionTask) throw new TransportError("NOT_FOUND", 404, undefined);
  return reunionTask;
}

export const readOpenTasks = async (): Promise<ReunionTaskCard[]> => (await execute(ReunionTasks, { open: true, first: 20, after: null })).reunionTasks.edges.map((edge) => edge.node);

/** My tasks, page by page; read anew when word of one arrives. */
export function useTaskList(open: () => boolean) {
  const paging = usePaging<ReunionTaskCard>(async (after) => (await execute(ReunionTasks, { open: open(), first: 20, after })).reunionTasks);
  onScopeDispose(onArrival((fresh) => fresh.app === "reunion" && void paging.reload()));
  return paging;
}

/** Who may be asked; helpers, who cannot open cases, are asked by name. */
export const agencies = ["POLICE_OFFICER", "CIVIL_AFFAIRS", "RESCUE_STATION"] as const;
export const helpers = ["GRID_WORKER", "VILLAGE_OFFICER", "SOCIAL_WORKER"] as const;
export const isHelper = (role: string): boolean => (helpers as readonly string[]).includes(role);
