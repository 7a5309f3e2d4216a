import type { Component } from "vue";
import type { DisputeDetail } from "@/generated/mediation";
import { type ActionLook, type Arranged, type OfferedAction, arrangeActions } from "@/kernel/matters/actions";

type Form = () => Promise<{ default: Component }>;

interface Definition extends ActionLook<DisputeDetail> {
  form: Form;
}

export type Action = Definition & OfferedAction;

const planned = (dispute: DisputeDetail) => dispute.sessions.some((session) => session.state === "PLANNED");
/** One party asked already: what is left to do is to sign the application. */
const applied = (dispute: DisputeDetail) => dispute.papers.some((paper) => paper.template === "confirmation_application");
const hasClock = (state: string) => (dispute: DisputeDetail) => dispute.clocks.some((clock) => clock.state === state);
const hasParties = (dispute: DisputeDetail) => dispute.parties.length > 0;

/** Most natural next step first. The server decides what is allowed; this decides what is offered first. */
const definitions: Record<string, Definition> = {
  sign: { icon: "sign", step: true, form: () => import("../components/actions/SignForm.vue"), usable: (d) => d.papers.some((paper) => paper.mySignature === false) },
  respond_to_session: { icon: "check", step: true, form: () => import("../components/actions/RespondForm.vue"), usable: (d) => d.sessions.some((s) => s.state === "PLANNED" && s.myResponse === null) },
  rate: { icon: "star", step: true, form: () => import("../components/actions/RateForm.vue") },
  reply_to_supervision: { icon: "alert", step: true, form: () => import("../components/actions/SupervisionReplyForm.vue"), usable: (d) => d.supervisionNotices.some((notice) => !notice.repliedAt) },
  decide_objection: { icon: "shield", step: true, form: () => import("../components/actions/DecideObjectionForm.vue"), usable: (d) => d.objections.some((objection) => !objection.decision) },
  decide_extension: { icon: "clock", step: true, form: () => import("../components/actions/DecideExtensionForm.vue"), usable: (d) => d.extensionRequests.some((request) => !request.decidedAt) },
  triage: { icon: "filter", step: true, form: () => import("../components/actions/TriageForm.vue") },
  assign: { icon: "user", step: true, form: () => import("../components/actions/AssignForm.vue") },
  accept: { icon: "check", step: true, form: () => import("../components/actions/AcceptForm.vue") },
  start_mediation: { icon: "people", step: true, form: () => import("../components/actions/StartForm.vue") },
  record_minutes: { icon: "edit", step: true, form: () => import("../components/actions/MinutesForm.vue"), usable: planned },
  draft_agreement: { icon: "paper", step: true, form: () => import("../components/actions/AgreementForm.vue"), waits: (d) => d.agreement !== null || !d.sessions.some((s) => s.state === "HELD") },
  schedule_session: { icon: "clock", step: true, form: () => import("../components/actions/SessionForm.vue"), waits: planned },
  record_performance: { icon: "check", step: true, form: () => import("../components/actions/PerformanceForm.vue") },
  record_confirmation: { icon: "shield", step: true, form: () => import("../components/actions/ConfirmationResultForm.vue") },
  request_confirmation: { icon: "shield", step: true, form: () => import("../components/actions/ConfirmationRequestForm.vue"), usable: (d) => !applied(d) },
  record_return_visit: { icon: "phone", step: true, form: () => import("../components/actions/ReturnVisitForm.vue"), waits: (d) => d.returnVisits.length > 0 },
  close: { icon: "check", step: true, form: () => import("../components/actions/CloseForm.vue") },
  escalate: { icon: "outbox", step: true, form: () => import("../components/actions/EscalateForm.vue") },
  redirect: { icon: "link", form: () => import("../components/actions/RedirectForm.vue") },
  send_down: { icon: "down", form: () => import("../components/actions/SendDownForm.vue") },
  invite_joint: { icon: "people", form: () => import("../components/actions/JointForm.vue") },
  add_material: { icon: "plus", form: () => import("../components/actions/MaterialForm.vue") },
  urge: { icon: "bell", form: () => import("../components/actions/UrgeForm.vue") },
  ask_extension: { icon: "clock", form: () => import("../components/actions/AskExtensionForm.vue"), usable: (d) => d.clocks.length > 0 },
  suspend_clock: { icon: "stop", form: () => import("../components/actions/SuspendForm.vue"), usable: hasClock("RUNNING") },
  resume_clock: { icon: "refresh", form: () => import("../components/actions/ResumeForm.vue"), usable: hasClock("SUSPENDED") },
  replace_mediator: { icon: "user", form: () => import("../components/actions/ReplaceForm.vue"), usable: (d) => d.team.length > 0 },
  flag_risk: { icon: "alert", form: () => import("../components/actions/RiskForm.vue"), usable: hasParties },
  file_objection: { icon: "alert", form: () => import("../components/actions/ObjectionForm.vue") },
  reopen: { icon: "refresh", form: () => import("../components/actions/ReopenForm.vue") },
  report_breach: { icon: "alert", danger: true, form: () => import("../components/actions/BreachForm.vue") },
  return: { icon: "back", danger: true, form: () => import("../components/actions/ReturnForm.vue") },
  fail: { icon: "close", danger: true, form: () => import("../components/actions/FailForm.vue") },
  end_mediation: { icon: "close", danger: true, form: () => import("../components/actions/EndForm.vue") },
};

export const arrange = (dispute: DisputeDetail): Arranged<Action> => arrangeActions(dispute, definitions);
