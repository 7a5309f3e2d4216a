import { sendJson } from "../graphql/http";
import { type CreationOptionsJson, type RequestOptionsJson, askPasskey, createPasskey } from "./passkey";

export interface Device {
  id: string;
  device: string;
  createdAt: string;
  lastSeenAt: string;
  current: boolean;
}

export const requestCode = (phone: string) => sendJson<undefined>("POST", "/auth/code", { phone });
export const verifyCode = (phone: string, code: string) => sendJson<unknown>("POST", "/auth/code/verify", { phone, code });
export const signOut = () => sendJson<undefined>("POST", "/auth/sign-out");
export const switchMembership = (membershipId: string | null) => sendJson<unknown>("POST", "/auth/membership", { membershipId });
export const listDevices = () => sendJson<Device[]>("GET", "/auth/sessions");
export const revokeDevice = (id: string) => sendJson<undefined>("DELETE", `/auth/sessions/${id}`);

export async function signInWithPasskey(): Promise<void> {
  const options = await sendJson<RequestOptionsJson>("POST", "/auth/passkey/options");
  await sendJson("POST", "/auth/passkey/verify", await askPasskey(options));
}

export async function registerPasskey(): Promise<void> {
  const options = await sendJson<CreationOptionsJson>("POST", "/auth/passkey/register/options");
  await sendJson("POST", "/auth/passkey/register/verify", await createPasskey(options));
}

/** Proves presence again before a sensitive act. */
export async function stepUp(): Promise<void> {
  const options = await sendJson<RequestOptionsJson>("POST", "/auth/step-up/options");
  await sendJson("POST", "/auth/step-up/verify", await askPasskey(options));
}
