import { reach, sendJson } from "@/kernel/graphql/http";

/** Helps for demonstrations. Their routes exist in development only; elsewhere they answer 404 and nothing is shown. */

export interface DemoAccount {
  role: string;
  name: string;
  phone: string;
}

export interface DemoClock {
  now: string;
  /** Seconds ahead of the real time. */
  offset: number;
}

interface SentCode {
  phone: string;
  code: string;
}

async function ifThere<T>(url: string): Promise<T | undefined> {
  const response = await reach(url, { headers: { Accept: "application/json" } }).catch(() => undefined);
  if (!response?.ok || !response.headers.get("Content-Type")?.includes("json")) return undefined;
  return (await response.json()) as T;
}

export const demoAccounts = async () => (await ifThere<DemoAccount[]>("/dev/accounts")) ?? [];
export const demoClock = () => ifThere<DemoClock>("/dev/clock");
export const moveDemoClock = (seconds: number) => sendJson<unknown>("POST", "/dev/clock", { seconds });

const digits = (phone: string) => phone.replace(/\D/g, "");

/** The newest code sent to this number; the server may keep it with a country code. */
export async function newestCode(phone: string): Promise<string | undefined> {
  const sent = (await ifThere<SentCode[]>("/dev/codes")) ?? [];
  return sent.find((entry) => digits(phone) !== "" && digits(entry.phone).endsWith(digits(phone)))?.code;
}
