import "fake-indexeddb/auto";

globalThis.fetch = () => Promise.reject(new Error("A test asked the network; use tests/support/server.ts."));
