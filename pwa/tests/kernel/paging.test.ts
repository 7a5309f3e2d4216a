import { expect, it } from "vitest";
import { type Connection, usePaging } from "@/kernel/graphql/paging";

const page = (names: string[], endCursor: string | null = null): Connection<string> => ({
  edges: names.map((node) => ({ node })),
  pageInfo: { hasNextPage: endCursor !== null, endCursor },
});

it("appends by cursor until the end and does not load past it", async () => {
  const asked: (string | null)[] = [];
  const paging = usePaging(async (after) => {
    asked.push(after);
    return after ? page(["c"]) : page(["a", "b"], "b");
  });
  await paging.reload();
  await paging.more();
  await paging.more();
  expect(paging.nodes.value).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([null, "b"]);
  expect(paging.empty.value).toBe(false);
});

it("ignores the late answer of an older question", async () => {
  const answers: ((found: Connection<string>) => void)[] = [];
  const paging = usePaging<string>(() => new Promise((resolve) => answers.push(resolve)));
  const [older, newer] = [paging.reload(), paging.reload()];
  answers[1]?.(page(["new"]));
  await newer;
  answers[0]?.(page(["old"]));
  await older;
  expect(paging.nodes.value).toEqual(["new"]);
  expect(paging.loading.value).toBe(false);
});

it("keeps what is shown when the next page fails", async () => {
  const paging = usePaging<string>(async (after) => {
    if (after) throw new Error("away");
    return page(["a"], "a");
  });
  await paging.reload();
  await paging.more();
  expect(paging.nodes.value).toEqual(["a"]);
  expect(paging.error.value).toBeInstanceOf(Error);
});
