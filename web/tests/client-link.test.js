/** A client gets in by the link in a mail, and nobody else does. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { OFFLINE, codeField, gateField, hasFocus, looksAt, press, sees } from "./mouse.js";
import { JANE, story } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

const AS_JANE = "Continue as j***@example.com";
const DAY = 86_400;

/** Types the newest code, and is let in. @param {Stage} stage @param {Page} page */
async function getInByCode(stage, page) {
  await page.getByText("A code is on its way to ***5772.").waitFor();
  await codeField(page).fill(await stage.code(JANE.mobile));
  await press(page, "Sign in");
  await sees(page, "No open requests");
}

/** What the log says of a contact, newest first. @param {Stage} stage @param {Page} staff @param {string} contact */
async function recordsOf(stage, staff, contact) {
  await stage.settled();
  const { items } = await stage.call(staff, "GET", `/api/access-log?contact=${contact}`);
  return items.map((/** @type {{ outcome: string }} */ { outcome }) => outcome);
}

story("opening a link changes nothing; the last four open the portal, once, and then a code does", async (stage) => {
  const { staff, contact, link } = await stage.inviteJane();
  const token = link.split("#")[1];
  const before = await recordsOf(stage, staff, contact);
  let page = await stage.open(link);
  await looksAt(page, "Welcome");
  assert.equal(page.url(), `${stage.url}/demo/link`);
  await page.getByRole("link", { name: "Skip to the main content" }).press("Enter");
  await page.reload();
  await page.getByRole("button", { name: AS_JANE }).waitFor();
  await page.goto("about:blank");
  await page.goBack();
  await page.getByRole("button", { name: AS_JANE }).waitFor();
  assert.equal(page.url(), `${stage.url}/demo/link`, "no history holds the token");
  assert.equal((await stage.call(page, "POST", "/api/links/preview", { token })).gate, true);
  assert.deepEqual(await recordsOf(stage, staff, contact), before);
  assert.deepEqual(await stage.messages(JANE.mobile), []);

  await press(page, AS_JANE);
  await looksAt(page, "One check before you go in");
  await stage.context.setOffline(true);
  await gateField(page).fill("123-45-6789");
  await press(page, "Go in");
  await page.getByRole("alert").getByText(OFFLINE).waitFor();
  assert.equal(await gateField(page).inputValue(), "6789");
  await stage.context.setOffline(false);
  await press(page, "Go in");
  await sees(page, "No open requests");
  assert.deepEqual(await stage.messages(JANE.mobile), []);
  assert.deepEqual(await recordsOf(stage, staff, contact), ["signed-in", "link-opened", ...before]);

  await stage.context.clearCookies();
  page = await stage.open(link);
  await page.getByText("When you continue, we send you a code.").waitFor();
  await stage.context.setOffline(true);
  await press(page, AS_JANE);
  await page.getByRole("alert").getByText(OFFLINE).waitFor();
  await stage.context.setOffline(false);
  await press(page, AS_JANE);
  await looksAt(page, "Enter your code");
  await page.reload();
  await getInByCode(stage, page);
  assert.equal((await stage.messages(JANE.mobile)).length, 1);
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
    assert.ok(await hasFocus(gateField(page)));
  }
  await looksRight(page);
  await gateField(page).fill(JANE.gate);
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
  await stage.wait(601);
  await page.getByText("This code is more than ten minutes old. It may no longer open.").waitFor();
  await looksAt(page, "Enter your code");
  await stage.context.setOffline(true);
  await press(page, "Send me a new code");
  await page.getByRole("alert").getByText(OFFLINE).waitFor();
  await looksRight(page);
  await stage.context.setOffline(false);
  await press(page, "Send me a new code");
  await page.getByText("This code is more than ten minutes old.").waitFor({ state: "hidden" });
  await getInByCode(stage, page);
});

story("a link for someone else leaves everyone as they are", async (stage) => {
  const { link } = await stage.inviteJane();
  let page = await stage.open(link);
  await press(page, "That’s not me");
  await looksAt(page, "This link is for someone else");
  await page.reload();
  await looksAt(page, "This link is no longer good");

  await stage.signInAsClient({ email: "millers@example.com", gate: "2222", mobile: "+12525550151" });
  page = await stage.open(link);
  await page.getByText("You are signed in here as millers@example.com.").waitFor();
  await looksRight(page);
  await page.getByRole("link", { name: "Stay signed in as millers@example.com" }).click();
  await page.getByRole("button", { name: "Signed in as Sam and Robin Miller" }).waitFor();

  await page.goto(stage.url + link);
  await press(page, AS_JANE);
  await gateField(page).fill(JANE.gate);
  await press(page, "Go in");
  await page.getByRole("button", { name: "Signed in as Jane Smith" }).waitFor();
  await page.goto(stage.url + link);
  await sees(page, "No open requests");
  assert.equal(page.url(), `${stage.url}/demo`, "who is signed in already goes straight through");
});

story("an old link brings a fresh one to the same mailbox", async (stage) => {
  const { link } = await stage.inviteJane();
  await stage.advance(8 * DAY);
  const page = await stage.open(link);
  await looksAt(page, "This link is no longer good");
  await stage.context.setOffline(true);
  await press(page, "Send me a fresh link");
  await page.getByRole("alert").getByText(OFFLINE).waitFor();
  await stage.context.setOffline(false);
  await press(page, "Send me a fresh link");
  await looksAt(page, "Look in your email");
  const fresh = await stage.link(JANE.email);
  assert.notEqual(fresh, link);

  // She follows it in the tab in which she asked for it.
  await page.goto(stage.url + fresh);
  await press(page, AS_JANE);
  await gateField(page).fill(JANE.gate);
  await press(page, "Go in");
  await sees(page, "No open requests");
});

story("a link that is not good tells nothing, and shows the way in", async (stage) => {
  const { staff, contact, link } = await stage.inviteJane();
  const landing = await stage.open(link);
  await landing.getByRole("button", { name: AS_JANE }).waitFor();
  await stage.call(staff, "PATCH", `/api/contacts/${contact}`, { email: "jane.smith@example.com" });
  await press(landing, AS_JANE);
  await press(landing, "Send me a code instead");
  await looksAt(landing, "This link is no longer good");

  const ownersToken = stage.postern.ownerLink.split("#")[1];
  for (const token of [link.split("#")[1], "A".repeat(43), "cut-short", ownersToken]) {
    const page = await stage.open(`/demo/link#${token}`);
    await sees(page, "This link is no longer good");
    assert.equal(await page.getByText("example.com").count(), 0);
    assert.equal(await page.getByText("demo.test").count(), 0);
    await page.close();
  }
  const page = await stage.open("/demo/link");
  await looksAt(page, "This link is no longer good");
  assert.equal(await page.getByRole("button", { name: "Send me a fresh link" }).count(), 0, "nobody knows where to");
  await page.getByRole("link", { name: "Sign in with my email instead" }).click();
  await looksAt(page, "Sign in");
  assert.deepEqual(await stage.messages(JANE.mobile), []);
});
