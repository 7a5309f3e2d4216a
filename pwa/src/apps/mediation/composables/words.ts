import { useWordsOf } from "@/kernel/i18n/words";

export const useWords = () => useWordsOf("mediation");
