import type { Operation } from "./operation";

interface Listener {
  message: { documentId: string; operationName: string; query: ""; variables: unknown };
  next: (data: never) => void;
  /** After a reconnect events may have been missed: the caller reads again. */
  resumed: () => void;
}

interface ServerMessage {
  type: string;
  id?: string;
  payload?: { data?: unknown };
}

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

/**
 * A client of the graphql-transport-ws protocol for trusted documents: one socket for all
 * subscriptions, opened with the first, closed with the last, reconnected with growing pauses.
 */
export class SubscriptionClient {
  private socket: WebSocket | undefined;
  private ready = false;
  private wasReady = false;
  private retryMs = firstRetryMs;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Map<string, Listener>();

  constructor(private readonly url: string) {}

  subscribe<Result, Variables>(
    operation: Operation<Result, Variables>,
    variables: Variables,
    next: (data: Result) => void,
    resumed: () => void = () => undefined,
  ): () => void {
    const id = crypto.randomUUID();
    const message = { documentId: operation.id, operationName: operation.name, query: "" as const, variables };
    this.listeners.set(id, { message, next: next as (data: never) => void, resumed });
    if (this.ready) this.send({ id, type: "subscribe", payload: message });
    else this.open();
    return () => this.unsubscribe(id);
  }

  private unsubscribe(id: string): void {
    if (!this.listeners.delete(id)) return;
    if (this.ready) this.send({ id, type: "complete" });
    if (this.listeners.size === 0) this.close();
  }

  private close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.ready = this.wasReady = false;
    this.socket?.close(1000);
    this.socket = undefined;
  }

  private open(): void {
    if (this.socket || this.timer) return;
    const socket = new WebSocket(this.url, "graphql-transport-ws");
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init" }));
    socket.onmessage = (event: MessageEvent<string>) => this.receive(JSON.parse(event.data) as ServerMessage);
    socket.onclose = () => {
      if (this.socket === socket) this.reconnectLater();
    };
  }

  private reconnectLater(): void {
    this.socket = undefined;
    this.ready = false;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.open();
    }, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
  }

  private receive(message: ServerMessage): void {
    if (message.type === "ping") this.send({ type: "pong" });
    if (message.type === "connection_ack") this.acknowledged();
    if (!message.id) return;
    if (message.type === "next") this.listeners.get(message.id)?.next(message.payload?.data as never);
    if (message.type === "complete" || message.type === "error") this.listeners.delete(message.id);
  }

  private acknowledged(): void {
    this.ready = true;
    this.retryMs = firstRetryMs;
    for (const [id, listener] of this.listeners) {
      this.send({ id, type: "subscribe", payload: listener.message });
      if (this.wasReady) listener.resumed();
    }
    this.wasReady = true;
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }
}
