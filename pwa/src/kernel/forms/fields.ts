import type { DivisionName } from "@/generated/kernel";
import type { Json } from "@/generated/schema";
import type { Attachment } from "../fields/attachments";
import { momentOf } from "../i18n/days";
import type { WaitingFile } from "../offline/database";

export type FieldValue = string | boolean | string[] | DivisionName | Attachment[] | null;
export type Values = Record<string, FieldValue>;
export type Input = { [key: string]: Json };

export interface Option {
  value: string;
  label: string;
  note?: string;
}

/** What a `pick` field needs to word the rows of the matter. */
export interface Wording {
  word: (group: string, value: string) => string;
  date: (iso: string) => string;
  moment: (iso: string) => string;
}

/** What a `find` field offers, somebody or another matter; `role` as the server names it. */
export interface Found {
  id: string;
  name: string;
  role?: string;
  note?: string;
}

/**
 * One input of an action. With `Wordings`, its label is the text `<texts>.label.<action>.<name>` or, without one, `<texts>.field.<name>`; a hint
 * `<texts>.hint.<action>.<name>` shows where there is one.
 *
 * - text, longtext, phone, day (YYYY-MM-DD), moment (China's time); number: a whole number (a number is sent)
 * - choice: one of `values`, worded by the group `words`, with a note below where there are words in the group `<words>Note`; several: any of them (a list is sent)
 * - verdict: yes or no, worded by `<texts>.verdict.<action>.yes|no` or, without one, `<texts>.verdict.<name>.yes|no` (a boolean is sent, nothing is chosen before)
 * - switch: a box that may stay empty (a boolean is sent); confirm: a box that must be ticked (nothing is sent, unless it is `sent`)
 * - lines: several texts; division: a place (its code is sent); files: attachments, uploaded for `purpose` (a name ending in Ids)
 * - find: one of what `find` asks the server for (an id is sent); pick: a row of the matter (its id is sent); with one row it is chosen already
 * - fixed: not shown; its value comes with the button that opened the form
 */
export interface Field<Kind = unknown> {
  name: string;
  kind:
    | "text" | "longtext" | "phone" | "number" | "day" | "moment" | "choice" | "several" | "verdict" | "switch" | "confirm"
    | "lines" | "division" | "files" | "find" | "pick" | "fixed";
  optional?: boolean;
  sent?: boolean;
  /** Group of words of `values`. */
  words?: string;
  values?: readonly string[] | ((matter: Kind) => readonly string[]);
  pick?: (matter: Kind, wording: Wording) => Option[];
  /** Undefined while it is not known yet what to ask for; asked anew when the field `dependsOn` changes. */
  find?: (matter: Kind, values: Values) => (() => Promise<Found[]>) | undefined;
  dependsOn?: string;
  purpose?: string;
  initial?: (matter: Kind) => FieldValue;
  /** False: neither shown nor sent. */
  shown?: (values: Values, matter: Kind) => boolean;
  max?: number;
}

const plainWording: Wording = { word: (_group, value) => value, date: (iso) => iso, moment: (iso) => iso };

export const valuesOf = <Kind>(field: Field<Kind>, matter: Kind): readonly string[] => (typeof field.values === "function" ? field.values(matter) : (field.values ?? []));

const isFiles = (value: FieldValue | undefined): value is Attachment[] => Array.isArray(value) && typeof value[0] === "object";

/** What a field holds before anybody touched it: the only choice there is, is chosen. */
export function initialOf<Kind>(field: Field<Kind>, matter: Kind): FieldValue {
  if (field.initial) return field.initial(matter);
  if (field.kind === "switch" || field.kind === "confirm") return false;
  if (field.kind === "several" || field.kind === "files") return [];
  if (field.kind === "lines") return [""];
  if (field.kind === "division") return null;
  const [only, ...others] = field.kind === "pick" ? (field.pick?.(matter, plainWording) ?? []).map(({ value }) => value) : field.kind === "choice" ? valuesOf(field, matter) : [];
  return only !== undefined && !others.length ? only : "";
}

export const shownFields = <Kind>(fields: readonly Field<Kind>[], values: Values, matter: Kind): Field<Kind>[] =>
  fields.filter((field) => field.shown?.(values, matter) ?? true);

/** Field → value of everything that has to be filled before the form is sent. */
export const requiredOf = <Kind>(fields: readonly Field<Kind>[], values: Values): Values =>
  Object.fromEntries(fields.filter((field) => !field.optional && field.kind !== "switch").map(({ name }) => [name, values[name] ?? null]));

function sent<Kind>(field: Field<Kind>, value: FieldValue | undefined): Json {
  if (field.kind === "files") return [];
  if (value === undefined || value === null || isFiles(value)) return null;
  if (Array.isArray(value)) return value.map((line) => line.trim()).filter(Boolean);
  if (typeof value === "object") return value.code;
  if (typeof value === "boolean") return value;
  const text = value.trim();
  if (!text) return null;
  if (field.kind === "verdict") return text === "true";
  // What is no number is refused by the server, with its bounds.
  if (field.kind === "number") return Number(text) || 0;
  return field.kind === "moment" ? momentOf(text) : text;
}

/** The form's values as the command takes them. */
export const inputOf = <Kind>(fields: readonly Field<Kind>[], values: Values): Input =>
  Object.fromEntries(fields.filter((field) => field.kind !== "confirm" || field.sent).map((field) => [field.name, sent(field, values[field.name])]));

/** What is attached, with the list in the command's variables that the ids go into. */
export const filesOf = <Kind>(fields: readonly Field<Kind>[], values: Values): WaitingFile[] =>
  fields.flatMap(({ name, purpose = "" }) => {
    const value = values[name];
    return isFiles(value) ? value.map((file) => ({ ...file, purpose, at: ["input", name] })) : [];
  });
