import {
  AnswerProblem, AssignProblem, CockpitProblemById, type CockpitProblemDetail, CockpitProblemTimeline, CorrectProblem, JudgeProblem, ReportProblemAgain,
} from "@/generated/cockpit";
import { execute } from "@/kernel/graphql/client";
import { type Look, formsOf, found, justId, officers } from "./item";

export const readProblem = async (id: string): Promise<CockpitProblemDetail> => found((await execute(CockpitProblemById, { id })).cockpitProblem);
export const problemTimeline = async (id: string, after: string | null) => (await execute(CockpitProblemTimeline, { id, after })).cockpitProblem?.timeline;

/** The way it has not been reported yet. */
const otherWay = (problem: CockpitProblemDetail) => (problem.verticalAt ? ["TASK_FORCE"] : ["VERTICAL"]);

export const looks: Readonly<Record<string, Look<CockpitProblemDetail>>> = {
  answer: { icon: "edit", step: true, operation: AnswerProblem, fields: [{ name: "answer", kind: "longtext", max: 5000 }] },
  judge: { icon: "check", step: true, operation: JudgeProblem, fields: [{ name: "accept", kind: "verdict" }, { name: "opinion", kind: "longtext", max: 2000 }] },
  assign: { icon: "people", step: true, waits: ({ ownerName }) => ownerName !== null, operation: AssignProblem, fields: [{ name: "owner", kind: "find", find: ({ id }) => officers("PROBLEM", id) }] },
  report_again: {
    icon: "send", step: true, operation: ReportProblemAgain,
    fields: [
      { name: "to", kind: "choice", words: "reportTo", values: otherWay },
      { name: "verticalUnit", kind: "text", max: 100, shown: (values) => values["to"] === "VERTICAL" },
    ],
  },
  correct: { icon: "edit", operation: CorrectProblem, along: justId, fields: [{ name: "text", kind: "longtext", max: 2000 }] },
};

export const forms = formsOf("problem", looks);
