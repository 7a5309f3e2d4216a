import { useI18n } from "vue-i18n";
import { useFormat } from "@/kernel/i18n/format";

const shares = ["share", "ratio", "percent", "fraction"];

/** A figure's value with its unit; a share is a number from 0 to 1. */
export function useFigureText() {
  const { t } = useI18n();
  const { number, percent } = useFormat();

  return (value: number | null, unit: string): string => {
    if (value === null) return t("mediation.figures.none");
    const name = unit.toLowerCase();
    if (shares.includes(name)) return percent(value);
    return name === "days" ? t("mediation.figures.days", { n: number(value) }) : number(value);
  };
}
