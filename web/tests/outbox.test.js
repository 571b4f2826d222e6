/**
 * The outbox: what Postern on this machine "sent".
 *
 * @import { Page } from "playwright-core"
 * @import { Stage } from "./stage.js"
 */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { JANE, story } from "./stage.js";

/** What stands on the phone or in the mailbox. @param {Page} page @param {"Phone" | "Mailbox"} place */
const messages = (page, place) => page.getByRole("log", { name: place }).getByRole("group");

/**
 * Has a code sent to Jane Smith, or to the Millers.
 *
 * @param {Stage} stage
 * @param {{ email?: string, gate?: string, channel?: "email" }} [how]
 */
async function askForCode(stage, { email = JANE.email, gate = JANE.gate, channel } = {}) {
  const page = await stage.open("/demo/sign-in");
  await stage.call(page, "POST", "/api/firms/demo/challenges", { email, gate, channel });
  await page.close();
  await stage.settled();
}

/**
 * Lets `messages` be what the outbox page is answered.
 *
 * @param {Page} page
 * @param {unknown[]} messages
 */
async function answer(page, messages) {
  await page.route("**/_local/outbox", async (route) => {
    const isForPage = route.request().resourceType() === "document";
    await (isForPage ? route.continue() : route.fulfill({ json: messages }));
  });
}

/** Browsers that are steered take every tab for one that is looked at. @param {Page} page @param {boolean} isHidden */
async function hide(page, isHidden) {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

story("the outbox says that it is empty, fills by itself, and shows the newest message on top", async (stage) => {
  const page = await stage.open("/_local/outbox");
  await page.getByText("No text message yet.").waitFor();
  await page.getByText("No mail yet.").waitFor();
  await looksRight(page);
  const places = ["Phone", "Mailbox"].map((name) => page.getByRole("log", { name }).boundingBox());
  const [phone, mailbox] = (await Promise.all(places)).map((box) => box ?? assert.fail("It is not there."));
  const isPhone = stage.how.hasTouch === true;
  assert.ok(isPhone ? phone.y + phone.height <= mailbox.y : phone.x + phone.width <= mailbox.x && phone.y === mailbox.y);

  await askForCode(stage);
  const newest = messages(page, "Phone").first();
  await newest.getByRole("heading", { name: "(252) 588-5772" }).waitFor();
  assert.ok(await page.getByText("No text message yet.").isHidden());
  assert.equal(await page.getByRole("log", { name: "Phone" }).getAttribute("aria-live"), "polite");

  // Someone in another tab reads in the title how much came meanwhile.
  await hide(page, true);
  await askForCode(stage, { email: "millers@example.com", gate: "2222" });
  await newest.getByRole("heading", { name: "(252) 555-0151" }).waitFor();
  assert.equal(await page.title(), "(1) Outbox – Postern");
  await hide(page, false);
  assert.equal(await page.title(), "Outbox – Postern");
  await newest.getByText(await stage.code("+12525550151"), { exact: true }).waitFor();
  await newest.getByText("New", { exact: true }).waitFor();
  assert.equal(await page.getByText("New", { exact: true }).count(), 1);
  await looksRight(page);

  await page.reload();
  await newest.getByRole("heading", { name: "(252) 555-0151" }).waitFor();
  assert.equal(await messages(page, "Phone").count(), 2);
  assert.equal(await page.getByText("New", { exact: true }).count(), 0);
});

story("a code is one press away, and so is the portal behind a link", async (stage) => {
  await stage.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await askForCode(stage);
  await askForCode(stage, { email: "millers@example.com", gate: "1111", channel: "email" });
  const page = await stage.open("/_local/outbox");
  for (const [place, to] of /** @type {const} */ ([["Phone", JANE.mobile], ["Mailbox", "millers@example.com"]])) {
    await messages(page, place).getByRole("button", { name: "Copy code" }).click();
    await messages(page, place).getByRole("button", { name: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await stage.code(to));
  }
  await looksRight(page);

  await stage.inviteJane();
  const invitation = messages(page, "Mailbox").filter({ hasText: "jane@example.com" });
  const link = invitation.frameLocator("iframe").getByRole("link", { name: "View and manage tasks" });
  await link.waitFor();
  await looksRight(page);
  const isWhole = (/** @type {HTMLIFrameElement} */ frame) => frame.contentDocument?.documentElement.scrollHeight === frame.clientHeight;
  await page.waitForFunction(isWhole, /** @type {any} */ (await invitation.locator("iframe").elementHandle()));
  const [portal] = await Promise.all([stage.context.waitForEvent("page"), link.click()]);
  await portal.getByRole("button", { name: "Continue as j***@example.com" }).waitFor();
  assert.equal(await portal.evaluate(() => window.opener), null);
});

story("neither a name that is a script nor a mail with one gains anything", async (stage) => {
  const script = "<script>top.document.title = 'taken'</script>";
  const owner = await stage.signInAsOwner(await stage.otherBrowser());
  const mallory = { name: script, email: "mallory@example.com", mobile: "+12525550199", gates: [{ kind: "ssn_last4", digits: "4321" }] };
  const { contact } = await stage.call(owner, "POST", "/api/contacts", mallory);
  await stage.call(owner, "POST", `/api/contacts/${contact}/invitations`, {});
  await stage.settled();
  const page = await stage.open("/_local/outbox");
  await page.frameLocator("iframe").getByText(`Hello ${script},`).waitFor();
  assert.equal(await page.title(), "Outbox – Postern");

  const html = `<p>Dear you</p>${script}<img src="${stage.url}/seen.png" alt="">`;
  const mail = { id: "1", at: new Date().toISOString(), channel: "email", to: "jane@example.com", subject: "Hello", text: "Hello", html };
  await answer(page, [mail]);
  /** @type {string[]} */
  const loaded = [];
  page.on("response", (response) => loaded.push(response.url()));
  await page.reload();
  await page.frameLocator("iframe").getByText("Dear you").waitFor();
  assert.equal(await page.title(), "Outbox – Postern");
  assert.ok(!loaded.includes(`${stage.url}/seen.png`));
  const refused = stage.complaints.splice(0).join("\n");
  assert.match(refused, /Blocked script execution/);
  assert.match(refused, /seen\.png.*Content Security Policy/s);
});

story("the outbox says when Postern does not answer, goes on when it does, and starts afresh when another one does", async (stage) => {
  const page = await stage.open("/_local/outbox");
  await page.getByText("No mail yet.").waitFor();
  await stage.context.setOffline(true);
  await page.getByText("Postern does not answer. Is it still running?").waitFor();
  await looksRight(page);
  await stage.context.setOffline(false);
  await page.getByText("Postern does not answer.").waitFor({ state: "hidden" });
  await askForCode(stage);
  await messages(page, "Phone").first().waitFor();
  await answer(page, []);
  await page.getByText("No text message yet.").waitFor();
});
