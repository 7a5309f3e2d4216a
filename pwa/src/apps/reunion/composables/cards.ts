import { sendJson } from "@/kernel/graphql/http";
import type { FoundPosition } from "@/kernel/positions/usePosition";

/** What a card says to whoever finds its bearer. */
export interface CardShown {
  agency: string;
  dutyPhone: string;
}

export const cardPath = "/reunion/card";

export const cardAddress = (token: string): string => `${location.origin}${cardPath}#${token}`;

/** The token stands behind the `#`: it is sent in a body, and is in no address and no log. */
export const readCard = (token: string): Promise<CardShown> => sendJson("POST", "/open/reunion/card", { token });

/** `key` stays the same for one visit: tapped twice, the officers hear it once. */
export function tellFound(token: string, key: string, position: FoundPosition | null, phone: string): Promise<{ toldAt: string }> {
  const place = position ? { latitude: position.latitude, longitude: position.longitude } : {};
  return sendJson("POST", "/open/reunion/card/found", { token, key, phone: phone.trim() || null, ...place });
}
