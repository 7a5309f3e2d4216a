import {
  AdvanceScene, CheckPlan, CockpitSceneById, type CockpitSceneDetail, CockpitSceneTimeline, EstablishScene, FinishMilestone, IssueWeeklyList, JoinSceneTeam, PlanMilestone,
  ProveScene, ReportPlan, RetireScene, ReviewScene, WritePlan,
} from "@/generated/cockpit";
import { type CockpitSceneState, type Json, cockpitPhases, cockpitProofs, cockpitTeamRoles } from "@/generated/schema";
import { execute } from "@/kernel/graphql/client";
import type { FormAction, Forms } from "@/kernel/forms/actions";
import { type Look, formsOf, found, officers } from "./item";

export const readScene = async (id: string): Promise<CockpitSceneDetail> => found((await execute(CockpitSceneById, { id })).cockpitScene);
export const sceneTimeline = async (id: string, after: string | null) => (await execute(CockpitSceneTimeline, { id, after })).cockpitScene?.timeline;

const following: Readonly<Partial<Record<CockpitSceneState, CockpitSceneState>>> = { ESTABLISHED: "BUILDING", BUILDING: "PILOT", PILOT: "ROLLED_OUT", ROLLED_OUT: "IMPROVING" };
const needed: Readonly<Partial<Record<CockpitSceneState, readonly string[]>>> = { BUILDING: ["IMPACT_ASSESSMENT", "SECURITY_GRADE"], PILOT: cockpitProofs };

/** Kinds of evidence that the next state needs and nobody has recorded. */
export const lacking = (scene: Pick<CockpitSceneDetail, "state" | "evidence">): string[] =>
  (needed[scene.state] ?? []).filter((kind) => !scene.evidence.some((one) => one.kind === kind));

const nextOf = ({ state }: CockpitSceneDetail): string[] => [following[state] ?? ""].filter(Boolean);

/** The leader, one lead for the business and one for the technology; everybody else joins afterwards. */
function team(base: { id: string; version: number }, input: { [key: string]: Json }): { [key: string]: Json } {
  const member = (who: string, role: string, share: string): Json => ({ membershipId: input[who] ?? "", role, share: input[share] ?? "" });
  return {
    id: base.id, version: base.version, leader: input["leader"] ?? "",
    team: [member("businessLead", "BUSINESS_LEAD", "businessShare"), member("technicalLead", "TECHNICAL_LEAD", "technicalShare")],
  };
}

export const looks: Readonly<Record<string, Look<CockpitSceneDetail>>> = {
  review: { icon: "eye", step: true, operation: ReviewScene, fields: [{ name: "text", kind: "longtext", max: 2000 }] },
  establish: {
    icon: "people", step: true, operation: EstablishScene, along: team,
    fields: [
      { name: "leader", kind: "find", find: ({ id }) => officers("LEADER", id) },
      { name: "businessLead", kind: "find", find: () => officers("TEAM") },
      { name: "businessShare", kind: "text", max: 300 },
      { name: "technicalLead", kind: "find", find: () => officers("TEAM") },
      { name: "technicalShare", kind: "text", max: 300 },
    ],
  },
  plan: {
    icon: "plus", step: true, waits: ({ milestones }) => milestones.length > 0, operation: PlanMilestone,
    fields: [{ name: "name", kind: "text", max: 200 }, { name: "phase", kind: "choice", words: "phase", values: cockpitPhases }, { name: "plannedOn", kind: "day" }],
  },
  prove: {
    icon: "shield", step: true, waits: (scene) => lacking(scene).length === 0, operation: ProveScene,
    fields: [
      { name: "kind", kind: "choice", words: "proof", values: (scene) => (lacking(scene).length ? lacking(scene) : cockpitProofs) },
      { name: "text", kind: "longtext", max: 2000 },
      { name: "number", kind: "text", max: 100, optional: true },
      { name: "fileIds", kind: "files", purpose: "cockpit", optional: true },
    ],
  },
  advance: {
    icon: "check", step: true, waits: (scene) => lacking(scene).length > 0 || !scene.milestones.length, operation: AdvanceScene,
    fields: [{ name: "to", kind: "choice", words: "sceneState", values: nextOf }, { name: "reason", kind: "longtext", max: 2000 }],
  },
  join: {
    icon: "people", operation: JoinSceneTeam,
    fields: [
      { name: "membershipId", kind: "find", find: () => officers("TEAM") },
      { name: "role", kind: "choice", words: "teamRole", values: cockpitTeamRoles },
      { name: "share", kind: "text", max: 300 },
    ],
  },
  work: { icon: "list", beside: true },
  retire: { icon: "close", danger: true, operation: RetireScene, fields: [{ name: "text", kind: "longtext", max: 2000 }] },
};

export const forms = formsOf("scene", looks);

const fixed = (name: string) => ({ name, kind: "fixed" as const });
const alone = (_base: unknown, input: { [key: string]: Json }) => input;

/** What is done with one milestone or plan: the button's row says which. The server offers all of it as "work". */
export const workLooks: Readonly<Record<string, Look<CockpitSceneDetail>>> = {
  write: { icon: "edit", operation: WritePlan, along: alone, fields: [fixed("milestoneId"), { name: "day", kind: "day" }, { name: "text", kind: "longtext", max: 2000 }] },
  finish: {
    icon: "check", operation: FinishMilestone, along: alone,
    fields: [fixed("milestoneId"), { name: "proof", kind: "longtext", max: 2000 }, { name: "fileIds", kind: "files", purpose: "cockpit", optional: true }],
  },
  report: { icon: "paper", operation: ReportPlan, along: alone, fields: [fixed("entryId"), { name: "result", kind: "longtext", max: 2000 }] },
  checkPlan: { icon: "eye", operation: CheckPlan, along: alone, fields: [fixed("entryId"), { name: "sure", kind: "confirm" }] },
  list: { icon: "list", operation: IssueWeeklyList, along: (base, input) => ({ id: base.id, ...input }), fields: [{ name: "day", kind: "day" }] },
};

const sceneWork = formsOf("scene", workLooks);

/** As the server offers "work" for the scene as a whole. */
export const workForms: Forms<CockpitSceneDetail, Look<CockpitSceneDetail> & FormAction<CockpitSceneDetail>> = {
  ...sceneWork,
  offered: (_scene, name) => {
    const look = workLooks[name];
    return look && { ...look, name, requires: [], stepUp: false };
  },
};
