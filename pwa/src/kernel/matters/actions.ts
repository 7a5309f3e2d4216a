import type { IconName } from "../ui/icons";

/** As the server offers it. */
export interface OfferedAction {
  name: string;
  requires: string[];
  stepUp: boolean;
}

/** How an application shows an action of its matters. */
export interface ActionLook<Matter> {
  icon: IconName;
  /** Takes the matter forward: may stand as a big button. */
  step?: boolean;
  danger?: boolean;
  /** False when there is nothing in this matter to apply it to. */
  usable?: (matter: Matter) => boolean;
  /** True while something else comes first. */
  waits?: (matter: Matter) => boolean;
}

export interface Arranged<Action> {
  steps: Action[];
  more: Action[];
}

const mostSteps = 2;

/** The one or two most natural next steps, and the rest. Names this version does not know are left out. */
export function arrangeActions<Matter extends { availableActions: readonly OfferedAction[] }, Look extends ActionLook<Matter>>(
  matter: Matter,
  looks: Readonly<Record<string, Look>>,
): Arranged<Look & OfferedAction> {
  const order = Object.keys(looks);
  const waits = (action: Look) => Number(action.waits?.(matter) ?? false);
  const actions = matter.availableActions
    .flatMap((offered) => {
      const look = looks[offered.name];
      return look && (look.usable?.(matter) ?? true) ? [{ ...look, ...offered }] : [];
    })
    .sort((a, b) => waits(a) - waits(b) || order.indexOf(a.name) - order.indexOf(b.name));
  const steps = actions.filter((action) => action.step).slice(0, mostSteps);
  return { steps, more: actions.filter((action) => !steps.includes(action)) };
}
