import {
  AssignAction, CallMeeting, CockpitCatalogue, CockpitScenes, DefinePillar, ProposeScene, RecordHonour, RegisterSafetyPlace, ReportProblem, SetIndicator,
} from "@/generated/cockpit";
import { type Json, cockpitBetters, cockpitHonourLevels, cockpitKeyUnits, cockpitMeetingKinds, cockpitTracks } from "@/generated/schema";
import { useSession } from "@/kernel/auth/session";
import type { Field, Found, Input } from "@/kernel/forms/fields";
import { execute } from "@/kernel/graphql/client";
import type { Operation } from "@/kernel/graphql/operation";
import { today } from "@/kernel/i18n/days";
import type { Payload } from "@/kernel/matters/submit";
import { officers } from "./item";

/** How something new comes into being: which fields, which command, and where it can be followed. */
export interface Creating {
  operation: Operation<Record<string, Payload>, never>;
  fields: readonly Field<object>[];
  back: string;
  /** The page of what was made; without one it goes back to where it stands. */
  to?: (id: string) => string;
  /** Which of the fields names it in the outbox. */
  named: string;
  input?: (input: Input) => Input;
}

const division: Field<object> = { name: "division", kind: "division", initial: () => useSession().homeDivision };
const scenes = async (): Promise<Found[]> =>
  (await execute(CockpitScenes, { first: 100, after: null, filter: null })).cockpitScenes.edges.map(({ node }) => ({ id: node.id, name: node.name, note: node.code }));
const scene: Field<object> = { name: "sceneId", kind: "find", optional: true, find: () => scenes };
/** Figures of the applications, by "app:key". */
const figures = async (): Promise<Found[]> =>
  (await execute(CockpitCatalogue, {})).cockpitCatalogue.map(({ app, key, name }) => ({ id: `${app}:${key}`, name: name || key, note: `${app}:${key}` }));
const codes = (figure: Json | undefined): [string, string] => {
  const [app = "", key = ""] = typeof figure === "string" ? figure.split(":") : [];
  return [app, key];
};
const number = (value: Json | undefined): number => Number(value) || 0;

export const creatings: Readonly<Record<string, Creating>> = {
  meeting: {
    operation: CallMeeting, back: "/cockpit/meetings", to: (id) => `/cockpit/meetings/${id}`, named: "title",
    fields: [
      { name: "kind", kind: "choice", words: "meetingKind", values: cockpitMeetingKinds },
      { name: "title", kind: "text", max: 200 }, { name: "plannedOn", kind: "day", initial: today }, { name: "placeText", kind: "text", max: 200, optional: true }, division,
    ],
    input: (input) => ({ ...input, placeText: input["placeText"] ?? "" }),
  },
  task: {
    operation: AssignAction, back: "/cockpit/tasks", to: (id) => `/cockpit/tasks/${id}`, named: "text",
    fields: [{ name: "text", kind: "longtext", max: 2000 }, { name: "owner", kind: "find", find: () => officers("TASK") }, { name: "dueOn", kind: "day" }],
  },
  problem: {
    operation: ReportProblem, back: "/cockpit/problems", to: (id) => `/cockpit/problems/${id}`, named: "title",
    fields: [
      { name: "title", kind: "text", max: 200 }, { name: "text", kind: "longtext", max: 5000 },
      { name: "to", kind: "several", words: "reportTo", values: ["VERTICAL", "TASK_FORCE"], initial: () => ["VERTICAL", "TASK_FORCE"] },
      { name: "verticalUnit", kind: "text", max: 100, shown: (values) => Array.isArray(values["to"]) && (values["to"] as string[]).includes("VERTICAL") },
      division,
    ],
    input: (input) => ({ ...input, verticalUnit: input["verticalUnit"] ?? "" }),
  },
  scene: {
    operation: ProposeScene, back: "/cockpit/scenes", to: (id) => `/cockpit/scenes/${id}`, named: "name",
    fields: [
      { name: "name", kind: "text", max: 100 }, { name: "goal", kind: "longtext", max: 2000 }, { name: "leadUnit", kind: "text", max: 100 },
      { name: "track", kind: "choice", words: "track", values: cockpitTracks, optional: true }, { name: "keyUnit", kind: "choice", words: "keyUnit", values: cockpitKeyUnits, optional: true },
      division,
    ],
  },
  place: {
    operation: RegisterSafetyPlace, back: "/cockpit/programme", named: "name",
    fields: [
      { name: "unit", kind: "choice", words: "keyUnit", values: cockpitKeyUnits }, { name: "name", kind: "text", max: 100 },
      { name: "address", kind: "text", max: 200, optional: true }, { name: "contact", kind: "phone", max: 30, optional: true }, division,
    ],
    input: (input) => ({ ...input, address: input["address"] ?? "", contact: input["contact"] ?? "" }),
  },
  pillar: {
    operation: DefinePillar, back: "/cockpit/programme", named: "leadUnit",
    fields: [
      { name: "kind", kind: "choice", words: "pillarKind", values: ["TRACK", "KEY_UNIT"] },
      { name: "track", kind: "choice", words: "track", values: cockpitTracks, shown: (values) => values["kind"] === "TRACK" },
      { name: "keyUnit", kind: "choice", words: "keyUnit", values: cockpitKeyUnits, shown: (values) => values["kind"] === "KEY_UNIT" },
      { name: "leadUnit", kind: "text", max: 100 }, { name: "leader", kind: "text", max: 50, optional: true }, { name: "duty", kind: "longtext", max: 1000, optional: true }, division,
    ],
    input: ({ track, keyUnit, ...input }) => ({ ...input, code: track ?? keyUnit ?? "", leader: input["leader"] ?? "", duty: input["duty"] ?? "" }),
  },
  honour: {
    operation: RecordHonour, back: "/cockpit/programme", named: "name",
    fields: [
      { name: "name", kind: "text", max: 200 }, { name: "level", kind: "choice", words: "honourLevel", values: cockpitHonourLevels }, { name: "awardedOn", kind: "day" },
      { name: "document", kind: "text", max: 200, optional: true }, scene, { name: "fileIds", kind: "files", purpose: "cockpit", optional: true }, division,
    ],
    input: (input) => ({ ...input, document: input["document"] ?? "" }),
  },
  indicator: {
    operation: SetIndicator, back: "/cockpit/programme", named: "name",
    fields: [
      { name: "name", kind: "text", max: 100 }, { name: "source", kind: "choice", words: "indicatorSource", values: ["FIGURE", "OWN"] },
      { name: "figure", kind: "find", find: () => figures, shown: (values) => values["source"] === "FIGURE" },
      { name: "code", kind: "text", max: 60, shown: (values) => values["source"] === "OWN" },
      { name: "better", kind: "choice", words: "better", values: cockpitBetters }, { name: "target", kind: "text", max: 20 }, { name: "tolerance", kind: "text", max: 20, optional: true },
      { name: "value", kind: "text", max: 20, optional: true, shown: (values) => values["source"] === "OWN" },
      { name: "unit", kind: "text", max: 10, optional: true }, { name: "ownerUnit", kind: "text", max: 100 }, { name: "validFrom", kind: "day", initial: today }, division,
    ],
    input: (given) => {
      const { source, figure, ...input } = given;
      const [app, key] = source === "FIGURE" ? codes(figure) : ["", ""];
      const value = input["value"] === undefined || input["value"] === null ? null : number(input["value"]);
      return { ...input, app, key, code: input["code"] ?? "", unit: input["unit"] ?? "", target: number(input["target"]), tolerance: number(input["tolerance"]), value };
    },
  },
};
