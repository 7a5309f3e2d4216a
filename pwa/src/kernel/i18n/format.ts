import { computed } from "vue";
import { useI18n } from "vue-i18n";

/** Legal days are counted in China's time, wherever the phone is. */
const timeZone = "Asia/Shanghai";

const relativeUnits = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

export function useFormat() {
  const { locale } = useI18n();
  const dates = computed(() => new Intl.DateTimeFormat(locale.value, { timeZone, dateStyle: "medium" }));
  const moments = computed(() => new Intl.DateTimeFormat(locale.value, { timeZone, dateStyle: "medium", timeStyle: "short" }));
  const relatives = computed(() => new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" }));
  const numbers = computed(() => new Intl.NumberFormat(locale.value, { maximumFractionDigits: 1 }));

  const date = (iso: string) => dates.value.format(new Date(iso.length === 10 ? `${iso}T00:00:00+08:00` : iso));
  const moment = (at: string | number) => moments.value.format(new Date(at));
  const number = (value: number) => numbers.value.format(value);
  const percent = (fraction: number) => new Intl.NumberFormat(locale.value, { style: "percent", maximumFractionDigits: 1 }).format(fraction);
  const money = (value: number) => new Intl.NumberFormat(locale.value, { style: "currency", currency: "CNY" }).format(value);

  function relative(at: string | number, now = Date.now()): string {
    const distance = new Date(at).getTime() - now;
    const [unit, length] = relativeUnits.find(([, size]) => Math.abs(distance) >= size) ?? ["minute", 60_000];
    return relatives.value.format(Math.trunc(distance / length), unit);
  }

  return { date, moment, number, percent, money, relative };
}
