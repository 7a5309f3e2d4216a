import { computed } from "vue";
import {
  DecideJointSupervision, EvaluateJointSupervision, FinishJointSupervision, OversightJointById, OversightJointChanged, type OversightJointDetail, PlanJointSupervision,
  RecordJointMeeting,
} from "@/generated/oversight";
import type { FormLook, Forms } from "@/kernel/forms/actions";
import { execute } from "@/kernel/graphql/client";
import { TransportError } from "@/kernel/graphql/errors";
import { useLive } from "@/kernel/graphql/live";
import { type OfferedAction, arrangeActions } from "@/kernel/matters/actions";
import { afterSending } from "@/kernel/offline/afterSending";
import { useKeptRead } from "@/kernel/offline/useKeptRead";
import { wordsRoot } from "./words";

export async function readJoint(id: string): Promise<OversightJointDetail> {
  const { oversightJointProject } = await execute(OversightJointById, { id });
  if (!oversightJointProject) throw new TransportError("NOT_FOUND", 404, undefined);
  return oversightJointProject;
}

/** One joint project, kept for reading without a network and read again whenever the server says it changed. */
export function useJoint(id: string) {
  const kept = useKeptRead(() => `oversight/joint/${id}`, () => readJoint(id));
  useLive(OversightJointChanged, { id }, () => void kept.load(), () => void kept.load());
  afterSending(kept.load);
  const missing = computed(() => kept.error.value instanceof TransportError && kept.error.value.code === "NOT_FOUND");
  return { ...kept, missing };
}

type Look = FormLook<OversightJointDetail>;

/** The notice that waits for the reader's own signature. */
const unsigned = (project: OversightJointDetail) => project.papers.find((paper) => paper.template === "joint_notice" && paper.mySignature === false);

export const looks: Readonly<Record<string, Look>> = {
  decide: { icon: "check", step: true, operation: DecideJointSupervision, fields: [{ name: "agree", kind: "verdict" }, { name: "opinion", kind: "longtext", max: 2000 }] },
  sign_notice: { icon: "sign", step: true, usable: (project) => unsigned(project) !== undefined, to: (project) => `/oversight/papers/${unsigned(project)?.id ?? ""}` },
  plan: {
    icon: "paper", step: true, operation: PlanJointSupervision,
    fields: [{ name: "leader", kind: "text", max: 100 }, { name: "plan", kind: "longtext", max: 5000 }, { name: "dueOn", kind: "day" }],
  },
  meet: {
    icon: "people", step: true, operation: RecordJointMeeting,
    fields: [{ name: "heldOn", kind: "day" }, { name: "placeText", kind: "text", max: 200 }, { name: "attendees", kind: "longtext", max: 1000 }, { name: "minutes", kind: "longtext", max: 10_000 }],
  },
  evaluate: { icon: "chart", step: true, operation: EvaluateJointSupervision, fields: [{ name: "result", kind: "longtext", max: 5000 }] },
  finish: { icon: "check", step: true, operation: FinishJointSupervision, fields: [{ name: "again", kind: "verdict" }, { name: "reason", kind: "longtext", max: 2000 }] },
};

export const forms: Forms<OversightJointDetail, Look & OfferedAction> = {
  texts: "oversight.joint",
  words: wordsRoot,
  watched: { state: "jointState" },
  arrange: (project) => arrangeActions(project, looks),
  offered: (project, name) => {
    const offered = project.availableActions.find((one) => one.name === name);
    const look = looks[name];
    return offered && look && { ...look, ...offered };
  },
  variables: (_action, input, _project, base) => ({ input: { id: base.id, version: base.version, ...input } }),
};

/** Either side may propose. */
export const mayPropose = (may: (permission: string) => boolean): boolean => may("oversight:joint:congress") || may("oversight:joint:procuratorate");
