import { RehabChallenges } from "@/generated/rehab";
import { useSession } from "@/kernel/auth/session";
import { type FetchedChallenge, countChallenges, putChallenges, takeChallenge } from "@/kernel/faces/challenges";
import type { Challenge, Gesture } from "@/kernel/faces/gestures";
import { command } from "@/kernel/graphql/client";
import { UnreachableError } from "@/kernel/graphql/errors";

/** Below this many the phone fetches more, so that the next check-ins can be made without a network. */
const enough = 2;

/** Gestures to show for a picture: fresh ones while there is a network, else those kept from before. */
export function useChallenges() {
  const session = useSession();

  async function fetched(id: string, options: { ahead?: boolean; enrol?: boolean }): Promise<FetchedChallenge[]> {
    const { challenges } = await command(RehabChallenges, { input: { id, ...options } });
    return challenges.map((one) => ({ ...one, gestures: one.gestures as Gesture[] }));
  }

  /** Never in the way: without a network nothing happens. */
  async function fetchAhead(caseId: string): Promise<void> {
    if ((await countChallenges(session.account, caseId)) >= enough) return;
    try {
      await putChallenges(session.account, caseId, await fetched(caseId, { ahead: true }));
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
    }
  }

  /** undefined when there is neither a network nor a kept one. Raises what the server refuses. */
  async function obtain(caseId: string, enrol = false): Promise<Challenge | undefined> {
    try {
      const [one] = await fetched(caseId, { enrol });
      return one && { ...one, receivedAt: Date.now() };
    } catch (error) {
      if (!(error instanceof UnreachableError) || enrol) throw error;
      return takeChallenge(session.account, caseId);
    }
  }

  return { fetchAhead, obtain };
}
