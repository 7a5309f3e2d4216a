import {
  AnswerRating, AskReplyExtension, CheckPromise, DecideRecommendation, DecideReplyExtension, EscalateRecommendation, ObjectToRecommendation,
  type OversightRecommendationDetail, RateRecommendation, ReplyToRecommendation, RuleOnObjection, ServeRecommendation, WithdrawOnSiteCheck,
} from "@/generated/oversight";
import { oversightObjectionResults } from "@/generated/schema";
import { useSession } from "@/kernel/auth/session";
import type { FormLook, Forms } from "@/kernel/forms/actions";
import type { Field as FieldOf } from "@/kernel/forms/fields";
import { type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import { openCheckOf, openPromises, unansweredRatings } from "./recommendation";

type Field = FieldOf<OversightRecommendationDetail>;

export interface RecommendationLook extends FormLook<OversightRecommendationDetail> {
  /** What goes along beside the fields: id and version, the id alone, or nothing. */
  base?: "id" | "none";
  /** Only from a button beside what it is about. */
  beside?: boolean;
}

export type RecommendationAction = RecommendationLook & OfferedAction;

const opinion: Field = { name: "opinion", kind: "longtext", max: 2000 };
const sure: Field = { name: "sure", kind: "confirm" };

/** What somebody else waits for comes first; then in the order of a recommendation's life. */
export const looks: Readonly<Record<string, RecommendationLook>> = {
  decide: { icon: "check", step: true, operation: DecideRecommendation, fields: [{ name: "approve", kind: "verdict" }, opinion] },
  decide_objection: {
    icon: "shield", step: true, operation: RuleOnObjection,
    fields: [
      { name: "result", kind: "choice", words: "objectionResult", values: oversightObjectionResults },
      { name: "demands", kind: "lines", initial: (matter) => [...matter.demands], shown: (values) => values["result"] === "AMENDED" },
      opinion,
    ],
  },
  decide_extension: { icon: "clock", step: true, operation: DecideReplyExtension, fields: [{ name: "grant", kind: "verdict" }, opinion] },
  serve: { icon: "send", step: true, operation: ServeRecommendation, fields: [{ name: "text", kind: "text", max: 200 }, sure] },
  reply: { icon: "paper", step: true, operation: ReplyToRecommendation, form: () => import("../components/recommendation/ReplyForm.vue") },
  check: { icon: "eye", step: true, to: (matter) => `/oversight/check?recommendation=${matter.id}` },
  rate: { icon: "star", step: true, base: "id", operation: RateRecommendation, form: () => import("../components/rating/RateForm.vue") },
  check_promise: {
    icon: "clock", step: true, base: "none", operation: CheckPromise,
    fields: [
      { name: "promiseId", kind: "pick", pick: (matter, { date }) => openPromises(matter).map((one) => ({ value: one.id, label: one.text, note: date(one.dueOn) })) },
      { name: "kept", kind: "verdict" },
      { name: "finding", kind: "longtext", max: 2000 },
    ],
  },
  answer_rating: {
    icon: "edit", step: true, base: "none", operation: AnswerRating,
    fields: [
      { name: "ratingId", kind: "pick", pick: (matter) => unansweredRatings(matter).map((one) => ({ value: one.id, label: one.words })) },
      { name: "answer", kind: "longtext", max: 2000 },
    ],
  },
  object: { icon: "alert", operation: ObjectToRecommendation, fields: [{ name: "text", kind: "longtext", max: 5000 }] },
  ask_extension: {
    icon: "clock", operation: AskReplyExtension,
    fields: [{ name: "days", kind: "number", max: 3 }, { name: "basis", kind: "longtext", max: 500 }, { name: "reason", kind: "longtext", max: 1000 }],
  },
  escalate: { icon: "alert", danger: true, operation: EscalateRecommendation, fields: [{ name: "to", kind: "text", max: 100 }, { name: "reason", kind: "longtext", max: 2000 }, sure] },
  withdraw_check: {
    icon: "close", danger: true, beside: true, base: "none", operation: WithdrawOnSiteCheck,
    fields: [{ name: "checkId", kind: "fixed" }, { name: "reason", kind: "longtext", max: 1000 }],
  },
};

const inTheBar = Object.fromEntries(Object.entries(looks).filter(([, look]) => !look.beside));

/** The server offers no withdrawal by name: whoever may record a check may take back one that nobody will sign. */
function withdrawal(matter: OversightRecommendationDetail): RecommendationAction | undefined {
  const look = looks["withdraw_check"];
  const offered = look && openCheckOf(matter) && useSession().may("oversight:check:record");
  return offered ? { ...look, name: "withdraw_check", requires: [], stepUp: false } : undefined;
}

function offered(matter: OversightRecommendationDetail, name: string): RecommendationAction | undefined {
  if (name === "withdraw_check") return withdrawal(matter);
  const action = matter.availableActions.find((one) => one.name === name);
  const look = looks[name];
  return action && look && { ...look, ...action };
}

/** How recommendations are acted on. */
export const forms: Forms<OversightRecommendationDetail, RecommendationAction> = {
  texts: "oversight.recommendation",
  words: "oversight.word",
  watched: { state: "recommendationState", objectionResult: "objectionResult" },
  arrange: (matter) => arrangeActions(matter, inTheBar),
  offered,
  variables: (action, input, _matter, { id, version }) => {
    if (action.base === "none") return { input };
    return { input: action.base === "id" ? { id, ...input } : { id, version, ...input } };
  },
};
