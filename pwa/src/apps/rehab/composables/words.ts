import { useI18n } from "vue-i18n";
import { useWordsOf } from "@/kernel/i18n/words";

/** A text the server has in both languages (rules, colours). */
export interface TwoTongues {
  zh: string;
  en: string;
}

/** Words for the values of this application: `word("mood", "GOOD")` is the text rehab.word.mood.GOOD. */
export const useWords = () => useWordsOf("rehab.word");

/** Picks the reader's language. */
export function useTongue() {
  const { locale } = useI18n();
  return (text: TwoTongues): string => (locale.value === "en" ? text.en : text.zh);
}
