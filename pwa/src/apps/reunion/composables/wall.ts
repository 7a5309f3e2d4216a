import { sendJson } from "@/kernel/graphql/http";

/** A notice as everybody reads it; see `http.py`. */
export interface Notice {
  id: string;
  side: "SOUGHT" | "FOUND";
  minor: boolean;
  name: string | null;
  sex: "MALE" | "FEMALE" | "UNKNOWN";
  ageText: string | null;
  seenText: string | null;
  placeText: string | null;
  text: string;
  agency: string;
  phone: string;
  county: string;
  pictureUrl: string | null;
  publishedAt: string;
  expiresAt: string;
}

interface WallPage {
  items: Notice[];
  after: string | null;
}

const address = "/open/reunion/bulletins";

export const readWall = (filters: Record<string, string>, after: string | null): Promise<WallPage> =>
  sendJson("GET", `${address}?${new URLSearchParams(after ? { ...filters, after } : filters).toString()}`);

export const readNotice = (id: string): Promise<Notice> => sendJson("GET", `${address}/${encodeURIComponent(id)}`);

/** What the holder of a status link reads. */
export interface FamilyStatus {
  code: string;
  state: string;
  home: boolean;
  registeredAt: string;
  updatedAt: string;
  agency: string;
  phone: string;
  bulletin: boolean;
  expiresAt: string;
  steps: { tag: string; at: string }[];
}

/** The token stands behind the `#`: it is sent in a body, and is in no address and no log. */
export const readStatus = (token: string): Promise<FamilyStatus> => sendJson("POST", "/open/reunion/status", { token });
