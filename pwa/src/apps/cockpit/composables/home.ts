import { CockpitHazards, CockpitProblems, CockpitTasks } from "@/generated/cockpit";
import type { ClockFace } from "@/generated/kernel";
import { execute } from "@/kernel/graphql/client";

/** What waits for the reader, in one line. */
export interface HomeLine {
  id: string;
  to: string;
  title: string;
  code: string;
  group: "taskState" | "problemState" | "hazardState";
  state: string;
  clocks: readonly ClockFace[];
}

const most = 10;
const dueOf = (line: HomeLine) => line.clocks.map((clock) => clock.dueAt).sort()[0] ?? "9999";

/** One's own tasks, problems to answer or to judge, hazards to rectify: what is due first on top. */
export async function readHome(): Promise<HomeLine[]> {
  const page = { first: most, after: null };
  const [tasks, problems, hazards] = await Promise.all([
    execute(CockpitTasks, { ...page, filter: { mine: true, states: ["OPEN", "LATE"] } }),
    execute(CockpitProblems, { ...page, filter: { mine: true, states: ["ASSIGNED", "ANSWERED", "REOPENED"] } }),
    execute(CockpitHazards, { ...page, filter: { mine: true, states: ["RECTIFYING"] } }),
  ]);
  const lines: HomeLine[] = [
    ...tasks.cockpitTasks.edges.map(({ node }) => ({ ...node, to: `/cockpit/tasks/${node.id}`, title: node.text, group: "taskState" as const })),
    ...problems.cockpitProblems.edges.map(({ node }) => ({ ...node, to: `/cockpit/problems/${node.id}`, group: "problemState" as const })),
    ...hazards.cockpitHazards.edges.map(({ node }) => ({ ...node, to: `/cockpit/hazards/${node.id}`, title: node.placeText, group: "hazardState" as const })),
  ];
  return lines.sort((a, b) => dueOf(a).localeCompare(dueOf(b))).slice(0, most);
}
