import { useI18n } from "vue-i18n";

/** Words for values whose list is open (rules, templates, patterns …): one without words shows as it is. */
export function useWords() {
  const { t, te } = useI18n();

  function word(group: string, value: string): string {
    const key = `mediation.${group}.${value.replaceAll(":", ".")}`;
    return te(key) ? t(key) : value;
  }

  const options = <Value extends string>(group: string, values: readonly Value[]) =>
    values.map((value) => ({ value, label: word(group, value) }));

  const optionsWithNotes = <Value extends string>(group: string, values: readonly Value[]) =>
    values.map((value) => ({ value, label: word(group, value), note: t(`mediation.${group}Note.${value}`) }));

  return { word, options, optionsWithNotes };
}
