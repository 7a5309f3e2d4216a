import { useWordsOf } from "@/kernel/i18n/words";

export const wordsRoot = "cockpit.word";

/** Words for the values of the programme: `word("hazardState", "FOUND")` is the text cockpit.word.hazardState.FOUND. */
export const useWords = () => useWordsOf(wordsRoot);

/** An event's tag without the application's name: its words are in the group "event". */
export const eventOf = (tag: string): string => tag.replace(/^\w+:/, "");

const waits: ReadonlySet<string> = new Set(["FOUND", "GRADED", "REPORTED", "REPORTED_TWICE", "PROPOSED", "PLANNED", "REOPENED"]);
const over: ReadonlySet<string> = new Set(["CLOSED", "DISMISSED", "CHECKED", "ACCEPTED", "CANCELLED", "RETIRED", "HELD"]);

/** A state as a colour: what waits for somebody stands out, what is late even more, what is over recedes. */
export function toneOf(state: string): string {
  if (state === "LATE") return "tone-red";
  if (waits.has(state)) return "tone-yellow";
  return over.has(state) ? "tone-grey" : "tone-primary";
}
