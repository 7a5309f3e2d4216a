import { CheckAction, CockpitTaskById, type CockpitTaskDetail, CockpitTaskTimeline, CorrectTask, FinishAction, PostponeAction } from "@/generated/cockpit";
import { execute } from "@/kernel/graphql/client";
import { type Look, formsOf, found, justId } from "./item";

export const readTask = async (id: string): Promise<CockpitTaskDetail> => found((await execute(CockpitTaskById, { id })).cockpitTask);
export const taskTimeline = async (id: string, after: string | null) => (await execute(CockpitTaskTimeline, { id, after })).cockpitTask?.timeline;

export const looks: Readonly<Record<string, Look<CockpitTaskDetail>>> = {
  finish: {
    icon: "check", step: true, operation: FinishAction,
    fields: [{ name: "result", kind: "longtext", max: 2000 }, { name: "fileIds", kind: "files", purpose: "cockpit", optional: true }],
  },
  check: { icon: "eye", step: true, operation: CheckAction, fields: [{ name: "passed", kind: "verdict" }, { name: "finding", kind: "longtext", max: 2000 }] },
  postpone: {
    icon: "clock", operation: PostponeAction,
    fields: [{ name: "dueOn", kind: "day", initial: ({ dueOn }) => dueOn }, { name: "reason", kind: "longtext", max: 500 }],
  },
  correct: { icon: "edit", operation: CorrectTask, along: justId, fields: [{ name: "text", kind: "longtext", max: 2000 }] },
};

export const forms = formsOf("task", looks);
