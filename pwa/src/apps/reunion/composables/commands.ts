/** Operations that may wait in the outbox; each has a name in the locale files (reunion.command.…). */
export const commands: ReadonlySet<string> = new Set([
  "AnswerAssist", "AskAssist", "DeclineAssist", "EndAssist", "TakeUpAssist", "ThankForAssist",
  "AnswerTip", "DecideBulletin", "ForgoBulletin", "LeaveTip", "PublishBulletin", "TakeDownBulletin", "WithdrawBulletin",
  "AcceptReunionTask", "AddNextOfKin", "AnswerCardCall", "CancelReunionTask", "CloseCardCall", "EndHomeCard", "FinishReunionTask", "GiveReunionTask", "LinkReunionFind",
  "RefuseReunionTask", "RemoveNextOfKin", "ReturnReunionTask", "SaveCarePlan", "UnlinkReunionFind", "VerifyReunionTask",
  "AddReunionPicture", "ArrangeReturn", "AskReunionVerification", "ChooseReunionFace", "CloseReunionCase", "ConfirmReunionIdentity", "CorrectReunionFacts",
  "DecideFaceSearch", "HandOver", "PlacePerson", "RaiseReunionAlarm", "RecordFollowUp", "RecordQuickCheck", "RecordReunionBasis", "RecordReunionProof",
  "RefuseContact", "RegisterFound", "RemoveReunionPicture", "ReportMissing", "RequestFaceSearch", "ReviewCandidate", "WithdrawReunionCase",
]);
