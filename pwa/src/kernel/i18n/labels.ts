import { useI18n } from "vue-i18n";
import type { Label } from "../manifest";
import type { Language } from ".";

/** Labels in the reader's language. */
export function useLabels() {
  const { locale } = useI18n();
  return (label: Label): string => label[locale.value as Language];
}
