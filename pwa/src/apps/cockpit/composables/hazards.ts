import {
  CockpitHazardById, type CockpitHazardDetail, CockpitHazardTimeline, CorrectHazard, GradeHazard, OrderRectification, RectifyHazard, VerifyHazard,
} from "@/generated/cockpit";
import { useSession } from "@/kernel/auth/session";
import { execute } from "@/kernel/graphql/client";
import { type Look, formsOf, found, justId, officers } from "./item";

export const readHazard = async (id: string): Promise<CockpitHazardDetail> => found((await execute(CockpitHazardById, { id })).cockpitHazard);
export const hazardTimeline = async (id: string, after: string | null) => (await execute(CockpitHazardTimeline, { id, after })).cockpitHazard?.timeline;

/** No hazard at all is an answer too; a major one is the regulator's to name. */
const grades = () => ["GENERAL", ...(useSession().may("cockpit_safety:hazard:grade_major") ? ["MAJOR"] : []), "NONE"];

export const looks: Readonly<Record<string, Look<CockpitHazardDetail>>> = {
  grade: {
    icon: "alert", step: true, operation: GradeHazard,
    along: (base, input) => ({ id: base.id, version: base.version, ...input, grade: input["grade"] === "NONE" ? null : (input["grade"] ?? null) }),
    fields: [{ name: "grade", kind: "choice", words: "hazardGrade", values: grades }, { name: "reason", kind: "longtext", max: 2000 }],
  },
  order: {
    icon: "send", step: true, waits: ({ state }) => state === "RECTIFYING", operation: OrderRectification,
    fields: [{ name: "owner", kind: "find", find: ({ id }) => officers("RECTIFICATION", id) }, { name: "demand", kind: "longtext", max: 2000 }, { name: "dueOn", kind: "day" }],
  },
  rectify: {
    icon: "check", step: true, operation: RectifyHazard,
    fields: [{ name: "text", kind: "longtext", max: 2000 }, { name: "fileIds", kind: "files", purpose: "cockpit" }],
  },
  verify: {
    icon: "eye", step: true, operation: VerifyHazard,
    fields: [
      { name: "passed", kind: "verdict" },
      { name: "finding", kind: "longtext", max: 2000 },
      { name: "dueOn", kind: "day", shown: (values) => values["passed"] === "false" },
    ],
  },
  correct: { icon: "edit", operation: CorrectHazard, along: justId, fields: [{ name: "text", kind: "longtext", max: 2000 }] },
};

export const forms = formsOf("hazard", looks);
