/** WebAuthn options and answers as JSON, the way the server's library reads and writes them. */

import { fromBase64Url, toBase64Url } from "../bytes";

type Encoded = string;

interface DescriptorJson extends Omit<PublicKeyCredentialDescriptor, "id"> {
  id: Encoded;
}

export interface RequestOptionsJson extends Omit<PublicKeyCredentialRequestOptions, "challenge" | "allowCredentials" | "extensions"> {
  challenge: Encoded;
  allowCredentials?: DescriptorJson[];
}

export interface CreationOptionsJson
  extends Omit<PublicKeyCredentialCreationOptions, "challenge" | "user" | "excludeCredentials" | "extensions"> {
  challenge: Encoded;
  user: { id: Encoded; name: string; displayName: string };
  excludeCredentials?: DescriptorJson[];
}

export const passkeysSupported = typeof PublicKeyCredential !== "undefined";

const descriptors = (list: DescriptorJson[] | undefined) => (list ?? []).map((entry) => ({ ...entry, id: fromBase64Url(entry.id) }));

/** Rejects with NotAllowedError when the person cancels. */
export async function askPasskey(options: RequestOptionsJson): Promise<object> {
  const credential = (await navigator.credentials.get({
    publicKey: { ...options, challenge: fromBase64Url(options.challenge), allowCredentials: descriptors(options.allowCredentials) },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return withIdentity(credential, {
    clientDataJSON: toBase64Url(response.clientDataJSON),
    authenticatorData: toBase64Url(response.authenticatorData),
    signature: toBase64Url(response.signature),
    userHandle: response.userHandle ? toBase64Url(response.userHandle) : null,
  });
}

export async function createPasskey(options: CreationOptionsJson): Promise<object> {
  const credential = (await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: fromBase64Url(options.challenge),
      user: { ...options.user, id: fromBase64Url(options.user.id) },
      excludeCredentials: descriptors(options.excludeCredentials),
    },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return withIdentity(credential, {
    clientDataJSON: toBase64Url(response.clientDataJSON),
    attestationObject: toBase64Url(response.attestationObject),
    transports: response.getTransports(),
  });
}

function withIdentity(credential: PublicKeyCredential, response: object): object {
  return {
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
    response,
  };
}
