import { AlikeOversightClues, type AlikeOversightCluesResult } from "@/generated/oversight";
import { execute } from "@/kernel/graphql/client";
import { useOffered } from "@/kernel/matters/useOffered";
import type { ClueValues } from "./raise";

export type Alike = AlikeOversightCluesResult["alikeOversightClues"][number];

const enoughText = 4;

/** Open clues like what is being written, to join instead. */
export const useAlike = (values: () => ClueValues) =>
  useOffered(
    () => {
      const { field, division, title, content } = values();
      const words = title.trim() || content.trim().slice(0, 80);
      return field && division && words.length >= enoughText ? { field, division: division.code, words } : undefined;
    },
    async (variables, signal) => (await execute(AlikeOversightClues, variables, { signal, interactive: false })).alikeOversightClues,
  );
