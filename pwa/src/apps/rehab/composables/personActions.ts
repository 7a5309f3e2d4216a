import {
  AskFurtherReview, AskLaboratory, BlowWhistle, ExtendLeave, FileLeave, FileRehabRequest, InviteFamily, ObjectToRehab, type RehabCaseDetail,
  ReturnFromLeave, WithdrawFace, WithdrawLeave, WithdrawRehabRequest,
} from "@/generated/rehab";
import type { Field as FieldOf, Wording } from "@/kernel/forms/fields";
import { rehabLinkKinds, rehabRequestKinds, rehabWhistleGrounds } from "@/generated/schema";
import type { CaseLook } from "./actions";

const unsigned = (matter: RehabCaseDetail) => matter.papers.find((paper) => paper.mySignature === false);
const retake = (matter: RehabCaseDetail) => matter.checkIns.find((checkIn) => checkIn.state === "RETAKE");
const leaves = (matter: RehabCaseDetail, state: string) => matter.leaves.filter((leave) => leave.state === state);
const openRequests = (matter: RehabCaseDetail) => matter.requests.filter((request) => request.state === "FILED" || request.state === "IN_HAND");

type Field = FieldOf<RehabCaseDetail>;

const leaveField = (state: string): Field => ({
  name: "leaveId",
  kind: "pick",
  pick: (matter, { date }: Wording) =>
    leaves(matter, state).map((leave) => ({ value: leave.id, label: leave.place, note: `${date(leave.fromDay)} – ${date(leave.toDay)}` })),
});

/** Whoever may be called together; the person need not call himself. */
export const callable = rehabLinkKinds.filter((kind) => kind !== "PERSON");

/** What the supervised person may do with his own matter. */
export const personActions: Readonly<Record<string, CaseLook>> = {
  sign: { icon: "sign", step: true, to: (matter) => `/care/papers/${unsigned(matter)?.id ?? ""}`, usable: (matter) => unsigned(matter) !== undefined },
  retake_check_in: { icon: "camera", step: true, to: (matter) => `/care/check-in/${retake(matter)?.task?.id ?? ""}`, usable: (matter) => Boolean(retake(matter)?.task) },
  check_in: { icon: "check", step: true, to: (matter) => `/care/check-in/${matter.nextTask?.id ?? ""}`, usable: (matter) => matter.nextTask?.kind === "CHECK_IN" },
  consent_to_face: { icon: "user", to: () => "/care/face" },
  show_pass: { icon: "scan", to: () => "/care/pass" },
  file_leave: {
    icon: "map", operation: FileLeave,
    fields: [{ name: "fromDay", kind: "day" }, { name: "toDay", kind: "day" }, { name: "place", kind: "text", max: 200 }, { name: "reason", kind: "longtext", max: 1000 }],
  },
  extend_leave: {
    icon: "clock", operation: ExtendLeave, base: "none", usable: (matter) => leaves(matter, "ACKNOWLEDGED").length > 0,
    fields: [leaveField("ACKNOWLEDGED"), { name: "toDay", kind: "day" }, { name: "reason", kind: "longtext", max: 1000 }],
  },
  return_from_leave: {
    icon: "home", operation: ReturnFromLeave, base: "none", fields: [leaveField("ACKNOWLEDGED")],
    usable: (matter) => leaves(matter, "ACKNOWLEDGED").length > 0,
  },
  withdraw_leave: { icon: "close", operation: WithdrawLeave, base: "none", fields: [leaveField("FILED")], usable: (matter) => leaves(matter, "FILED").length > 0 },
  file_request: {
    icon: "edit", operation: FileRehabRequest,
    fields: [
      { name: "kind", kind: "choice", words: "requestKind", values: rehabRequestKinds },
      { name: "toDivision", kind: "division", shown: (values) => values["kind"] === "TRANSFER" },
      { name: "text", kind: "longtext", max: 2000 },
    ],
  },
  withdraw_request: {
    icon: "close", operation: WithdrawRehabRequest, base: "none", usable: (matter) => openRequests(matter).length > 0,
    fields: [{
      name: "requestId", kind: "pick",
      pick: (matter, { word, moment }) => openRequests(matter).map((request) => ({ value: request.id, label: word("requestKind", request.kind), note: moment(request.filedAt) })),
    }],
  },
  file_objection: {
    icon: "shield", operation: ObjectToRehab,
    fields: [{ name: "target", kind: "fixed" }, { name: "targetId", kind: "fixed" }, { name: "grounds", kind: "longtext", max: 2000 }],
  },
  ask_further_review: {
    icon: "shield", operation: AskFurtherReview, base: "none",
    fields: [
      {
        name: "objectionId", kind: "pick",
        pick: (matter, { word, moment }) =>
          matter.objections.filter((one) => one.state === "DISMISSED").map((one) => ({ value: one.id, label: word("objectionTarget", one.target), note: moment(one.filedAt) })),
      },
      { name: "grounds", kind: "longtext", max: 2000 },
    ],
  },
  ask_laboratory: {
    icon: "search", operation: AskLaboratory, base: "none",
    fields: [
      {
        name: "testId", kind: "pick",
        pick: (matter, { word, moment }) =>
          matter.tests.filter((test) => test.result === "ONSITE_POSITIVE" && !test.labAskedAt).map((test) => ({ value: test.id, label: word("testKind", test.kind), note: moment(test.doneAt) })),
      },
      { name: "reason", kind: "longtext", max: 1000 },
    ],
  },
  invite_family: { icon: "people", operation: InviteFamily, fields: [{ name: "name", kind: "text", max: 50 }, { name: "phone", kind: "phone" }] },
  blow_whistle: {
    icon: "bell", operation: BlowWhistle,
    fields: [
      { name: "ground", kind: "choice", words: "whistleGround", values: rehabWhistleGrounds },
      { name: "text", kind: "longtext", max: 2000 },
      { name: "called", kind: "several", words: "linkKind", values: callable, initial: () => ["DRUG_WORKER"] },
    ],
  },
  withdraw_face: { icon: "trash", danger: true, operation: WithdrawFace, base: "id", variables: (input) => ({ id: input["id"] ?? "" }) },
};
