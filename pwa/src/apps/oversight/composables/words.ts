import type { ClockFace } from "@/generated/kernel";
import { useWordsOf } from "@/kernel/i18n/words";

export const wordsRoot = "oversight.word";

/** Words for the values of this application: `word("field", "LAND")` is the text oversight.word.field.LAND. */
export const useWords = () => useWordsOf(wordsRoot);

/** An event's tag without the application's name: its words are in the group "event". */
export const eventOf = (tag: string): string => tag.replace(/^\w+:/, "");

/** The limit that comes first. */
export const firstClock = <Clock extends ClockFace>(clocks: readonly Clock[]): Clock | undefined => [...clocks].sort((a, b) => a.dueAt.localeCompare(b.dueAt))[0];
