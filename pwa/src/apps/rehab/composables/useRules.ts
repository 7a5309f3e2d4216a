import { MyRehabRules, type MyRehabRulesResult } from "@/generated/rehab";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useKeptRead } from "@/kernel/offline/useKeptRead";

export type MyRules = NonNullable<MyRehabRulesResult["myRehabCase"]>;

/** The rules that apply to the person, and the way to green; kept for reading without a network. */
export function useRules() {
  return useKeptRead<MyRules>(() => "rehab.rules", async () => {
    const { myRehabCase } = await execute(MyRehabRules, {});
    if (!myRehabCase) throw new TransportError("NOT_FOUND", 404, undefined);
    return myRehabCase;
  });
}
