/** Exports of the access log: a small one comes at once, a large one is made meanwhile and then fetched from storage. */

import { call, callForFile } from "./api.js";
import { downloadFrom, save } from "./download.js";

const LOOK_MS = 2000;

/**
 * @param {"csv" | "json"} format
 * @param {{ q?: string, outcome?: string, from?: string }} filter
 */
export async function exportLog(format, filter) {
  const answer = await callForFile("/api/access-log/export", { audience: "staff", query: { ...filter, format } });
  if ("file" in answer) {
    return save(answer);
  }
  for (;;) {
    const made = await call("get", "/api/exports/{export}", { audience: "staff", params: answer });
    if (made.url) {
      return downloadFrom(made.url);
    }
    await new Promise((look) => setTimeout(look, LOOK_MS));
  }
}
