/** Staff set a contact up, invite it, and see on its page what keeps it out. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { hasFocus, press, sees, told } from "./mouse.js";
import { story } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

/** The owner's page of the contact of this name. @param {Stage} stage @param {string} name */
async function contactPage(stage, name) {
  await stage.context.clock.install();
  const page = await stage.signInAsOwner();
  await page.goto(`${stage.url}/demo/staff/contacts`);
  await page.getByRole("link", { name, exact: true }).click();
  await sees(page, name);
  return page;
}

/**
 * Changes the contact that `page` shows, on another page of the owner.
 *
 * @param {Stage} stage
 * @param {Page} page
 * @param {unknown} patch
 */
async function change(stage, page, patch) {
  const other = await stage.open("/demo/staff");
  await stage.call(other, "PATCH", `/api/contacts/${page.url().split("/").at(-1)}`, patch);
  await other.close();
}

/** Lets the page look for what is new, as it does every few seconds. @param {Stage} stage */
async function lookAgain(stage) {
  await stage.settled();
  await stage.context.clock.fastForward(4000);
}

/**
 * What a client does who asks for a code with these digits.
 *
 * @param {Stage} stage
 * @param {Page} page
 * @param {string} email
 * @param {string} gate
 */
const ask = (stage, page, email, gate) => stage.call(page, "POST", "/api/firms/demo/challenges", { email, gate });

story("Lee Park, who could not get in, is set up and invited", async (stage) => {
  const page = await contactPage(stage, "Lee Park");
  await page.getByText("Missing: sign-in check, mobile", { exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Invite" }).count(), 0);
  await looksRight(page);

  await press(page, "Edit");
  await sees(page, "Edit Lee Park");
  await looksRight(page);
  await page.getByLabel("Name").fill("Somebody Else");
  await press(page, "Cancel");
  await sees(page, "Lee Park");
  await press(page, "Edit");
  assert.equal(await page.getByLabel("Name").inputValue(), "Lee Park");
  await page.getByLabel("Mobile", { exact: true }).fill("(252) 555-0199");
  await page.getByLabel("Kind").selectOption("PIN");
  await page.getByLabel("Digits").fill("482913");
  await page.reload();
  await sees(page, "Edit Lee Park");
  assert.equal(await page.getByLabel("Mobile", { exact: true }).inputValue(), "(252) 555-0199");
  assert.equal(await page.getByLabel("Kind").inputValue(), "pin");
  assert.equal(await page.getByLabel("Digits").inputValue(), "", "digits are kept nowhere");
  await page.getByText("You began this earlier, and it is not saved yet.").waitFor();
  await page.getByLabel("Digits").fill("482913");
  await press(page, "Save changes");
  await page.getByText("Changes saved.").waitFor();
  await page.getByText("Ready", { exact: true }).waitFor();

  await press(page, "Invite");
  await page.getByText("An invitation is on its way to lee@example.com.").waitFor();
  await page.getByRole("button", { name: "Invite again" }).waitFor();
  await looksRight(page);
  const { subject, text } = await stage.message("lee@example.com");
  assert.match(`${subject} ${text}`, /Demo & Daughters CPA[\s\S]*\/demo\/link#/);
  await lookAgain(stage);
  await told(page, "Portal invite sent");
  await press(page, "Invite again");
  await page.getByText("They were invited just now. Give the mail a few minutes, or send another.").waitFor();
  await looksRight(page);
  assert.equal((await stage.messages("lee@example.com")).length, 1);
  await press(page, "Send another invitation");
  await page.getByText("An invitation is on its way to lee@example.com.").waitFor();
  await page.getByRole("button", { name: "Invite again" }).waitFor();
  await lookAgain(stage);
  await told(page, "Portal invite resent");
  assert.equal((await stage.messages("lee@example.com")).length, 2);
});

story("who lost a gate meanwhile is not invited, and no one is invited without end", async (stage) => {
  const page = await contactPage(stage, "Jane Smith");
  await page.getByText("Ready", { exact: true }).waitFor();
  // The page must not learn of it by itself before the button is pressed.
  await page.route("**/api/access-log?*", (route) => route.abort());
  await change(stage, page, { gates: null });
  await press(page, "Invite");
  await page.getByRole("status").getByText("Missing: sign-in check", { exact: true }).waitFor();
  await page.getByText("Add what is missing. Then you can invite them.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Invite" }).count(), 0);
  await looksRight(page);
  assert.deepEqual(await stage.messages("jane@example.com"), []);
  await page.unroute("**/api/access-log?*");

  await change(stage, page, { gates: [{ kind: "pin", digits: "482913" }] });
  await lookAgain(stage);
  await page.getByText("Ready", { exact: true }).waitFor();
  for (let mails = 0; mails < 20; mails += 1) {
    await stage.call(page, "POST", `/api/contacts/${page.url().split("/").at(-1)}/invitations`, { again: true });
  }
  await press(page, "Invite again");
  await page.getByText(/They had many mails already. You can invite them again from \w+ \d+, \d{4}/).waitFor();
  await looksRight(page);
});

story("a contact's page shows what keeps them out as it happens, and what to do", async (stage) => {
  const page = await contactPage(stage, "Sam and Robin Miller");
  for (const fact of ["millers@example.com", "(252) 555-0151", "Last 4 of SSN or tax ID – Sam", "Last 4 of SSN or tax ID – Robin"]) {
    await page.getByText(fact, { exact: true }).waitFor();
  }
  const client = await stage.open("/demo/sign-in", await stage.otherBrowser());
  const advice = "Compare the last four with your tax records by phone.";
  assert.equal(await page.getByText(advice).count(), 0);
  await ask(stage, client, "millers@example.com", "9999");
  await lookAgain(stage);
  await page.getByText(advice).waitFor();
  await page.getByRole("term").filter({ hasText: "Last problem" }).waitFor();
  await page.getByRole("definition").filter({ hasText: "The last 4 Digits of the SSN did not match" }).waitFor();
  await looksRight(page);

  for (const digits of ["9998", "9997", "9996", "9995", "1111"]) {
    await ask(stage, client, "millers@example.com", digits);
  }
  await lookAgain(stage);
  await page.getByText(/^Locked until \d+:\d\d/).waitFor();
  await page.getByText("Make sure by phone that it was the client.").waitFor();
  await looksRight(page);

  await press(page, "Unlock");
  await page.getByText("Unlocked. The client can try again at once.").waitFor();
  assert.equal(await page.getByText(/^Locked until/).count(), 0);
  await page.getByText("Access unlocked by Olive Owner").waitFor();
  await looksRight(page);

  await page.getByRole("link", { name: "Documents of Sam and Robin Miller" }).click();
  await sees(page, "Documents of Sam and Robin Miller");
  await page.getByRole("link", { name: "Back to Sam and Robin Miller" }).click();
  await sees(page, "Sam and Robin Miller");
});

story("mail that comes back is told on the contact's page, with what to do, until the address is mended", async (stage) => {
  const page = await contactPage(stage, "Jane Smith");
  const bounces = "bounce@simulator.amazonses.com";
  await change(stage, page, { email: bounces });
  await lookAgain(stage);
  await page.getByText(bounces, { exact: true }).waitFor();
  await press(page, "Invite");
  await page.getByText(`An invitation is on its way to ${bounces}.`).waitFor();
  await lookAgain(stage);
  await told(page, "Email bounced");
  const trouble = page.getByText(new RegExp(`^Mail to ${bounces} came back at \\d+:\\d\\d`));
  await trouble.waitFor();
  await page.getByText("Until then, codes go by text message.").waitFor();
  const invitation = page.getByRole("listitem").filter({ has: page.getByText("Portal invite sent", { exact: true }) });
  await invitation.locator("summary").click();
  await invitation.getByText(/taken by the mail or text service · Email came back, /).waitFor();
  assert.equal(await page.getByText("nothing more is known").count(), 1, "of the notice to the old address");
  await looksRight(page);

  await change(stage, page, { email: "success@simulator.amazonses.com" });
  await lookAgain(stage);
  await trouble.waitFor({ state: "detached" });
  await press(page, "Invite");
  await lookAgain(stage);
  const arrived = page.getByText(/taken by the mail or text service · Email taken by the recipient's mail server, /);
  await arrived.waitFor({ state: "attached" });
  assert.equal(await page.getByText("Email delivered to the recipient's mail server").count(), 0, "it stands with its message");
  await looksRight(page);
});

story("one of two gates gets other digits, and the other is taken away", async (stage) => {
  const page = await contactPage(stage, "Sam and Robin Miller");
  await press(page, "Edit");
  const first = page.getByRole("group", { name: "Sign-in check 1" });
  const second = page.getByRole("group", { name: "Sign-in check 2" });
  assert.equal(await page.getByRole("button", { name: "Add a second sign-in check" }).count(), 0);
  await second.getByRole("button", { name: "Enter new digits" }).click();
  await second.getByLabel("Digits").fill("3333");
  await looksRight(page);
  await press(page, "Save changes");
  await page.getByText("Changes saved.").waitFor();
  await press(page, "Edit");
  await first.getByRole("button", { name: "Remove this sign-in check" }).click();
  assert.ok(await hasFocus(page.getByRole("button", { name: "Add a second sign-in check" })));
  assert.equal(await first.getByLabel("Label").inputValue(), "Robin");
  await press(page, "Save changes");
  await page.getByText("Changes saved.").waitFor();
  assert.equal(await page.getByText("– Sam").count(), 0);

  const client = await stage.open("/demo/sign-in", await stage.otherBrowser());
  for (const digits of ["1111", "2222"]) {
    await ask(stage, client, "millers@example.com", digits);
  }
  assert.deepEqual(await stage.messages("+12525550151"), []);
  await ask(stage, client, "millers@example.com", "3333");
  assert.equal((await stage.messages("+12525550151")).length, 1);
});

story("two who change one contact at once lose nothing of each other", async (stage) => {
  const page = await contactPage(stage, "Sam and Robin Miller");
  const second = page.getByRole("group", { name: "Sign-in check 2" });
  await press(page, "Edit");
  await page.getByLabel("Name").fill("Sam and Rob Miller");
  await second.getByLabel("Label").fill("Rob");
  const other = await stage.open(new URL(page.url()).pathname);
  await press(other, "Edit");
  await other.getByLabel("Mobile").fill("(252) 555-0188");
  await other.getByRole("group", { name: "Sign-in check 2" }).getByRole("button", { name: "Remove this sign-in check" }).click();
  await press(other, "Save changes");
  await other.getByText("Changes saved.").waitFor();

  await press(page, "Save changes");
  await page.getByRole("alert").getByText("Someone else changed this contact meanwhile.").waitFor();
  assert.ok(await hasFocus(page.getByRole("alert")));
  assert.equal(await page.getByLabel("Name").inputValue(), "Sam and Rob Miller");
  assert.equal(await page.getByLabel("Mobile").inputValue(), "(252) 555-0188");
  assert.equal(await second.count(), 0);
  await looksRight(page);
  await press(page, "Save changes");
  await sees(page, "Sam and Rob Miller");
  await page.getByText("(252) 555-0188", { exact: true }).waitFor();
  await page.getByText("Last 4 of SSN or tax ID – Sam", { exact: true }).waitFor();
});

story("what a change will end is said before it is saved, and a change begun earlier can be started over", async (stage) => {
  const page = await contactPage(stage, "Jane Smith");
  await press(page, "Edit");
  await page.getByLabel("Name").fill("Jane A. Smith");
  const all = "When you save this, they are signed out everywhere, and the links and codes sent to them so far no longer open.";
  await page.getByLabel("Email", { exact: true }).fill("jane.smith@example.com");
  assert.equal(await page.getByText(all).count(), 0, "nobody was invited yet");
  assert.equal(await page.getByText("You began this earlier").count(), 0);
  await page.reload();
  await page.getByText("You began this earlier, and it is not saved yet.").waitFor();
  await looksRight(page);
  await press(page, "Start over");
  assert.ok(await hasFocus(page.getByLabel("Name")));
  assert.equal(await page.getByLabel("Name").inputValue(), "Jane Smith");
  await press(page, "Cancel");
  await press(page, "Invite");
  await page.getByText("An invitation is on its way to jane@example.com.").waitFor();
  await press(page, "Edit");
  await page.getByLabel("Mobile", { exact: true }).fill("(252) 555-0199");
  await page.getByText("When you save this, codes sent to the old mobile no longer open.").waitFor();
  await page.getByLabel("Email", { exact: true }).fill("jane.smith@example.com");
  await page.getByText(all).waitFor();
  await looksRight(page);
  await page.getByLabel("Language of their mails and text messages").selectOption("Spanish");
  await press(page, "Save changes");
  await page.getByText("Changes saved.").waitFor();
  await page.getByText("Spanish", { exact: true }).waitFor();
});

story("a locked contact shows as locked in the list, and what has been mended since asks for nothing", async (stage) => {
  const page = await contactPage(stage, "Jane Smith");
  const client = await stage.open("/demo/sign-in", await stage.otherBrowser());
  for (const digits of ["9999", "9998", "9997", "9996", "9995"]) {
    await ask(stage, client, "jane@example.com", digits);
  }
  await lookAgain(stage);
  await page.getByText("Compare the last four with your tax records by phone.").first().waitFor();
  await page.goto(`${stage.url}/demo/staff/contacts`);
  const jane = page.getByRole("row").filter({ hasText: "Jane Smith" });
  await jane.getByText(/^Locked until \d+:\d\d/).waitFor();
  await looksRight(page);
  await jane.getByRole("link").click();
  await press(page, "Unlock");
  await page.getByText("Unlocked. The client can try again at once.").waitFor();
  await stage.settled();
  await page.goto(`${stage.url}/demo/staff/contacts`);
  await jane.getByText("Ready").waitFor();
  assert.equal(await page.getByText(/^Locked until/).count(), 0);
});
