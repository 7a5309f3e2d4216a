import { recommendationCommands } from "./recommendationCommands";
import { suggestionCommands } from "./suggestionCommands";

/** Operations that may wait in the outbox; each has a name in the locale files (oversight.command.…). */
export const clueCommands: readonly string[] = [
  "AskForInvestigationHelp", "AssessClue", "AssignChecker", "CloseOversightCase", "DivertClue", "DraftOversightLesson", "DraftRecommendation", "FileOversightCase",
  "HandOverMatter", "JoinClue", "LogInvestigation", "RaiseClue", "ScreenClue", "ShieldClue", "SueOversightCase",
];

export const jointCommands: readonly string[] = [
  "DecideJointSupervision", "EvaluateJointSupervision", "FinishJointSupervision", "PlanJointSupervision", "ProposeJointSupervision", "RecordJointMeeting",
];

/** A lesson is drafted on the page of its clue; these are given on its own. */
export const lessonCommands: readonly string[] = ["DecideOversightLesson", "TakeDownOversightLesson"];

export const commands: ReadonlySet<string> = new Set([...clueCommands, ...jointCommands, ...lessonCommands, ...recommendationCommands, ...suggestionCommands]);
