import {
  AssignRehabLink, BeginFollowUp, CloseWhistle, ConfirmBreach, ConfirmFace, ConfirmPoints, DecideBand, DecideFurtherReview, DecideLeave,
  DecideRehabObjection, DecideRehabRequest, DemandCheckIn, DraftTreatmentAgreement, ExcuseRehabTask, ExitRehabCase, FindRelapse, NoteBreach, OrderIsolation,
  OverrideBand, RehabAssignees, RecordDrugTest, RecordLabResult, RecordNotReported, RecordPoints, type RehabCaseDetail, ReportIn, ReportSeriousBreach, ResumeRehabCase,
  SettleBreach, SettleRelapse, StartSupervision, SuspendRehabCase, TakeRehabRequest, TerminateRehabCase,
} from "@/generated/rehab";
import { type RehabEndType, type RehabLinkKind, rehabBands, rehabBreachKinds, rehabExcuses, rehabFindings, rehabSuspendCauses, rehabTestKinds } from "@/generated/schema";
import { execute } from "@/kernel/graphql/client";
import type { Field as FieldOf, Found } from "@/kernel/forms/fields";
import type { CaseLook } from "./actions";
import {
  breachField, breachesToConfirm, draftEntries, leaveField, leavesToDecide, measuresOf, objectionField, objectionsIn, openTasksOfPerson, openWhistles,
  proposalOf, requestField, requestsIn, stepText, taskField, testField, testsWith, unsigned, whistleField,
} from "./staffFields";

type Field = FieldOf<RehabCaseDetail>;

const reason: Field = { name: "reason", kind: "longtext", max: 1000 };
/** Links that a named officer can be. */
const officers: readonly RehabLinkKind[] = ["DRUG_WORKER", "POLICE", "GRID", "VILLAGE", "OFFICE"];

/** Officers who can be this link of the case. */
async function assignees({ id }: RehabCaseDetail, kind: RehabLinkKind): Promise<Found[]> {
  const { rehabAssignees } = await execute(RehabAssignees, { caseId: id, kind });
  return rehabAssignees.map((one) => ({ id: one.membershipId, name: one.name, role: one.role, note: one.agencyName }));
}

const measures = (kind: string) => (matter: RehabCaseDetail) => {
  const texts = (matter.agreement?.measures ?? []).filter((one) => one.kind === kind).map((one) => one.text);
  return texts.length ? texts : [""];
};

/** A new order ends only what is left of a case after its term. */
const endTypes = ({ state }: RehabCaseDetail): RehabEndType[] => [
  "DEATH", "IMPRISONED", "ORDER_ANNULLED", ...(state === "COMPLETED" || state === "FOLLOW_UP" ? (["NEW_ORDER"] as const) : []),
];

/** Decisions about what the person asked for or objects to, and about what waits for a second look: most pressing first. */
const decisions: Readonly<Record<string, CaseLook>> = {
  sign: { icon: "sign", step: true, to: (matter) => `/care/papers/${unsigned(matter)?.id ?? ""}`, usable: (matter) => unsigned(matter) !== undefined },
  review_check_in: { icon: "eye", step: true, to: (matter) => `/care/review?case=${matter.id}` },
  close_whistle: {
    icon: "bell", step: true, operation: CloseWhistle, base: "none", usable: (matter) => openWhistles(matter).length > 0,
    fields: [whistleField, { name: "finding", kind: "choice", words: "finding", values: rehabFindings }, { name: "text", kind: "longtext", max: 2000 }],
  },
  confirm_face: {
    icon: "user", step: true, operation: ConfirmFace, form: () => import("../components/staff/forms/ConfirmFaceForm.vue"),
    fields: [{ name: "enrolmentId", kind: "fixed", initial: (matter) => matter.enrolment?.id ?? "" }, { name: "accept", kind: "verdict" }, { name: "note", kind: "longtext", optional: true, max: 500 }],
  },
  decide_leave: {
    icon: "map", step: true, operation: DecideLeave, base: "none", usable: (matter) => leavesToDecide(matter).length > 0,
    fields: [leaveField, { name: "grant", kind: "verdict" }, { name: "note", kind: "longtext", max: 1000 }],
  },
  decide_objection: {
    icon: "shield", step: true, operation: DecideRehabObjection, base: "none", usable: (matter) => objectionsIn(matter, "FILED").length > 0,
    form: () => import("../components/staff/forms/DecideObjectionForm.vue"),
    fields: [objectionField("FILED"), { name: "uphold", kind: "verdict" }, { name: "decision", kind: "longtext", max: 2000 }],
  },
  decide_further_review: {
    icon: "shield", step: true, operation: DecideFurtherReview, base: "none", usable: (matter) => objectionsIn(matter, "FURTHER_REVIEW").length > 0,
    form: () => import("../components/staff/forms/DecideObjectionForm.vue"),
    fields: [objectionField("FURTHER_REVIEW"), { name: "uphold", kind: "verdict" }, { name: "decision", kind: "longtext", max: 2000 }],
  },
  decide_band: {
    icon: "star", step: true, operation: DecideBand, base: "version", usable: (matter) => proposalOf(matter) !== undefined,
    form: () => import("../components/staff/forms/DecideBandForm.vue"),
    fields: [{ name: "proposalId", kind: "fixed", initial: (matter) => proposalOf(matter)?.id ?? "" }, { name: "accept", kind: "verdict" }, reason],
  },
  confirm_breach: {
    icon: "alert", step: true, operation: ConfirmBreach, base: "version", usable: (matter) => breachesToConfirm(matter).length > 0,
    fields: [breachField, { name: "confirm", kind: "verdict" }, reason],
  },
  take_request: { icon: "inbox", step: true, operation: TakeRehabRequest, base: "none", fields: [requestField("FILED")], usable: (matter) => requestsIn(matter, "FILED").length > 0 },
  decide_request: {
    icon: "check", step: true, operation: DecideRehabRequest, base: "none", usable: (matter) => requestsIn(matter, "FILED", "IN_HAND").length > 0,
    fields: [requestField("FILED", "IN_HAND"), { name: "grant", kind: "verdict" }, { name: "answer", kind: "longtext", max: 2000 }],
  },
  confirm_points: {
    icon: "check", step: true, operation: ConfirmPoints, form: () => import("../components/staff/forms/ConfirmPointsForm.vue"), usable: (matter) => draftEntries(matter).length > 0,
  },
  record_lab_result: {
    icon: "search", step: true, operation: RecordLabResult, base: "none", usable: (matter) => testsWith(matter, "ONSITE_POSITIVE").length > 0,
    fields: [testField("ONSITE_POSITIVE"), { name: "lab", kind: "text", max: 200 }, { name: "result", kind: "choice", words: "testResult", values: ["NEGATIVE", "LAB_POSITIVE", "INVALID"] }],
  },
};

/** Steps that take the case forward, in the order of its life. */
const steps: Readonly<Record<string, CaseLook>> = {
  report_in: { icon: "pin", step: true, operation: ReportIn, form: () => import("../components/staff/forms/ReportInForm.vue") },
  draft_agreement: {
    icon: "paper", step: true, operation: DraftTreatmentAgreement, base: "version", shape: measuresOf,
    fields: [
      { name: "agreed", kind: "lines", initial: measures("AGREED") },
      { name: "own", kind: "lines", optional: true, initial: measures("SELF") },
      { name: "testPlan", kind: "longtext", max: 1000, initial: (matter) => matter.agreement?.testPlan ?? "" },
      { name: "help", kind: "longtext", max: 1000, initial: (matter) => matter.agreement?.help ?? "" },
    ],
  },
  start: { icon: "check", step: true, operation: StartSupervision, base: "version", fields: [{ name: "firstTest", kind: "text", max: 500 }, { name: "firstVisit", kind: "text", max: 500 }] },
  settle_breach: { icon: "check", operation: SettleBreach, base: "version", fields: stepText },
  settle_relapse: { icon: "check", operation: SettleRelapse, base: "version", fields: stepText },
  resume: { icon: "refresh", step: true, operation: ResumeRehabCase, base: "version", fields: stepText },
  begin_follow_up: { icon: "paper", step: true, operation: BeginFollowUp, base: "version", fields: stepText },
  exit: { icon: "check", step: true, operation: ExitRehabCase, base: "version", fields: stepText },
};

/** Day-to-day work. */
const daily: Readonly<Record<string, CaseLook>> = {
  record_test: {
    icon: "edit", operation: RecordDrugTest, shape: (input) => ({ ...input, sampleA: input["sampleA"] ?? "", sampleB: input["sampleB"] ?? "" }),
    fields: [
      { name: "kind", kind: "choice", words: "testKind", values: rehabTestKinds },
      { name: "result", kind: "choice", words: "testResult", values: ["NEGATIVE", "ONSITE_POSITIVE", "INVALID", "REFUSED"] },
      { name: "place", kind: "text", max: 200 },
      { name: "witness", kind: "text", max: 60 },
      { name: "sampleA", kind: "text", max: 60, shown: (values) => values["result"] !== "REFUSED" },
      { name: "sampleB", kind: "text", max: 60, optional: true, shown: (values) => values["result"] !== "REFUSED" },
      { name: "doneAt", kind: "moment", optional: true },
    ],
  },
  record_points: { icon: "star", operation: RecordPoints, form: () => import("../components/staff/forms/RecordPointsForm.vue") },
  demand_check_in: { icon: "camera", operation: DemandCheckIn, fields: [reason, { name: "hours", kind: "number", initial: () => "4" }] },
  excuse_task: {
    icon: "check", operation: ExcuseRehabTask, base: "none", usable: (matter) => openTasksOfPerson(matter).length > 0,
    fields: [taskField, { name: "excuse", kind: "choice", words: "excuse", values: rehabExcuses }, reason],
  },
  assign_links: {
    icon: "link", operation: AssignRehabLink,
    fields: [
      { name: "kind", kind: "choice", words: "linkKind", values: officers },
      {
        name: "membership", kind: "find", dependsOn: "kind",
        find: (matter, values) => {
          const kind = officers.find((one) => one === values["kind"]);
          return kind && (() => assignees(matter, kind));
        },
      },
    ],
  },
  override_band: {
    icon: "star", operation: OverrideBand, base: "version",
    fields: [{ name: "band", kind: "choice", words: "band", values: rehabBands }, reason, { name: "until", kind: "day" }],
  },
};

/** What weighs on the person: never a big button, always last. */
const grave: Readonly<Record<string, CaseLook>> = {
  not_reported: { icon: "alert", danger: true, operation: RecordNotReported, base: "version", fields: [{ name: "search", kind: "longtext", max: 1000 }, { name: "reasonAsked", kind: "longtext", max: 1000 }] },
  note_breach: {
    icon: "alert", danger: true, operation: NoteBreach, base: "version",
    fields: [
      { name: "kind", kind: "choice", words: "breachKind", values: rehabBreachKinds },
      { name: "fact", kind: "longtext", max: 2000 },
      { name: "clause", kind: "text", max: 500 },
      { name: "heard", kind: "longtext", max: 2000 },
      { name: "daysAway", kind: "number", shown: (values) => values["kind"] === "LEFT_WITHOUT_LEAVE" },
    ],
  },
  report_serious_breach: { icon: "alert", danger: true, operation: ReportSeriousBreach, base: "version", fields: stepText },
  find_relapse: {
    icon: "alert", danger: true, operation: FindRelapse, base: "version", usable: (matter) => testsWith(matter, "LAB_POSITIVE").length > 0,
    fields: [testField("LAB_POSITIVE"), { name: "assessment", kind: "longtext", max: 2000 }],
  },
  suspend: {
    icon: "stop", danger: true, operation: SuspendRehabCase, base: "version",
    fields: [{ name: "cause", kind: "choice", words: "suspendCause", values: rehabSuspendCauses }, { name: "document", kind: "text", max: 2000 }],
  },
  order_isolation: { icon: "alert", danger: true, operation: OrderIsolation, base: "version", fields: [{ name: "decisionNo", kind: "text", max: 200 }, reason] },
  terminate: {
    icon: "close", danger: true, operation: TerminateRehabCase, base: "version",
    fields: [{ name: "endType", kind: "choice", words: "endType", values: endTypes }, { name: "document", kind: "text", max: 2000 }],
  },
};

/** What the links of the chain and the offices may do, most natural first. */
export const staffActions: Readonly<Record<string, CaseLook>> = { ...decisions, ...steps, ...daily, ...grave };
