import type { ReunionCaseDetail } from "@/generated/reunion";
import type { Json } from "@/generated/schema";

export type FieldValue = string | boolean;
export type Values = Record<string, FieldValue>;
export type Input = { [key: string]: Json };

/**
 * One input of an action. Its label is the text `reunion.label.<action>.<name>` or, without one, `reunion.field.<name>`; a hint
 * `reunion.hint.<action>.<name>` shows where there is one.
 *
 * - text, longtext, date; whole: a whole number (a number is sent)
 * - choice: one of `values`, worded by `reunion.word.<words>`
 * - verdict: yes or no, worded by `reunion.verdict.<name>.yes|no` (a boolean is sent, nothing is chosen before)
 * - switch: a box that may stay empty (a boolean is sent); confirm: a box that must be ticked (nothing is sent, unless it is `sent`)
 * - fixed: not shown; its value comes with the button that opened the form
 */
export interface Field {
  name: string;
  kind: "text" | "longtext" | "date" | "whole" | "choice" | "verdict" | "switch" | "confirm" | "fixed";
  optional?: boolean;
  sent?: boolean;
  /** Group of words of `values`. */
  words?: string;
  values?: readonly string[] | ((matter: ReunionCaseDetail) => readonly string[]);
  initial?: (matter: ReunionCaseDetail) => FieldValue;
  /** False: neither shown nor sent. */
  shown?: (values: Values, matter: ReunionCaseDetail) => boolean;
  max?: number;
}

const isBox = ({ kind }: Field) => kind === "switch" || kind === "confirm";

export const valuesOf = (field: Field, matter: ReunionCaseDetail): readonly string[] =>
  typeof field.values === "function" ? field.values(matter) : (field.values ?? []);

/** What a field holds before anybody touched it: the only choice there is, is chosen. */
export function initialOf(field: Field, matter: ReunionCaseDetail): FieldValue {
  if (field.initial) return field.initial(matter);
  if (isBox(field)) return false;
  const [only, ...others] = valuesOf(field, matter);
  return only !== undefined && !others.length ? only : "";
}

export const shownFields = (fields: readonly Field[], values: Values, matter: ReunionCaseDetail): Field[] =>
  fields.filter((field) => field.shown?.(values, matter) ?? true);

/** Field → value of everything that has to be filled before the form is sent. */
export const requiredOf = (fields: readonly Field[], values: Values): Record<string, FieldValue | null> =>
  Object.fromEntries(fields.filter((field) => !field.optional && field.kind !== "switch").map(({ name }) => [name, values[name] ?? null]));

function sent(field: Field, value: FieldValue | undefined): Json {
  if (typeof value === "boolean") return value;
  const text = value?.trim() ?? "";
  if (field.kind === "verdict") return text === "true";
  // What is no number is refused by the server, with its bounds.
  if (field.kind === "whole") return Number(text) || 0;
  return text || null;
}

/** The form's values as the command takes them. */
export const inputOf = (fields: readonly Field[], values: Values): Input =>
  Object.fromEntries(fields.filter((field) => field.kind !== "confirm" || field.sent).map((field) => [field.name, sent(field, values[field.name])]));
