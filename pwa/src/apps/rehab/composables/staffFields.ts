import type { RehabCaseDetail } from "@/generated/rehab";
import type { Field as FieldOf, Input, Option, Wording } from "@/kernel/forms/fields";

type Field = FieldOf<RehabCaseDetail>;

/** Rows of a case that an action of the staff is about, and the fields that choose one of them. */

export const unsigned = (matter: RehabCaseDetail) => matter.papers.find((paper) => paper.mySignature === false);
export const openTasksOfPerson = (matter: RehabCaseDetail) => matter.chain.filter((task) => task.link === "PERSON" && (task.state === "OPEN" || task.state === "MISSED"));
export const draftEntries = (matter: RehabCaseDetail) => matter.entries.filter((entry) => entry.state === "DRAFT");
export const proposalOf = (matter: RehabCaseDetail) => matter.assessments.find((one) => one.state === "PROPOSED");
export const leavesToDecide = (matter: RehabCaseDetail) => matter.leaves.filter((leave) => leave.state === "FILED" || leave.extendTo !== null);
export const requestsIn = (matter: RehabCaseDetail, ...states: string[]) => matter.requests.filter((request) => states.includes(request.state));
export const objectionsIn = (matter: RehabCaseDetail, state: string) => matter.objections.filter((one) => one.state === state);
export const testsWith = (matter: RehabCaseDetail, result: string) => matter.tests.filter((test) => test.result === result);
export const breachesToConfirm = (matter: RehabCaseDetail) => matter.breaches.filter((one) => !one.confirmedAt && !one.droppedAt);
export const openWhistles = (matter: RehabCaseDetail) => matter.whistles.filter((one) => one.state === "OPEN");

const picked = (name: string, pick: (matter: RehabCaseDetail, wording: Wording) => Option[]): Field => ({ name, kind: "pick", pick });

export const taskField = picked("taskId", (matter, { word, moment }) =>
  openTasksOfPerson(matter).map((task) => ({ value: task.id, label: word("taskKind", task.kind), note: `${moment(task.dueAt)} · ${word("taskState", task.state)}` })),
);

export const leaveField = picked("leaveId", (matter, { date }) =>
  leavesToDecide(matter).map((leave) => ({ value: leave.id, label: leave.place, note: `${date(leave.fromDay)} – ${date(leave.extendTo ?? leave.toDay)}` })),
);

export const requestField = (...states: string[]): Field =>
  picked("requestId", (matter, { word, moment }) => requestsIn(matter, ...states).map((one) => ({ value: one.id, label: word("requestKind", one.kind), note: moment(one.filedAt) })));

export const objectionField = (state: string): Field =>
  picked("objectionId", (matter, { word, moment }) => objectionsIn(matter, state).map((one) => ({ value: one.id, label: word("objectionTarget", one.target), note: moment(one.filedAt) })));

export const testField = (result: string): Field =>
  picked("testId", (matter, { word, moment }) => testsWith(matter, result).map((one) => ({ value: one.id, label: word("testKind", one.kind), note: moment(one.doneAt) })));

export const breachField = picked("breachId", (matter, { word, moment }) =>
  breachesToConfirm(matter).map((one) => ({ value: one.id, label: word("breachKind", one.kind), note: moment(one.recordedAt) })),
);

export const whistleField = picked("whistleId", (matter, { word, moment }) =>
  openWhistles(matter).map((one) => ({ value: one.id, label: word("whistleGround", one.ground), note: moment(one.blownAt) })),
);

/** A step whose ground is one text; what it is (reason, document, finding) the label of the action says. */
export const stepText: readonly Field[] = [{ name: "text", kind: "longtext", max: 2000 }];

/** The two lists of the agreement as the one list the server takes. */
export function measuresOf(input: Input): Input {
  const { agreed, own, ...rest } = input;
  const lines = (value: unknown, kind: string) => (Array.isArray(value) ? value.map((text: string) => ({ kind, text })) : []);
  return { ...rest, measures: [...lines(agreed, "AGREED"), ...lines(own, "SELF")] };
}
