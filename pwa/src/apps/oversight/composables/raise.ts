import type { DivisionName, Refusal } from "@/generated/kernel";
import type { OversightSuggestionDetail } from "@/generated/oversight";
import type { OversightClueKind, OversightField, RaiseClueInput } from "@/generated/schema";
import type { FoundPosition } from "@/kernel/positions/usePosition";

export const shortest = { title: 4, content: 10 } as const;
export const longestContent = 5000;

/** A clue while it is being written: as kept in a draft, so plain JSON only. */
export interface ClueValues {
  kind: OversightClueKind;
  field: OversightField | "";
  division: DivisionName | null;
  title: string;
  content: string;
  placeText: string;
  position: FoundPosition | null;
  shielded: boolean;
  /** The suggestion it grows from. */
  suggestion: string;
}

export const emptyClue = (): ClueValues => ({ kind: "CLUE", field: "", division: null, title: "", content: "", placeText: "", position: null, shielded: false, suggestion: "" });

export const hasContent = (values: ClueValues): boolean => Boolean(values.title.trim() || values.content.trim() || values.placeText.trim() || values.field);

export const titleOf = (values: ClueValues): string => values.title.trim() || values.content.trim().slice(0, 40);

const refuse = (code: string, field: string, data: Refusal["data"] = null): Refusal => ({ code, field, data });

/** What can be told without the server; the server checks everything again. */
export function checkClue(values: ClueValues): Refusal[] {
  const refusals = (["title", "content"] as const).flatMap((name) => {
    const length = values[name].trim().length;
    if (!length) return [refuse("REQUIRED", name)];
    return length < shortest[name] ? [refuse("TOO_SHORT", name, { min: shortest[name] })] : [];
  });
  for (const name of ["field", "division"] as const) if (!values[name]) refusals.push(refuse("REQUIRED", name));
  return refusals;
}

export const toInput = (values: ClueValues): RaiseClueInput => ({
  kind: values.kind,
  field: values.field || "OTHER",
  division: values.division?.code ?? "",
  title: values.title.trim(),
  content: values.content.trim(),
  placeText: values.placeText.trim() || null,
  latitude: values.position?.latitude ?? null,
  longitude: values.position?.longitude ?? null,
  fileIds: [],
  shielded: values.shielded,
  suggestionId: values.suggestion || null,
});

/** What a suggestion tells already; who signed it and what is asked for stay there. */
export const grownFrom = (values: ClueValues, one: Pick<OversightSuggestionDetail, "id" | "title" | "text" | "field" | "division">): ClueValues => ({
  ...values, suggestion: one.id, title: one.title, content: one.text.slice(0, longestContent), field: one.field, division: one.division,
});
