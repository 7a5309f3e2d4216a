import {
  type OversightClueLine, OversightHomeClues, OversightHomeJoint, type OversightHomeJointResult, OversightHomeRecommendations, type OversightHomeRecommendationsResult,
  OversightHomeSuggestions, type OversightSuggestionLine,
} from "@/generated/oversight";
import type { ClockFace } from "@/generated/kernel";
import type { OversightClueFilter, OversightSuggestionFilter } from "@/generated/schema";
import { execute } from "@/kernel/graphql/client";
import { firstClock } from "./words";

export type HomeRecommendation = OversightHomeRecommendationsResult["oversightRecommendations"]["edges"][number]["node"];
type HomeJoint = OversightHomeJointResult["oversightJointProjects"]["edges"][number]["node"];

/** What waits for somebody, in one line. */
export interface HomeLine {
  id: string;
  to: string;
  title: string;
  group: "clueState" | "recommendationState" | "suggestionState" | "jointState";
  state: string;
  clock: ClockFace | undefined;
}

/** `title` is a text of oversight.home. */
export interface HomeGroup {
  title: string;
  all: string;
  lines: HomeLine[];
}

interface SuggestionDuty {
  title: string;
  filter: OversightSuggestionFilter;
  /** Those that offer one of these; without, those that offer none of `except`. */
  actions?: readonly string[];
  except?: readonly string[];
}

/** What a role has to do: which clues wait for it, and which actions on recommendations, suggestions and joint projects it is asked for. */
interface Duty {
  clues?: { title: string; filter: OversightClueFilter; all: string };
  recommendations?: { title: string; actions: readonly string[] };
  suggestions?: readonly SuggestionDuty[];
  joint?: boolean;
}

export const duties: Readonly<Record<string, Duty>> = {
  DEPUTY: {
    recommendations: { title: "toRate", actions: ["rate"] },
    suggestions: [
      { title: "suggestionsToRate", filter: { states: ["REPLIED"], mine: true }, actions: ["rate"] },
      { title: "mySuggestions", filter: { open: true, mine: true }, except: ["rate"] },
    ],
    clues: { title: "mine", filter: { open: true, mine: true }, all: "/oversight/clues" },
  },
  NPC_OFFICE: {
    clues: { title: "toScreen", filter: { states: ["SUBMITTED"] }, all: "/oversight/clues?states=SUBMITTED" },
    suggestions: [
      { title: "suggestionsToMove", filter: { states: ["RAISED", "REVIEWED", "RETURNED", "REPLIED", "RATED"] }, actions: ["review", "assign", "finish"] },
      { title: "suggestionsDelayed", filter: { states: ["ASSIGNED", "REASSIGNED", "HANDLING", "CONSULTED", "REHANDLING"] }, actions: ["decide_extension"] },
    ],
    joint: true,
  },
  PROSECUTOR: {
    clues: { title: "toScreen", filter: { states: ["SUBMITTED"] }, all: "/oversight/clues?states=SUBMITTED" },
    recommendations: { title: "toGoOn", actions: ["serve", "check", "check_promise"] },
  },
  CHIEF_PROSECUTOR: {
    clues: { title: "toFile", filter: { states: ["ASSESSED"] }, all: "/oversight/clues?states=ASSESSED" },
    recommendations: { title: "toDecide", actions: ["decide", "decide_objection", "decide_extension"] },
    joint: true,
  },
  SUPERVISED_UNIT: {
    recommendations: { title: "toAnswer", actions: ["reply", "answer_rating"] },
    suggestions: [{ title: "suggestionsToAnswer", filter: { open: true }, actions: ["take_up", "assist", "consult", "answer", "fulfil"] }],
  },
};

const most = 5;
const byDue = (a: HomeLine, b: HomeLine) => (a.clock?.dueAt ?? "9999").localeCompare(b.clock?.dueAt ?? "9999");

export const lineOfClue = (one: OversightClueLine): HomeLine => ({
  id: one.id, to: `/oversight/clues/${one.id}`, title: one.title, group: "clueState", state: one.state, clock: firstClock(one.clocks),
});

/** The agency does not learn which clue it was: there the code stands for it. */
export const lineOfRecommendation = (one: HomeRecommendation): HomeLine => ({
  id: one.id, to: `/oversight/recommendations/${one.id}`, title: one.clue?.title ?? one.code, group: "recommendationState", state: one.state, clock: firstClock(one.clocks),
});

export const lineOfSuggestion = (one: OversightSuggestionLine): HomeLine => ({
  id: one.id, to: `/oversight/suggestions/${one.id}`, title: one.title, group: "suggestionState", state: one.state, clock: firstClock(one.clocks),
});

const lineOfJoint = (one: HomeJoint): HomeLine => ({ id: one.id, to: `/oversight/joint/${one.id}`, title: one.subject, group: "jointState", state: one.state, clock: undefined });

type Acting = { availableActions: { name: string }[] };

const waitsFor = (actions: readonly string[]) => (one: Acting) => one.availableActions.some(({ name }) => actions.includes(name));

async function cluesOf({ title, filter, all }: NonNullable<Duty["clues"]>): Promise<HomeGroup> {
  const { oversightClues } = await execute(OversightHomeClues, { filter });
  return { title, all, lines: oversightClues.edges.map((edge) => lineOfClue(edge.node)).sort(byDue).slice(0, most) };
}

async function recommendationsOf({ title, actions }: NonNullable<Duty["recommendations"]>): Promise<HomeGroup> {
  const { oversightRecommendations } = await execute(OversightHomeRecommendations, {});
  const waiting = oversightRecommendations.edges.map((edge) => edge.node).filter(waitsFor(actions));
  return { title, all: "/oversight/recommendations", lines: waiting.map(lineOfRecommendation).sort(byDue).slice(0, most) };
}

async function suggestionsOf({ title, filter, actions, except = [] }: SuggestionDuty): Promise<HomeGroup> {
  const { oversightSuggestions } = await execute(OversightHomeSuggestions, { filter });
  const wanted = actions ? waitsFor(actions) : (one: Acting) => !waitsFor(except)(one);
  const lines = oversightSuggestions.edges.map((edge) => edge.node).filter(wanted).map(lineOfSuggestion);
  return { title, all: `/oversight/suggestions${addressOf(filter)}`, lines: lines.sort(byDue).slice(0, most) };
}

/** The list that shows the same. */
function addressOf({ states, mine }: OversightSuggestionFilter): string {
  const query = new URLSearchParams({ ...(states ? { states: states.join(",") } : {}), ...(mine ? { mine: "1" } : {}) }).toString();
  return query && `?${query}`;
}

async function jointOf(): Promise<HomeGroup> {
  const { oversightJointProjects } = await execute(OversightHomeJoint, {});
  const waiting = oversightJointProjects.edges.map((edge) => edge.node).filter(waitsFor(["decide", "sign_notice"]));
  return { title: "toAgree", all: "/oversight/joint", lines: waiting.map(lineOfJoint).slice(0, most) };
}

/** What waits for a role, group by group. */
export async function readHome(role: string): Promise<HomeGroup[]> {
  const { clues, recommendations, suggestions, joint } = duties[role] ?? {};
  return Promise.all([
    ...(joint ? [jointOf()] : []),
    ...(recommendations ? [recommendationsOf(recommendations)] : []),
    ...(suggestions ?? []).map(suggestionsOf),
    ...(clues ? [cluesOf(clues)] : []),
  ]);
}
