import type { DivisionName } from "@/generated/kernel";
import type { RehabCaseDetail } from "@/generated/rehab";
import type { Json, RehabLinkKind } from "@/generated/schema";
import { momentOf } from "@/kernel/i18n/days";

export type FieldValue = string | boolean | string[] | DivisionName | null;
export type Values = Record<string, FieldValue>;
export type Input = { [key: string]: Json };

export interface Option {
  value: string;
  label: string;
  note?: string;
}

/** What a `pick` field needs to word the rows of the case. */
export interface Wording {
  word: (group: string, value: string) => string;
  date: (iso: string) => string;
  moment: (iso: string) => string;
}

/**
 * One input of an action. Its label is the text `rehab.field.<name>`, a hint `rehab.hint.<action>.<name>` shows where there is one.
 *
 * - text, longtext, phone, number (a number is sent), day (YYYY-MM-DD), moment (China's time)
 * - choice: one of `values`, worded by `rehab.word.<words>`; several: any of them (a list is sent)
 * - verdict: yes or no, worded by `rehab.verdict.<action>.yes|no` or, without one, `rehab.verdict.<name>.yes|no` (a boolean is sent, nothing is chosen before)
 * - switch: a box that may stay empty; confirm: a box that must be ticked
 * - lines: several texts; division: a place (its code is sent)
 * - membership: an officer who can be the link `link` of this case
 * - pick: a row of the case (its id is sent); with one row it is chosen already
 * - fixed: not shown; its value comes with the button that opened the form
 */
export interface Field {
  name: string;
  kind:
    | "text" | "longtext" | "phone" | "number" | "day" | "moment" | "choice" | "several" | "verdict" | "switch" | "confirm"
    | "lines" | "division" | "membership" | "pick" | "fixed";
  optional?: boolean;
  /** Group of words of `values`. */
  words?: string;
  values?: readonly string[] | ((matter: RehabCaseDetail) => readonly string[]);
  pick?: (matter: RehabCaseDetail, wording: Wording) => Option[];
  link?: (values: Values) => RehabLinkKind | undefined;
  initial?: (matter: RehabCaseDetail) => FieldValue;
  /** False: neither shown nor sent. */
  shown?: (values: Values, matter: RehabCaseDetail) => boolean;
  max?: number;
}

const plainWording: Wording = { word: (_group, value) => value, date: (iso) => iso, moment: (iso) => iso };

/** What a field holds before anybody touched it. */
export function initialOf(field: Field, matter: RehabCaseDetail): FieldValue {
  if (field.initial) return field.initial(matter);
  if (field.kind === "switch" || field.kind === "confirm") return false;
  if (field.kind === "several") return [];
  if (field.kind === "lines") return [""];
  if (field.kind === "division") return null;
  const rows = field.kind === "pick" ? (field.pick?.(matter, plainWording) ?? []) : [];
  return rows.length === 1 && rows[0] ? rows[0].value : "";
}

export const shownFields = (fields: readonly Field[], values: Values, matter: RehabCaseDetail): Field[] =>
  fields.filter((field) => field.shown?.(values, matter) ?? true);

/** Field → value of everything that has to be filled before the form is sent. */
export function requiredOf(fields: readonly Field[], values: Values): Values {
  return Object.fromEntries(fields.filter((field) => !field.optional && field.kind !== "switch").map(({ name }) => [name, values[name] ?? null]));
}

function sent(field: Field, value: FieldValue | undefined): Json {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map((line) => line.trim()).filter(Boolean);
  if (typeof value === "object") return value.code;
  if (typeof value === "boolean") return value;
  const text = value.trim();
  if (!text) return null;
  if (field.kind === "verdict") return text === "true";
  if (field.kind === "number") return Number(text);
  return field.kind === "moment" ? momentOf(text) : text;
}

/** The form's values as the command takes them. */
export const inputOf = (fields: readonly Field[], values: Values): Input =>
  Object.fromEntries(fields.map((field) => [field.name, sent(field, values[field.name])]));
