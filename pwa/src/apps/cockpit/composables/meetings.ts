import {
  AddAgendaItem, AssignAction, CancelMeeting, CockpitMeetingById, type CockpitMeetingDetail, CockpitMeetingTimeline, PrintBoard,
} from "@/generated/cockpit";
import type { FieldValue } from "@/kernel/forms/fields";
import { execute } from "@/kernel/graphql/client";
import { thisMonth } from "./board";
import { type Look, formsOf, found, officers } from "./item";

export const readMeeting = async (id: string): Promise<CockpitMeetingDetail> => found((await execute(CockpitMeetingById, { id })).cockpitMeeting);
export const meetingTimeline = async (id: string, after: string | null) => (await execute(CockpitMeetingTimeline, { id, after })).cockpitMeeting?.timeline;

export type AgendaPoint = CockpitMeetingDetail["agenda"][number];

/** A point in words: what was written, or the name of the figure that `named` knows. */
export const pointOf = (point: AgendaPoint, named: (app: string, key: string) => string): string =>
  point.source === "FIGURE" ? `${named(point.app ?? "", point.key ?? "")}${point.division ? ` · ${point.division.name}` : ""}` : (point.title ?? "");

const none: FieldValue = "";

export const looks: Readonly<Record<string, Look<CockpitMeetingDetail>>> = {
  decide: {
    icon: "check", step: true, waits: ({ state }) => state === "PLANNED", operation: AssignAction,
    along: (base, input) => ({ meetingId: base.id, ...input }),
    fields: [
      { name: "text", kind: "longtext", max: 2000 },
      { name: "owner", kind: "find", find: () => officers("TASK") },
      { name: "dueOn", kind: "day" },
      { name: "agendaItemId", kind: "fixed", optional: true, initial: () => none },
    ],
  },
  hold: { icon: "paper", step: true, form: () => import("../components/meeting/HoldForm.vue") },
  add: { icon: "plus", step: true, operation: AddAgendaItem, fields: [{ name: "title", kind: "text", max: 300 }] },
  brief: { icon: "chart", operation: PrintBoard, fields: [{ name: "month", kind: "text", max: 7, initial: () => thisMonth().slice(0, 7) }] },
  cancel: {
    icon: "close", danger: true, operation: CancelMeeting,
    fields: [
      { name: "reason", kind: "longtext", max: 2000 },
      { name: "forGood", kind: "switch", shown: (_values, { kind }) => kind === "WEEKLY_CITY" || kind === "WEEKLY_LINK" },
    ],
  },
};

export const forms = formsOf("meeting", looks);
