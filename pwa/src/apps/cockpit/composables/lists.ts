import { CockpitHazards, CockpitMeetings, CockpitProblems, CockpitScenes, CockpitTasks } from "@/generated/cockpit";
import {
  type CockpitActionFilter, type CockpitHazardFilter, type CockpitKeyUnit, type CockpitMeetingFilter, type CockpitProblemFilter, type CockpitSceneFilter, cockpitKeyUnits,
} from "@/generated/schema";
import { execute } from "@/kernel/graphql/client";

/** One way to narrow a list; without a `label` it is the text cockpit.<kind>.show.<name>. */
export interface Choice {
  name: string;
  label?: string;
}

type Page = readonly [choice: string, first: number, after: string | null];

const meetingFilters: Readonly<Record<string, CockpitMeetingFilter>> = { all: {}, planned: { states: ["PLANNED"] }, monthly: { kinds: ["MONTHLY"] }, held: { states: ["HELD"] } };
const taskFilters: Readonly<Record<string, CockpitActionFilter>> = {
  mine: { mine: true }, open: { states: ["OPEN", "LATE"] }, late: { states: ["LATE"] }, toCheck: { states: ["DONE"] }, all: {},
};
const problemFilters: Readonly<Record<string, CockpitProblemFilter>> = {
  open: { states: ["REPORTED", "REPORTED_TWICE", "ASSIGNED", "ANSWERED", "REOPENED"] }, mine: { mine: true }, all: {},
};
const hazardFilters: Readonly<Record<string, CockpitHazardFilter>> = {
  open: { open: true }, mine: { mine: true }, overdue: { overdue: true }, major: { grades: ["MAJOR"], open: true }, over: { open: false },
};
const sceneFilters: Readonly<Record<string, CockpitSceneFilter>> = { all: {}, RISK_LOOP: { track: "RISK_LOOP" }, CASE_HANDLING: { track: "CASE_HANDLING" }, ENFORCEMENT: { track: "ENFORCEMENT" } };

const choicesOf = (filters: Readonly<Record<string, unknown>>): Choice[] => Object.keys(filters).map((name) => ({ name }));

export const meetingChoices = choicesOf(meetingFilters);
/** Whoever only has tasks of his own is asked nothing about the others'. */
export const taskChoices = (all: boolean): Choice[] => choicesOf(all ? taskFilters : { mine: {} });
export const problemChoices = choicesOf(problemFilters);
export const hazardChoices = choicesOf(hazardFilters);
export const unitChoices = (word: (group: string, value: string) => string): Choice[] => cockpitKeyUnits.map((name) => ({ name, label: word("keyUnit", name) }));
export const sceneChoices = (word: (group: string, value: string) => string): Choice[] =>
  Object.keys(sceneFilters).map((name) => (name === "all" ? { name } : { name, label: word("track", name) }));

export const readMeetings = async (...[choice, first, after]: Page) =>
  (await execute(CockpitMeetings, { first, after, filter: meetingFilters[choice] ?? {} })).cockpitMeetings;
export const readTasks = async (...[choice, first, after]: Page) => (await execute(CockpitTasks, { first, after, filter: taskFilters[choice] ?? {} })).cockpitTasks;
export const readProblems = async (...[choice, first, after]: Page) =>
  (await execute(CockpitProblems, { first, after, filter: problemFilters[choice] ?? {} })).cockpitProblems;
export const readScenes = async (...[choice, first, after]: Page) => (await execute(CockpitScenes, { first, after, filter: sceneFilters[choice] ?? {} })).cockpitScenes;

const isUnit = (name: string): name is CockpitKeyUnit => (cockpitKeyUnits as readonly string[]).includes(name);

/** By how it stands, or by key unit. */
export const readHazards = async (...[choice, first, after]: Page) =>
  (await execute(CockpitHazards, { first, after, filter: isUnit(choice) ? { units: [choice] } : (hazardFilters[choice] ?? {}) })).cockpitHazards;
