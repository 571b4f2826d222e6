/** A client gets in by the link in a mail, and nobody else does. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { story } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

const JANE = "jane@example.com";
const MOBILE = "+12525885772";
const AS_JANE = "Continue as j***@example.com";
const OFFLINE = "No connection. Check that you are online, then try again.";
const DAY = 86_400;

const gateField = (/** @type {Page} */ page) => page.getByLabel("Last 4 of your SSN");
const codeField = (/** @type {Page} */ page) => page.getByLabel("Code", { exact: true });

/** @param {Page} page @param {string} name */
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Waits for the screen with this heading, and looks at it. @param {Page} page @param {string} heading */
async function sees(page, heading) {
  await page.getByRole("heading", { level: 1, name: heading, exact: true }).waitFor();
  assert.equal(await page.title(), `${heading} – Demo & Daughters CPA`);
  assert.ok(await page.getByRole("link", { name: "(252) 555-0142" }).isVisible(), "the firm's phone");
  await looksRight(page);
}

/** Types the newest code, and is let in. @param {Stage} stage @param {Page} page */
async function getInByCode(stage, page) {
  await page.getByText("A code is on its way to ***5772.").waitFor();
  await codeField(page).fill(await stage.code(MOBILE));
  await press(page, "Sign in");
  await page.getByRole("heading", { name: "No open requests" }).waitFor();
}

/** What the log says of a contact's links, newest first. @param {Stage} stage @param {Page} staff @param {string} contact */
async function recordsOf(stage, staff, contact) {
  const { items } = await stage.call(staff, "GET", `/api/access-log?contact=${contact}`);
  const outcomes = items.map((/** @type {{ outcome: string }} */ { outcome }) => outcome);
  return outcomes.filter((/** @type {string} */ outcome) => outcome.includes("link"));
}

story("opening a link changes nothing; the last four open the portal, once, and then a code does", async (stage) => {
  const { staff, contact, link } = await stage.inviteJane();
  const token = link.split("#")[1];
  let page = await stage.open(link);
  await sees(page, "Welcome");
  assert.equal(page.url(), `${stage.url}/demo/link`);
  await page.getByRole("link", { name: "Skip to the main content" }).press("Enter");
  await page.reload();
  await page.getByRole("button", { name: AS_JANE }).waitFor();
  await page.goto("about:blank");
  await page.goBack();
  await page.getByRole("button", { name: AS_JANE }).waitFor();
  assert.equal(page.url(), `${stage.url}/demo/link`, "no history holds the token");
  assert.deepEqual(await recordsOf(stage, staff, contact), []);
  assert.deepEqual(await stage.messages(MOBILE), []);
  assert.equal((await stage.call(page, "POST", "/api/links/preview", { token })).gate, true);

  await press(page, AS_JANE);
  await sees(page, "One check before you go in");
  await stage.context.setOffline(true);
  await gateField(page).fill("123-45-6789");
  await press(page, "Go in");
  await page.getByRole("alert").getByText(OFFLINE).waitFor();
  assert.equal(await gateField(page).inputValue(), "6789");
  await stage.context.setOffline(false);
  await press(page, "Go in");
  await page.getByRole("heading", { name: "No open requests" }).waitFor();
  assert.deepEqual(await stage.messages(MOBILE), []);
  assert.deepEqual(await recordsOf(stage, staff, contact), ["link-opened"]);

  await stage.context.clearCookies();
  page = await stage.open(link);
  await page.getByText("When you continue, we send you a code.").waitFor();
  await stage.context.setOffline(true);
  await press(page, AS_JANE);
  await page.getByRole("alert").getByText(OFFLINE).waitFor();
  await stage.context.setOffline(false);
  await press(page, AS_JANE);
  await sees(page, "Enter your code");
  await page.reload();
  await getInByCode(stage, page);
  assert.equal((await stage.messages(MOBILE)).length, 1);
});

story("wrong last four on a link are said, and after five of them a code leads on", async (stage) => {
  const { link } = await stage.inviteJane();
  const page = await stage.open(link);
  await press(page, AS_JANE);
  for (const [typed, text] of [
    ["", "Enter the last four digits, or your PIN."],
    ["letters", "Your browser may have filled in a saved password."],
    ["67", "Enter the last four digits, or a PIN of 4 to 8 digits."],
    ...["6780", "6781", "6782", "6783", "6784"].map((digits) => [digits, "These digits do not match."]),
  ]) {
    await gateField(page).fill(typed);
    await press(page, "Go in");
    await page.getByText(text).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "digits");
  }
  await looksRight(page);
  await gateField(page).fill("6789");
  await press(page, "Go in");
  await getInByCode(stage, page);
});

story("a code that a link brought and that is too old is replaced by one press", async (stage) => {
  const { link } = await stage.inviteJane();
  await stage.context.clock.install();
  const page = await stage.open(link);
  await press(page, AS_JANE);
  await press(page, "Send me a code instead");
  await codeField(page).waitFor();
  await stage.advance(601);
  await stage.context.clock.fastForward(601_000);
  await sees(page, "This code is older than ten minutes");
  await stage.context.setOffline(true);
  await press(page, "Send me a new code");
  await page.getByRole("alert").getByText(OFFLINE).waitFor();
  await looksRight(page);
  await stage.context.setOffline(false);
  await press(page, "Send me a new code");
  await getInByCode(stage, page);
});

story("a link for someone else leaves everyone as they are", async (stage) => {
  const { link } = await stage.inviteJane();
  let page = await stage.open(link);
  await press(page, "That’s not me");
  await sees(page, "This link is for someone else");
  await page.reload();
  await sees(page, "This link is no longer good");

  await stage.signInAsClient({ email: "millers@example.com", gate: "2222", mobile: "+12525550151" });
  page = await stage.open(link);
  await page.getByText("You are signed in here as millers@example.com.").waitFor();
  await looksRight(page);
  await page.getByRole("link", { name: "Stay signed in as millers@example.com" }).click();
  await page.getByText("Sam and Robin Miller").first().waitFor();

  await page.goto(stage.url + link);
  await press(page, AS_JANE);
  await gateField(page).fill("6789");
  await press(page, "Go in");
  await page.getByText("Jane Smith").first().waitFor();
  await page.goto(stage.url + link);
  await page.getByRole("heading", { name: "No open requests" }).waitFor();
  assert.equal(page.url(), `${stage.url}/demo`, "who is signed in already goes straight through");
});

story("an old link brings a fresh one to the same mailbox", async (stage) => {
  const { link } = await stage.inviteJane();
  await stage.advance(8 * DAY);
  const page = await stage.open(link);
  await sees(page, "This link is no longer good");
  await stage.context.setOffline(true);
  await press(page, "Send me a fresh link");
  await page.getByRole("alert").getByText(OFFLINE).waitFor();
  await stage.context.setOffline(false);
  await press(page, "Send me a fresh link");
  await sees(page, "Look in your email");
  const fresh = await stage.link(JANE);
  assert.notEqual(fresh, link);

  // She follows it in the tab in which she asked for it.
  await page.goto(stage.url + fresh);
  await press(page, AS_JANE);
  await gateField(page).fill("6789");
  await press(page, "Go in");
  await page.getByRole("heading", { name: "No open requests" }).waitFor();
});

story("a link that is not good tells nothing, and shows the way in", async (stage) => {
  const { staff, contact, link } = await stage.inviteJane();
  const landing = await stage.open(link);
  await landing.getByRole("button", { name: AS_JANE }).waitFor();
  await stage.call(staff, "PATCH", `/api/contacts/${contact}`, { email: "jane.smith@example.com" });
  await press(landing, AS_JANE);
  await press(landing, "Send me a code instead");
  await sees(landing, "This link is no longer good");

  const ownersToken = stage.postern.ownerLink.split("#")[1];
  for (const token of [link.split("#")[1], "A".repeat(43), "cut-short", ownersToken]) {
    const page = await stage.open(`/demo/link#${token}`);
    await page.getByRole("heading", { level: 1, name: "This link is no longer good" }).waitFor();
    assert.equal(await page.getByText("example.com").count(), 0);
    assert.equal(await page.getByText("demo.test").count(), 0);
    await page.close();
  }
  const page = await stage.open("/demo/link");
  await sees(page, "This link is no longer good");
  assert.equal(await page.getByRole("button", { name: "Send me a fresh link" }).count(), 0, "nobody knows where to");
  await page.getByRole("link", { name: "Sign in with my email instead" }).click();
  await sees(page, "Sign in");
  assert.deepEqual(await stage.messages(MOBILE), []);
});
