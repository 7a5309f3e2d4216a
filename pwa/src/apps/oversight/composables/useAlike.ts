import { AlikeOversightClues, type AlikeOversightCluesResult, AlikeOversightSuggestions, type AlikeOversightSuggestionsResult } from "@/generated/oversight";
import type { DivisionName } from "@/generated/kernel";
import type { OversightField } from "@/generated/schema";
import { execute } from "@/kernel/graphql/client";
import { useOffered } from "@/kernel/matters/useOffered";
import type { ClueValues } from "./raise";
import type { SuggestionValues } from "./suggestionRaise";

export type Alike = AlikeOversightCluesResult["alikeOversightClues"][number];
export type AlikeSuggestion = AlikeOversightSuggestionsResult["alikeOversightSuggestions"][number];

const enoughText = 4;

/** What is asked for; undefined while there is too little. */
function about(field: OversightField | "", division: DivisionName | null, title: string, text: string) {
  const words = title.trim() || text.trim().slice(0, 80);
  return field && division && words.length >= enoughText ? { field, division: division.code, words } : undefined;
}

/** Open clues like what is being written, to join instead. */
export const useAlike = (values: () => ClueValues) =>
  useOffered(
    () => about(values().field, values().division, values().title, values().content),
    async (variables, signal) => (await execute(AlikeOversightClues, variables, { signal, interactive: false })).alikeOversightClues,
  );

/** Public suggestions like what is being written, to sign instead. */
export const useAlikeSuggestions = (values: () => SuggestionValues) =>
  useOffered(
    () => about(values().field, values().division, values().title, values().text),
    async (variables, signal) => (await execute(AlikeOversightSuggestions, variables, { signal, interactive: false })).alikeOversightSuggestions,
  );
