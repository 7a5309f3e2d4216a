import { useI18n } from "vue-i18n";

/** Words for values, in the groups of one application. A value of an open list (rules, templates …) without words shows as it is. */
export function useWordsOf(root: string) {
  const { t, te } = useI18n();

  function word(group: string, value: string): string {
    const key = `${root}.${group}.${value.replaceAll(":", ".")}`;
    return te(key) ? t(key) : value;
  }

  const options = <Value extends string>(group: string, values: readonly Value[]) =>
    values.map((value) => ({ value, label: word(group, value) }));

  const optionsWithNotes = <Value extends string>(group: string, values: readonly Value[]) =>
    values.map((value) => ({ value, label: word(group, value), note: word(`${group}Note`, value) }));

  return { word, options, optionsWithNotes };
}
