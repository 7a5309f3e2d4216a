import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Operation } from "@/kernel/graphql/operation";
import { SubscriptionClient } from "@/kernel/graphql/subscriptions";

const arrivals: Operation<{ inbox: string }, object> = { id: "hash", name: "Arrivals", kind: "subscription" };

class Socket {
  static opened: Socket[] = [];
  readonly sent: { type: string; id?: string }[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: () => void;
  closed = false;

  constructor() {
    Socket.opened.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string; id?: string });
  }

  close(): void {
    this.closed = true;
  }

  hear(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  accept(): void {
    this.onopen?.();
    this.hear({ type: "connection_ack" });
  }
}

const socket = (index: number): Socket => Socket.opened[index]!;

beforeEach(() => {
  Socket.opened = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("carries all subscriptions over one socket, opened with the first and closed with the last", () => {
  const client = new SubscriptionClient("ws://x");
  const heard: string[] = [];
  const stopFirst = client.subscribe(arrivals, {}, (data) => heard.push(`1 ${data.inbox}`));
  socket(0).accept();
  const stopSecond = client.subscribe(arrivals, {}, (data) => heard.push(`2 ${data.inbox}`));
  const ids = socket(0).sent.filter((message) => message.type === "subscribe").map((message) => message.id);
  expect(Socket.opened).toHaveLength(1);
  for (const id of ids) socket(0).hear({ type: "next", id, payload: { data: { inbox: "x" } } });
  expect(heard).toEqual(["1 x", "2 x"]);
  stopFirst();
  expect(socket(0).closed).toBe(false);
  stopSecond();
  expect(socket(0).closed).toBe(true);
});

it("comes back with growing pauses, subscribes again and says that something may be missed", () => {
  const client = new SubscriptionClient("ws://x");
  const resumed = vi.fn();
  client.subscribe(arrivals, {}, () => undefined, resumed);
  socket(0).accept();
  expect(resumed).not.toHaveBeenCalled();
  socket(0).onclose?.();
  vi.advanceTimersByTime(1_000);
  socket(1).onclose?.();
  vi.advanceTimersByTime(1_000);
  expect(Socket.opened).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  socket(2).accept();
  expect(socket(2).sent.map((message) => message.type)).toEqual(["connection_init", "subscribe"]);
  expect(resumed).toHaveBeenCalledOnce();
});

it("answers pings", () => {
  new SubscriptionClient("ws://x").subscribe(arrivals, {}, () => undefined);
  socket(0).accept();
  socket(0).hear({ type: "ping" });
  expect(socket(0).sent.at(-1)).toEqual({ type: "pong" });
});
