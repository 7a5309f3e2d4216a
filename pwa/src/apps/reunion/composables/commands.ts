/** Operations that may wait in the outbox; each has a name in the locale files (reunion.command.…). */
export const commands: ReadonlySet<string> = new Set([
  "AddReunionPicture", "ArrangeReturn", "AskReunionVerification", "ChooseReunionFace", "CloseReunionCase", "ConfirmReunionIdentity", "CorrectReunionFacts",
  "DecideFaceSearch", "HandOver", "PlacePerson", "RaiseReunionAlarm", "RecordFollowUp", "RecordQuickCheck", "RecordReunionBasis", "RecordReunionProof",
  "RefuseContact", "RegisterFound", "RemoveReunionPicture", "ReportMissing", "RequestFaceSearch", "ReviewCandidate", "WithdrawReunionCase",
]);
