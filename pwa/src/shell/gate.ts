import { shallowRef } from "vue";
import { onRefusal } from "@/kernel/graphql/client";

export type GateKind = "UNAUTHENTICATED" | "STEP_UP_REQUIRED";

interface OpenGate {
  kind: GateKind;
  finish: (passed: boolean) => void;
}

/** The dialog that is open because the server wants to know who is there; the page below keeps its state. */
export const gate = shallowRef<OpenGate>();
let running: Promise<boolean> | undefined;

function ask(kind: GateKind): Promise<boolean> {
  running ??= new Promise<boolean>((resolve) => {
    gate.value = { kind, finish: resolve };
  }).finally(() => {
    gate.value = undefined;
    running = undefined;
  });
  return running;
}

export function guardRequests(): void {
  onRefusal("UNAUTHENTICATED", () => ask("UNAUTHENTICATED"));
  onRefusal("STEP_UP_REQUIRED", () => ask("STEP_UP_REQUIRED"));
}
