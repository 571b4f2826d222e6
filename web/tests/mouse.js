/**
 * What people do and see by mouse or finger on many screens.
 *
 * @import { Locator, Page } from "playwright-core"
 */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";

/** @typedef {{ name: string, mimeType: string, buffer: Buffer }} File */

/** What a page says when there is no line. */
export const OFFLINE = "No connection. Check that you are online, then try again.";

/** Presses the button of this name. @param {Page} page @param {string} name */
export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Waits for the screen with this heading. @param {Page} page @param {string} heading */
export const sees = (page, heading) => page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();

/** Waits for the client's screen with this heading, and looks at all of it. @param {Page} page @param {string} heading */
export async function looksAt(page, heading) {
  await sees(page, heading);
  assert.equal(await page.title(), `${heading} – Demo & Daughters CPA`);
  assert.ok(await page.getByRole("link", { name: "(252) 555-0142" }).isVisible(), "the firm's phone");
  await looksRight(page);
}

/** Where the last four go. @param {Page} page */
export const gateField = (page) => page.getByLabel("Last 4 of your SSN");

/** Where the code goes. @param {Page} page */
export const codeField = (page) => page.getByLabel("Code", { exact: true });

/** Whether the keyboard is there. @param {Locator} place */
export const hasFocus = (place) => place.evaluate((element) => element === document.activeElement);

/** What is read out along with a field, besides its label. @param {Locator} field */
export const saidOf = (field) =>
  field.evaluate((input) => {
    const ids = input.getAttribute("aria-describedby")?.split(" ") ?? [];
    return ids.map((id) => document.getElementById(id)?.textContent).join(" ");
  });

/** Waits for an access record, which may stand in an attempt that is closed. @param {Page} page @param {string} text */
export const told = (page, text) => page.getByText(text, { exact: true }).first().waitFor({ state: "attached" });

/** The texts of access records, as they stand, those within closed attempts too. @param {Page} page */
export const recordsOn = (page) => page.locator("main .records .said").allTextContents();

/**
 * A file that is what its name says.
 *
 * @param {string} name
 * @returns {File}
 */
export function paper(name, size = 100) {
  const [mimeType, beginning] = {
    pdf: ["application/pdf", "%PDF-1.7\n"],
    png: ["image/png", "\x89PNG\r\n\x1a\n"],
    jpg: ["image/jpeg", "\xff\xd8\xff\xe0"],
  }[name.split(".").at(-1) ?? ""] ?? ["text/plain", ""];
  return { name, mimeType, buffer: Buffer.from(beginning.padEnd(size, name), "latin1") };
}

/**
 * Chooses files, which are not sent yet.
 *
 * @param {Page} page
 * @param {File[]} files
 * @param {() => Promise<void>} begin presses what they are chosen by
 */
export async function choose(page, files, begin = () => page.getByText(/^Choose (more )?files$/).click()) {
  const chooser = page.waitForEvent("filechooser");
  await begin();
  await (await chooser).setFiles(files);
}

/** The button that sends what was chosen. @param {Page} page */
export const sendButton = (page) => page.getByRole("button", { name: /^Send \d+ files?/ });

/** Chooses files, and sends them. @param {Page} page @param {File[]} files */
export async function send(page, files) {
  await choose(page, files);
  await sendButton(page).click();
}

/** Signs out, by the button with the own name on it. @param {Page} page */
export async function signOut(page) {
  await page.getByRole("button", { name: /^Signed in as/ }).click();
  await press(page, "Sign out");
}
