/** What the server asks the person to do; left and right are the person's own. */
export const gestures = ["TURN_LEFT", "TURN_RIGHT", "NEARER", "BLINK"] as const;
export type Gesture = (typeof gestures)[number];

export interface Challenge {
  id: string;
  gestures: readonly Gesture[];
  /** Single use; part of what is sealed. */
  nonce: string;
  /** base64url of 32 bytes, see `seal.ts`. */
  sealKey: string;
  /** By the server's clock. */
  issuedAt?: string | null;
  expiresAt: string;
  /** By the phone's clock, milliseconds since 1970. */
  receivedAt: number;
}

/**
 * Until when the challenge may be used, by the phone's clock. Phones' clocks are often wrong by hours: where the
 * server said when it issued the challenge, only the time that passed since then counts.
 */
export function usableUntil(challenge: Pick<Challenge, "issuedAt" | "expiresAt" | "receivedAt">): number {
  const expires = Date.parse(challenge.expiresAt);
  return challenge.issuedAt ? challenge.receivedAt + expires - Date.parse(challenge.issuedAt) : expires;
}
