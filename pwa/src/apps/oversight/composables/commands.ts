import { recommendationCommands } from "./recommendationCommands";
import { suggestionCommands } from "./suggestionCommands";

/** Operations that may wait in the outbox; each has a name in the locale files (oversight.command.…). */
export const clueCommands: readonly string[] = [
  "AssessClue", "AssignChecker", "CloseOversightCase", "DivertClue", "DraftRecommendation", "FileOversightCase", "HandOverMatter", "JoinClue", "LogInvestigation",
  "RaiseClue", "ScreenClue", "ShieldClue", "SueOversightCase",
];

export const jointCommands: readonly string[] = [
  "DecideJointSupervision", "EvaluateJointSupervision", "FinishJointSupervision", "PlanJointSupervision", "ProposeJointSupervision", "RecordJointMeeting",
];

export const commands: ReadonlySet<string> = new Set([...clueCommands, ...jointCommands, ...recommendationCommands, ...suggestionCommands]);
