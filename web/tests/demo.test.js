/**
 * The five-minute demo of a newcomer, by keyboard alone.
 *
 * @import { Page } from "playwright-core"
 * @import { Stage } from "./stage.js"
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { holdsFocus, press, tabTo, type } from "./keyboard.js";
import { looksRight } from "./looks.js";
import { choose, paper, recordsOn } from "./mouse.js";
import { SIZES, storyOnce } from "./stage.js";

const W2 = paper("W-2 2025.pdf");
const LAST_FOUR = "Last 4 of your SSN or tax ID, or the PIN from your accountant";

/** What the access log has to say about it all: newest attempt first, and each as it went. */
const STORY = [
  [`Document sent by Lee Park: ${W2.name}`],
  [`Upload started: ${W2.name}`],
  [
    "The last 4 Digits of the SSN did not match",
    "Told by email why no code was sent",
    "Security code requested",
    "Security code sent by SMS",
    "Security code requested again",
    "Security code sent by email",
    "Client Access Authenticate Success",
  ],
  ["Signed out"],
  ["Magic link opened", "Client Access Authenticate Success"],
  ["Portal invite requested by Olive Owner", "Portal invite sent"],
  ["Contact updated by Olive Owner: mobile, sign-in checks"],
  ["Security code requested", "Security code sent by email", "Staff sign-in success"],
].flat();

/** A mail in the mailbox of the outbox page. @param {Page} outbox @param {string} subject */
const mail = (outbox, subject) => outbox.getByRole("log", { name: "Mailbox" }).getByRole("group").filter({ hasText: subject }).first();

/** Takes the newest code in a place of the outbox page along. @param {Page} outbox @param {"Phone" | "Mailbox"} place */
async function copyCode(outbox, place) {
  await outbox.bringToFront();
  await press(outbox, "button", "Copy code", { within: outbox.getByRole("log", { name: place }).getByRole("group").first() });
  await outbox.getByRole("button", { name: "Copied" }).waitFor();
}

/** @param {Page} page */
async function pasteCode(page) {
  await page.bringToFront();
  await tabTo(page, "textbox", "Code");
  await page.keyboard.press("Control+V");
  await page.keyboard.press("Enter");
}

/** Staff get in, find who is marked red, mend that, and invite them. @param {Page} page @param {Page} outbox */
async function setUpLee(page, outbox) {
  await type(page, "Your email address", "owner@demo.test");
  await press(page, "button", "Send me a code");
  await page.getByRole("textbox", { name: "Code" }).waitFor();
  await mail(outbox, "sign-in code").waitFor();
  await copyCode(outbox, "Mailbox");
  await pasteCode(page);

  await press(page, "link", "Contacts");
  await press(page, "button", "Missing 2");
  await page.getByText("Jane Smith").waitFor({ state: "hidden" });
  await page.getByText("Missing: sign-in check, mobile").waitFor();
  await press(page, "link", "Lee Park");
  await press(page, "button", "Edit");
  await type(page, "Mobile", "(252) 555-0153");
  await type(page, "Digits", "4321");
  await press(page, "button", "Save changes");
  await page.getByText("Changes saved.").waitFor();
  await holdsFocus(page);
  await looksRight(page);
  await press(page, "button", "Invite");
  await page.getByText("An invitation is on its way to").waitFor();
  await holdsFocus(page);
}

/** The client opens the link in the mail, and gets in by the last four. @param {Stage} stage @param {Page} outbox */
async function followInvitation(stage, outbox) {
  await outbox.bringToFront();
  const invitation = mail(outbox, "invites you");
  await invitation.waitFor();
  const opened = stage.context.waitForEvent("page");
  await press(outbox, "link", "View and manage tasks", { within: invitation.frameLocator("iframe") });
  const page = await opened;
  await press(page, "button", "Continue as l***@example.com");
  await type(page, LAST_FOUR, "4321");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No open requests" }).waitFor();
  return page;
}

/** Lets time go by, for the product and for a page. @param {number} seconds @param {Stage} stage @param {Page} page */
async function pass(seconds, stage, page) {
  await stage.advance(seconds);
  await page.evaluate((ms) => {
    const [now, sinceLoading] = [Date.now, performance.now.bind(performance)];
    Date.now = () => now() + ms;
    performance.now = () => sinceLoading() + ms;
  }, seconds * 1000);
}

storyOnce("the five-minute demo, by keyboard alone", async (stage) => {
  await stage.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const office = await stage.otherBrowser({ permissions: ["clipboard-read", "clipboard-write"] });
  const [staff, theirOutbox, outbox] = await Promise.all([
    stage.open("/demo/staff/sign-in", office),
    stage.open("/_local/outbox", office),
    stage.open("/_local/outbox"),
  ]);
  await setUpLee(staff, theirOutbox);
  await press(staff, "link", "Access log", { by: "Shift+Tab" });
  const client = await followInvitation(stage, outbox);
  await press(client, "button", "Signed in as Lee Park", { by: "Shift+Tab" });
  await press(client, "button", "Sign out");

  // A space behind the email is no matter; a wrong last four is told to the mailbox, and to nobody else.
  await type(client, "Your email address", "lee@example.com ");
  await client.keyboard.press("Enter");
  await type(client, LAST_FOUR, "4312");
  await press(client, "button", "Send me a code");
  await client.getByText("If these match our records, a code is on its way.").waitFor();
  await outbox.bringToFront();
  await mail(outbox, "why you got no sign-in code").frameLocator("iframe").getByText("did not match what we have for you").waitFor();
  await looksRight(outbox);
  await client.bringToFront();
  await press(client, "summary", "Nothing in 2 minutes? Check the email and last four");
  await type(client, LAST_FOUR, "4321");
  await client.keyboard.press("Enter");
  await outbox.getByRole("heading", { name: "(252) 555-0153" }).waitFor();
  await press(client, "button", "Send it by email instead");
  await client.getByText("We will send it by email in").waitFor();
  await holdsFocus(client);
  await pass(30, stage, client);
  await mail(outbox, "your sign-in code").waitFor();
  await holdsFocus(client);
  await looksRight(client);
  await copyCode(outbox, "Mailbox");
  await pasteCode(client);

  await press(client, "link", "Send documents");
  await choose(client, [W2], () => press(client, "button", "Choose files"));
  await press(client, "button", "Send 1 file for Lee Park");
  await client.getByText("1 document has arrived").waitFor();
  await looksRight(client);

  // Staff watch it happen, and open what came.
  await staff.bringToFront();
  await staff.getByText(STORY[0]).waitFor();
  assert.deepEqual((await recordsOn(staff)).slice(0, STORY.length), STORY);
  await looksRight(staff);
  await press(staff, "link", "Lee Park");
  await press(staff, "link", "Documents of Lee Park");
  const download = staff.waitForEvent("download");
  await press(staff, "button", `Download: ${W2.name}`);
  assert.deepEqual(await readFile(await (await download).path()), W2.buffer);

  await stage.restart();
  const [log, inbox, documents] = await Promise.all([
    stage.open("/demo/staff/access-log", office),
    stage.open("/_local/outbox"),
    stage.open("/demo/documents"),
  ]);
  await log.getByText(STORY[0]).waitFor();
  const downloaded = `Document downloaded by Olive Owner: ${W2.name}`;
  assert.deepEqual((await recordsOn(log)).slice(0, STORY.length + 1), [downloaded, ...STORY]);
  await mail(inbox, "invites you").waitFor();
  await inbox.getByRole("heading", { name: "(252) 555-0153" }).waitFor();
  await documents.getByText(W2.name).waitFor();
}, { viewport: SIZES.desktop });
