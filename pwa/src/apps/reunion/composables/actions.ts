import {
  AddNextOfKin, AddReunionPicture, AnswerTip, ArrangeReturn, AskAssist, AskReunionVerification, ChooseReunionFace, CloseReunionCase, ConfirmReunionIdentity, CorrectReunionFacts,
  DecideBulletin, DecideFaceSearch, ForgoBulletin, GiveReunionTask, HandOver, LinkReunionFind, PlacePerson, PublishBulletin, RaiseReunionAlarm, RecordFollowUp, RecordQuickCheck, RecordReunionBasis, RecordReunionProof, RefuseContact,
  RemoveReunionPicture, RequestFaceSearch, type ReunionCaseDetail, SaveCarePlan, TakeDownBulletin, WithdrawBulletin, WithdrawReunionCase,
} from "@/generated/reunion";
import { type Json, type ReunionPurpose, reunionAlarms, reunionBasisKinds, reunionProofKinds, reunionTipVerdicts } from "@/generated/schema";
import type { FormLook, Forms } from "@/kernel/forms/actions";
import type { Field as FieldOf, Input } from "@/kernel/forms/fields";
import { type Arranged, type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import { facesToChoose } from "./pictures";

type Field = FieldOf<ReunionCaseDetail>;

export interface CaseLook extends FormLook<ReunionCaseDetail> {
  /** Only from a button beside what it is about, never in the bar. */
  beside?: boolean;
  /** The variables, where they are not `{ input: { id, version, …fields } }`. */
  variables?: (input: Input, base: { id: string; version: number }) => { [key: string]: Json };
}

export type CaseAction = CaseLook & OfferedAction;

const text: Field = { name: "text", kind: "longtext", max: 2000 };
/** What cannot be taken back asks for a tick first. */
const sure: Field = { name: "sure", kind: "confirm" };

/** A search looks at the other side only: what may be asked for depends on whom the case is about. */
export const purposesOf = ({ side }: Pick<ReunionCaseDetail, "side">): readonly ReunionPurpose[] =>
  side === "SOUGHT" ? ["LOST_RESCUE", "CROSS_REGION"] : ["STRANDED_SEARCH", "VAGRANT_AID", "CROSS_REGION"];

/** A child's own word is no consent. */
const groundsOf = ({ isMinor }: ReunionCaseDetail) => reunionBasisKinds.filter((kind) => !isMinor || kind !== "CONSENT");

export const toReview = (matter: Pick<ReunionCaseDetail, "candidates">) => matter.candidates.filter((one) => one.state === "OPEN" && one.mayReview);

/** The steps of a case in the order of its life; what somebody else waits for comes first. */
const steps: Readonly<Record<string, CaseLook>> = {
  approve_search: { icon: "shield", step: true, operation: DecideFaceSearch, form: () => import("../components/staff/forms/DecideSearchForm.vue") },
  review_candidate: {
    icon: "eye", step: true, usable: (matter) => toReview(matter).length > 0,
    to: (matter) => `/reunion/cases/${matter.id}/candidates/${toReview(matter)[0]?.id ?? ""}`,
  },
  record_basis: {
    icon: "paper", step: true, operation: RecordReunionBasis,
    fields: [
      { name: "basis", kind: "choice", words: "basisKind", values: groundsOf },
      { ...text, max: 1000 },
      { name: "guardianAgreed", kind: "switch", shown: (_values, matter) => matter.isMinor },
    ],
  },
  decide_bulletin: { icon: "globe", step: true, operation: DecideBulletin, form: () => import("../components/staff/forms/DecideBulletinForm.vue") },
  answer_tip: {
    icon: "check", step: true, beside: true, operation: AnswerTip,
    fields: [{ name: "tipId", kind: "fixed" }, { name: "verdict", kind: "choice", words: "tipVerdict", values: reunionTipVerdicts }, { name: "note", kind: "longtext", optional: true, max: 1000 }],
    variables: (input) => ({ input }),
  },
  record_guardian: {
    icon: "shield", step: true, operation: RecordReunionBasis,
    fields: [{ name: "basis", kind: "fixed", initial: () => "GUARDIAN_CONSENT" }, { ...text, max: 1000 }, { name: "guardianAgreed", kind: "confirm", sent: true }],
  },
  choose_face: { icon: "user", step: true, operation: ChooseReunionFace, usable: (matter) => facesToChoose(matter).length > 0, form: () => import("../components/staff/forms/ChooseFaceForm.vue") },
  quick_check: { icon: "search", step: true, operation: RecordQuickCheck, fields: [text] },
  request_search: {
    icon: "people", step: true, operation: RequestFaceSearch,
    fields: [
      { name: "purpose", kind: "choice", words: "purpose", values: purposesOf },
      { name: "legalBasis", kind: "text", max: 500 },
      { name: "necessity", kind: "longtext", max: 1000 },
    ],
  },
  ask_assist: { icon: "send", operation: AskAssist, form: () => import("../components/staff/forms/AskAssistForm.vue") },
  ask_verification: { icon: "send", step: true, operation: AskReunionVerification, fields: [{ ...text, max: 1000 }] },
  confirm_identity: { icon: "check", step: true, operation: ConfirmReunionIdentity, fields: [{ ...text, max: 1000 }, sure] },
  record_proof: {
    icon: "paper", step: true, operation: RecordReunionProof,
    fields: [
      { name: "kind", kind: "choice", words: "proofKind", values: reunionProofKinds },
      { name: "positive", kind: "verdict" },
      { name: "source", kind: "text", max: 500 },
      { name: "secondSource", kind: "text", max: 500, shown: (values) => values["kind"] === "ACQUAINTANCES" },
    ],
  },
  arrange_return: { icon: "home", step: true, operation: ArrangeReturn, fields: [{ name: "plan", kind: "longtext", max: 2000 }, { name: "wish", kind: "longtext", max: 2000 }] },
  hand_over: {
    icon: "people", step: true, operation: HandOver,
    fields: [{ name: "receiver", kind: "text", max: 100 }, { name: "idCheck", kind: "longtext", max: 500 }, { name: "place", kind: "text", max: 200 }, sure],
  },
  record_follow_up: { icon: "phone", step: true, operation: RecordFollowUp, fields: [text] },
  add_picture: {
    icon: "camera", step: true, operation: AddReunionPicture, usable: ({ state }) => state !== "IDENTITY_CONFIRMED" && state !== "RETURN_ARRANGED",
    form: () => import("../components/staff/forms/AddPicturesForm.vue"),
  },
};

const others: Readonly<Record<string, CaseLook>> = {
  give_task: { icon: "people", operation: GiveReunionTask, form: () => import("../components/task/GiveTaskForm.vue") },
  /** Its code is shown once, so it never waits in the outbox: a sheet of its own. */
  issue_home_card: { icon: "shield", beside: true },
  save_care_plan: { icon: "edit", operation: SaveCarePlan, beside: true, form: () => import("../components/card/CarePlanForm.vue") },
  link_find: { icon: "link", operation: LinkReunionFind, beside: true, fields: [{ name: "code", kind: "text", max: 40 }, { name: "reason", kind: "longtext", max: 500 }] },
  add_kin: { icon: "user", operation: AddNextOfKin, beside: true, fields: [{ name: "name", kind: "text", max: 60 }, { name: "relation", kind: "text", max: 60 }, { name: "phone", kind: "text", max: 20 }] },
  publish_bulletin: { icon: "globe", operation: PublishBulletin, form: () => import("../components/staff/forms/PublishBulletinForm.vue") },
  take_down_bulletin: { icon: "close", danger: true, operation: TakeDownBulletin, fields: [text] },
  forgo_bulletin: { icon: "shield", operation: ForgoBulletin, fields: [{ ...text, max: 500 }] },
  withdraw_bulletin: { icon: "close", danger: true, operation: WithdrawBulletin, fields: [text, sure] },
  issue_status_link: { icon: "link", beside: true },
  end_status_link: { icon: "link", danger: true, beside: true },
  correct_facts: { icon: "edit", operation: CorrectReunionFacts, form: () => import("../components/staff/forms/CorrectFactsForm.vue") },
  raise_alarm: { icon: "bell", operation: RaiseReunionAlarm, fields: [{ name: "alarm", kind: "choice", words: "alarm", values: reunionAlarms }, { name: "receipt", kind: "text", max: 500 }] },
  remove_picture: {
    icon: "trash", danger: true, beside: true, operation: RemoveReunionPicture, fields: [{ name: "pictureId", kind: "fixed" }],
    variables: ({ pictureId }) => ({ pictureId: pictureId ?? null }),
  },
  close: { icon: "check", operation: CloseReunionCase, fields: [text, sure] },
  place: { icon: "home", operation: PlacePerson, fields: [text] },
  refuse_contact: { icon: "shield", danger: true, operation: RefuseContact, fields: [text, sure] },
  withdraw: { icon: "close", danger: true, operation: WithdrawReunionCase, fields: [text, sure] },
  withdraw_report: { icon: "close", danger: true, operation: WithdrawReunionCase, fields: [text, sure] },
};

/** The server decides what is allowed; this decides what is offered first. */
export const looks: Readonly<Record<string, CaseLook>> = { ...steps, ...others };

const inTheBar = Object.fromEntries(Object.entries(looks).filter(([, look]) => !look.beside));

export const arrange = (matter: ReunionCaseDetail): Arranged<CaseAction> => arrangeActions(matter, inTheBar);

/** An action the server offers now, in the bar or beside what it is about. */
export function offeredAction(matter: ReunionCaseDetail, name: string): CaseAction | undefined {
  const offered = matter.availableActions.find((one) => one.name === name);
  const look = looks[name];
  return offered && look && { ...look, ...offered };
}

/** The variables of an action's command. */
export function variablesOf(action: CaseLook, input: Input, base: { id: string; version: number }): { [key: string]: Json } {
  return action.variables ? action.variables(input, base) : { input: { id: base.id, version: base.version, ...input } };
}

export const forms: Forms<ReunionCaseDetail, CaseAction> = {
  texts: "reunion",
  words: "reunion.word",
  watched: { state: "caseState", alarm: "alarm" },
  arrange,
  offered: offeredAction,
  variables: (action, input, _matter, base) => variablesOf(action, input, base),
};
