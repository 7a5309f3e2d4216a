import { RehabPassKeys } from "@/generated/rehab";
import { execute } from "@/kernel/graphql/client";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { type PassKey, type PassVerdict, checkToken, coversNow } from "./passToken";

export interface KeptKeys {
  keys: PassKey[];
  /** What to add to the phone's clock to get the server's time, in milliseconds. */
  offsetMs: number;
}

/** STALE: the keys on the phone are of earlier days; only the server can answer. */
export type OfflineAnswer = PassVerdict | "STALE";

/** Half of the way there and back counts as the age of the server's time. */
export const offsetOf = (serverTime: string, sentAt: number, receivedAt: number): number => Math.round(Date.parse(serverTime) - (sentAt + receivedAt) / 2);

async function fetchKeys(): Promise<KeptKeys> {
  const sentAt = Date.now();
  const { rehabPassKeys } = await execute(RehabPassKeys, {}, { interactive: false });
  return { keys: rehabPassKeys.keys, offsetMs: offsetOf(rehabPassKeys.serverTime, sentAt, Date.now()) };
}

export async function answerOffline(text: string, kept: KeptKeys | undefined, now: number): Promise<OfflineAnswer> {
  const seconds = (now + (kept?.offsetMs ?? 0)) / 1000;
  if (!kept || !coversNow(kept.keys, seconds)) return "STALE";
  return checkToken(text, kept.keys, seconds);
}

/** The keys of today and the next days: fetched whenever the page is opened with a network, kept for when there is none. */
export const usePassKeys = () => useKeptRead<KeptKeys>(() => "care/pass-keys", fetchKeys);
