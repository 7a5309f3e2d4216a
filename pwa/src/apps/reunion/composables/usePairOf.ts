import { useI18n } from "vue-i18n";
import type { ReunionCandidateDetail } from "@/generated/reunion";
import type { Shown } from "../components/staff/review/PicturePair.vue";
import { portraitOf } from "./pictures";
import type { CandidatesCase } from "./staffCase";

/** The two people of a comparison with their pictures; the other one's first picture is the one that was found. */
export function usePairOf() {
  const { t } = useI18n();
  const shown = (pictures: Shown["pictures"]) => pictures.filter((one) => one.url);

  return (matter: CandidatesCase, candidate: ReunionCandidateDetail): Shown[] => {
    const mine = {
      title: t(`reunion.candidate.side.${matter.side}`), name: matter.name ?? t("reunion.unnamed"), minor: matter.isMinor, pictures: shown(matter.pictures),
      first: portraitOf(matter.pictures)?.url ?? null,
    };
    const { other } = candidate;
    const side = other?.side ?? (matter.side === "FOUND" ? "SOUGHT" : "FOUND");
    const theirs = {
      title: t(`reunion.candidate.side.${side}`), name: other ? (other.name ?? t("reunion.unnamed")) : t("reunion.candidate.notOpen"), minor: other?.isMinor ?? true,
      pictures: shown(other?.pictures ?? []), first: candidate.pictureUrl ?? portraitOf(other?.pictures ?? [])?.url ?? null,
    };
    return [mine, theirs];
  };
}
