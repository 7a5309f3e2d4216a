import { SimilarDisputes, type SimilarDisputesResult, type SimilarDisputesVariables } from "@/generated/mediation";
import { execute } from "@/kernel/graphql/client";
import { useOffered } from "@/kernel/matters/useOffered";

export type Similar = SimilarDisputesResult["similarDisputes"][number];

const enoughText = 8;

/** Nearby and repeated disputes. */
export const useSimilar = (about: () => SimilarDisputesVariables) =>
  useOffered(
    () => {
      const variables = about();
      return variables.text.trim().length >= enoughText ? variables : undefined;
    },
    async (variables, signal) => (await execute(SimilarDisputes, variables, { signal, interactive: false })).similarDisputes,
  );
