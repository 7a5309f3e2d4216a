/** A code of the pass by the phone's clock, milliseconds since 1970. */
export interface PhoneToken {
  text: string;
  startsAt: number;
  expiresAt: number;
}

/** As the server sends it, by its own clock. */
export interface ServerToken {
  text: string;
  startsAt: string;
  expiresAt: string;
}

/** A code is shown for this long: the next one starts then, while this one is still good. */
export const shownForMs = 30_000;
/** Below this much left, more are fetched while there is a network. */
export const refetchBelowMs = 3 * 60_000;

/** Phones' clocks are often wrong: the first code starts when it arrives, the others keep their distance from it. */
export function byPhoneClock(tokens: readonly ServerToken[], arrivedAt: number): PhoneToken[] {
  const first = tokens[0] ? Date.parse(tokens[0].startsAt) : 0;
  const shift = arrivedAt - first;
  return tokens.map(({ text, startsAt, expiresAt }) => ({ text, startsAt: Date.parse(startsAt) + shift, expiresAt: Date.parse(expiresAt) + shift }));
}

/** The newest code that has begun and is still good. */
export function currentToken(tokens: readonly PhoneToken[], now: number): PhoneToken | undefined {
  return tokens.filter((token) => token.startsAt <= now && now < token.expiresAt).sort((a, b) => b.startsAt - a.startsAt)[0];
}

/** Until the picture changes, or until it is good no more when it is the last one; at least 0. */
export function msUntilChange(tokens: readonly PhoneToken[], token: PhoneToken, now: number): number {
  const last = !tokens.some((other) => other.startsAt > token.startsAt);
  return Math.max(0, (last ? token.expiresAt : token.startsAt + shownForMs) - now);
}

/** For how long codes are at hand. */
export function msAtHand(tokens: readonly PhoneToken[], now: number): number {
  return Math.max(0, ...tokens.map((token) => token.expiresAt - now));
}
