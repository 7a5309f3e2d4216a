import { useWordsOf } from "@/kernel/i18n/words";

/** Words for the values of this application: `word("verdict", "SAME")` is the text reunion.word.verdict.SAME. */
export const useWords = () => useWordsOf("reunion.word");
