/**
 * What clients do and see where they send documents.
 *
 * @import { Page } from "playwright-core"
 * @import { Stage } from "./stage.js"
 */

/** The documents of Jane Smith, who has signed in. @param {Stage} stage */
export async function documentsOfJane(stage) {
  const page = await stage.signInAsClient();
  await page.getByRole("link", { name: "Send documents" }).click();
  await page.getByText("No documents yet.").waitFor();
  return page;
}

/** @param {Page} page */
export const receipt = (page, count = 1) =>
  page.getByRole("heading", { name: count === 1 ? "1 document has arrived" : `${count} documents have arrived` });

/**
 * Makes the line of `page` so slow that one can watch a file being sent. The answer makes it fast again.
 *
 * @param {Page} page
 */
export async function slowly(page) {
  const line = await page.context().newCDPSession(page);
  const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 100_000 };
  await line.send("Network.emulateNetworkConditions", conditions);
  return () => line.send("Network.emulateNetworkConditions", { ...conditions, uploadThroughput: -1 });
}

/**
 * What is listed once there are `count`, newest first, each as its lines.
 *
 * @param {Page} page
 * @param {number} count
 */
export async function listed(page, count) {
  const rows = page.getByRole("region", { name: /^(Your documents|Documents)$/ }).getByRole("listitem");
  await rows.nth(count - 1).waitFor();
  return (await rows.allInnerTexts()).map((text) => text.split(/\s*\n\s*/));
}
