import { onScopeDispose } from "vue";
import type { Operation } from "./operation";
import type { SubscriptionClient } from "./subscriptions";

let shared: Promise<SubscriptionClient> | undefined;

function client(): Promise<SubscriptionClient> {
  shared ??= import("./subscriptions").then(
    (module) => new module.SubscriptionClient(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`),
  );
  return shared;
}

/** Listens for as long as the calling component lives. The socket's code is loaded on first use. */
export function useLive<Result, Variables>(
  operation: Operation<Result, Variables>,
  variables: Variables,
  next: (data: Result) => void,
  resumed?: () => void,
): () => void {
  let stop: (() => void) | undefined;
  let stopped = false;
  void client().then((subscriptions) => {
    if (!stopped) stop = subscriptions.subscribe(operation, variables, next, resumed);
  });
  const end = () => {
    stopped = true;
    stop?.();
  };
  onScopeDispose(end);
  return end;
}
