import {
  AskForInvestigationHelp, AssessClue, AssignChecker, CloseOversightCase, DivertClue, DraftOversightLesson, DraftRecommendation, FileOversightCase, LogInvestigation,
  OversightDeputies, type OversightClueDetail, OversightUnits, ScreenClue, ShieldClue, SueOversightCase,
} from "@/generated/oversight";
import { type Json, type OversightEnding, oversightCaseTypes, oversightEndings, oversightLessonKinds, oversightLogKinds, oversightScreenings } from "@/generated/schema";
import type { FormLook, Forms } from "@/kernel/forms/actions";
import type { Field as FieldOf, Found, Input } from "@/kernel/forms/fields";
import { execute } from "@/kernel/graphql/client";
import { type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import { readClues } from "./clue";
import { wordsRoot } from "./words";

type Field = FieldOf<OversightClueDetail>;

export interface ClueLook extends FormLook<OversightClueDetail> {
  /** Only from the button beside what it is about, never in the bar. */
  beside?: boolean;
  /** What goes along beside the fields; without it the clue's id and version. */
  along?: (base: { id: string; version: number }) => Input;
}

export type ClueAction = ClueLook & OfferedAction;

const justId = ({ id }: { id: string }): Input => ({ id });
const reason: Field = { name: "reason", kind: "longtext", max: 2000 };
/** What cannot be taken back asks for a tick first. */
const sure: Field = { name: "sure", kind: "confirm" };
const organ = (choice: string): Field => ({ name: "organ", kind: "text", max: 100, shown: (values) => values[choice] === "TRANSFER" });
const points = (name: string): Field => ({ name, kind: "number", max: 2 });

/** Open clues that this one may be the same as; those of its field stand first. */
const others = ({ id, field }: OversightClueDetail) => async (): Promise<Found[]> => {
  const found = (await readClues({ open: true })).filter((one) => one.id !== id);
  return found.sort((a, b) => Number(b.field === field) - Number(a.field === field)).map((one) => ({ id: one.id, name: one.title, note: one.code }));
};

const asFound = (rows: readonly { membershipId: string; name: string; agencyName: string }[]): Found[] => rows.map((one) => ({ id: one.membershipId, name: one.name, note: one.agencyName }));

/** Only an assessed clue becomes a suggestion or ends; another organ's business it may turn out to be before. */
const endings = ({ state }: OversightClueDetail): readonly OversightEnding[] => (state === "ASSESSED" ? oversightEndings : ["TRANSFER"]);

/** Most natural next step first. The server decides what is allowed; this decides what is offered first. */
export const looks: Readonly<Record<string, ClueLook>> = {
  screen: {
    icon: "check", step: true, operation: ScreenClue,
    fields: [
      { name: "decision", kind: "choice", words: "screening", values: oversightScreenings },
      { name: "into", kind: "find", find: others, shown: (values) => values["decision"] === "MERGE" },
      organ("decision"),
      { ...reason, max: 1000 },
    ],
  },
  file_case: { icon: "shield", step: true, operation: FileOversightCase, fields: [{ name: "caseType", kind: "choice", words: "caseType", values: oversightCaseTypes }, reason] },
  assess: {
    icon: "star", step: true, operation: AssessClue,
    fields: [{ name: "assessment", kind: "longtext", max: 3000 }, points("publicInterest"), points("affected"), points("evidence"), points("repeat"), points("urgency")],
  },
  draft: {
    icon: "paper", step: true, operation: DraftRecommendation, along: ({ id }) => ({ clueId: id }),
    fields: [
      { name: "unit", kind: "find", find: ({ id }) => async () => asFound((await execute(OversightUnits, { clueId: id })).oversightUnits) },
      { name: "sourceText", kind: "text", max: 200 },
      { name: "facts", kind: "longtext", max: 5000 },
      { name: "danger", kind: "longtext", max: 2000 },
      { name: "demands", kind: "lines" },
      { name: "basis", kind: "longtext", max: 1000 },
      { name: "urgent", kind: "switch" },
    ],
  },
  draft_lesson: {
    icon: "star", step: true, operation: DraftOversightLesson, along: ({ id }) => ({ clueId: id }),
    fields: [
      { name: "kind", kind: "choice", words: "lessonKind", values: oversightLessonKinds },
      { name: "title", kind: "text", max: 80 },
      { name: "summary", kind: "longtext", max: 500 },
      { name: "text", kind: "longtext", max: 10_000 },
    ],
  },
  log: {
    icon: "edit", operation: LogInvestigation, along: justId,
    fields: [{ name: "kind", kind: "choice", words: "logKind", values: oversightLogKinds }, { name: "text", kind: "longtext", max: 5000 }, { name: "fileIds", kind: "files", purpose: "oversight", optional: true }],
  },
  ask_help: {
    icon: "link", operation: AskForInvestigationHelp,
    fields: [
      { name: "to", kind: "text", max: 100 },
      { name: "matter", kind: "longtext", max: 500 },
      { name: "facts", kind: "longtext", max: 5000 },
      { name: "evidence", kind: "lines" },
      { name: "basis", kind: "longtext", max: 1000 },
      { name: "dueOn", kind: "day" },
      { name: "contact", kind: "text", max: 100 },
      sure,
    ],
  },
  assign: {
    icon: "people", operation: AssignChecker,
    fields: [{ name: "deputy", kind: "find", find: ({ id }) => async () => asFound((await execute(OversightDeputies, { clueId: id })).oversightDeputies) }],
  },
  shield: { icon: "shield", beside: true, operation: ShieldClue, along: justId, fields: [{ name: "shielded", kind: "verdict" }] },
  divert: { icon: "send", operation: DivertClue, fields: [{ name: "ending", kind: "choice", words: "ending", values: endings }, organ("ending"), reason] },
  sue: { icon: "alert", danger: true, operation: SueOversightCase, fields: [{ name: "court", kind: "text", max: 100 }, reason, sure] },
  close: { icon: "check", operation: CloseOversightCase, fields: [{ name: "text", kind: "longtext", max: 2000 }, sure] },
};

const inTheBar = Object.fromEntries(Object.entries(looks).filter(([, look]) => !look.beside));

export const forms: Forms<OversightClueDetail, ClueAction> = {
  texts: "oversight.clue",
  words: wordsRoot,
  watched: { state: "clueState", trigger: "trigger" },
  arrange: (matter) => arrangeActions(matter, inTheBar),
  offered: (matter, name) => {
    const offered = matter.availableActions.find((one) => one.name === name);
    const look = looks[name];
    return offered && look && { ...look, ...offered };
  },
  variables: (action, input, _matter, base): { [key: string]: Json } => ({ input: { ...(action.along ? action.along(base) : { id: base.id, version: base.version }), ...input } }),
};
