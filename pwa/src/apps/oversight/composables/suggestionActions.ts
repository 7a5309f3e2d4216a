import {
  AnswerSuggestion, AskSuggestionExtension, AssignSuggestion, AssistWithSuggestion, ConsultOnSuggestion, DecideSuggestionExtension, FinishSuggestion, FulfilSuggestion,
  type OversightSuggestionDetail, RateSuggestion, ReportSuggestionProgress, ReturnSuggestion, ReviewSuggestion, SignSuggestion, TakeUpSuggestion, WithdrawSuggestion,
} from "@/generated/oversight";
import { oversightTalkForms } from "@/generated/schema";
import type { FormLook, Forms } from "@/kernel/forms/actions";
import type { Field as FieldOf } from "@/kernel/forms/fields";
import { today } from "@/kernel/i18n/days";
import { type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import { wasConsulted } from "./suggestion";
import { wordsRoot } from "./words";

type Field = FieldOf<OversightSuggestionDetail>;

export interface SuggestionLook extends FormLook<OversightSuggestionDetail> {
  /** The command takes the id alone: it may be given while others change the suggestion. */
  unversioned?: boolean;
}

export type SuggestionAction = SuggestionLook & OfferedAction;

const opinion: Field = { name: "opinion", kind: "longtext", max: 2000 };
const text = (max: number): Field => ({ name: "text", kind: "longtext", max });
/** What cannot be taken back asks for a tick first. */
const sure: Field = { name: "sure", kind: "confirm" };
const answerForm = () => import("../components/suggestion/AnswerForm.vue");

/** What somebody else waits for comes first; then in the order of a suggestion's life. */
export const looks: Readonly<Record<string, SuggestionLook>> = {
  review: {
    icon: "check", step: true, operation: ReviewSuggestion,
    fields: [{ name: "accept", kind: "verdict" }, opinion, { ...sure, shown: (values) => values["accept"] === "false" }],
  },
  assign: { icon: "send", step: true, operation: AssignSuggestion, form: () => import("../components/suggestion/AssignForm.vue") },
  reassign: { icon: "send", danger: true, operation: AssignSuggestion, form: () => import("../components/suggestion/AssignForm.vue") },
  decide_extension: { icon: "clock", step: true, operation: DecideSuggestionExtension, fields: [{ name: "grant", kind: "verdict" }, opinion] },
  rate: { icon: "star", step: true, operation: RateSuggestion, form: () => import("../components/suggestion/OpinionForm.vue") },
  sign: { icon: "sign", step: true, unversioned: true, operation: SignSuggestion, fields: [sure] },
  take_up: { icon: "check", step: true, operation: TakeUpSuggestion, fields: [{ name: "text", kind: "text", max: 200 }] },
  answer: { icon: "paper", step: true, operation: AnswerSuggestion, waits: (matter) => !wasConsulted(matter), form: answerForm },
  consult: {
    icon: "people", step: true, operation: ConsultOnSuggestion,
    fields: [
      { name: "form", kind: "choice", words: "talkForm", values: oversightTalkForms },
      { name: "heldOn", kind: "day", initial: () => today() },
      { name: "people", kind: "longtext", max: 500 },
      { name: "words", kind: "longtext", max: 5000 },
    ],
  },
  assist: { icon: "people", step: true, unversioned: true, operation: AssistWithSuggestion, fields: [text(5000), sure] },
  fulfil: { icon: "check", step: true, operation: FulfilSuggestion, form: answerForm },
  report_progress: { icon: "edit", step: true, operation: ReportSuggestionProgress, fields: [text(3000)] },
  finish: { icon: "check", step: true, operation: FinishSuggestion, fields: [text(2000), sure] },
  ask_extension: {
    icon: "clock", operation: AskSuggestionExtension,
    fields: [{ name: "days", kind: "number", max: 3 }, { name: "basis", kind: "longtext", max: 500 }, { name: "reason", kind: "longtext", max: 1000 }],
  },
  return: { icon: "back", danger: true, operation: ReturnSuggestion, fields: [text(2000), sure] },
  withdraw: { icon: "close", danger: true, operation: WithdrawSuggestion, fields: [text(2000), sure] },
};

/** How suggestions are acted on. */
export const forms: Forms<OversightSuggestionDetail, SuggestionAction> = {
  texts: "oversight.suggestion",
  words: wordsRoot,
  watched: { state: "suggestionState", mainUnit: "unit", plannedOn: "date" },
  arrange: (matter) => arrangeActions(matter, looks),
  offered: (matter, name) => {
    const action = matter.availableActions.find((one) => one.name === name);
    const look = looks[name];
    return action && look && { ...look, ...action };
  },
  variables: (action, input, _matter, { id, version }) => ({ input: action.unversioned ? { id, ...input } : { id, version, ...input } }),
};
