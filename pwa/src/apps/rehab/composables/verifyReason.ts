/** Why an officer looks; each is a text `rehab.staff.verify.reason.<name>`. */
export const verifyReasons = ["check", "stop", "shown", "other"] as const;
export type VerifyReason = (typeof verifyReasons)[number];

const shortest = 4;
const longest = 300;

/** What the person will read: the chosen ground and the officer's own words. "other" says nothing by itself. */
export function reasonText(reason: VerifyReason | "", label: string, words: string): string {
  const own = words.trim();
  if (reason === "other" || reason === "") return own.slice(0, longest);
  return (own ? `${label}：${own}` : label).slice(0, longest);
}

/** The server refuses less; the officer learns it before the scan. */
export const isEnough = (text: string): boolean => text.length >= shortest;
