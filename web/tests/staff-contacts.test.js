/** Staff see who can get in, find one of them, and add others. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { hasFocus, press, saidOf, sees } from "./mouse.js";
import { story } from "./stage.js";

/** @import { Page } from "playwright-core" */

const MILLERS = "Sam and Robin Miller";

/** @param {Page} page @param {string} name */
const follow = (page, name) => page.getByRole("link", { name, exact: true }).click();
/** What is said of a contact on the list. @param {Page} page @param {string} name */
const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

/** The names on the list. @param {Page} page */
const names = (page) => page.getByRole("rowheader").getByRole("link").allInnerTexts();

/** Fills fields by their labels. @param {Page} page @param {Record<string, string>} texts */
async function fill(page, texts) {
  for (const [label, text] of Object.entries(texts)) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
}

story("staff see who can get in and who cannot, and find one of them", async (stage) => {
  const client = await stage.signInAsClient({}, await stage.otherBrowser());
  await client.close();
  const page = await stage.signInAsOwner();
  await page.getByRole("main").getByRole("link", { name: "Contacts" }).click();
  await row(page, "Maria Garcia").waitFor();
  await looksRight(page);
  assert.deepEqual(await names(page), ["Maria Garcia", MILLERS, "Lee Park", "Jane Smith"], "by their family names");
  for (const [name, ...facts] of [
    ["Jane Smith", "jane@example.com", "(252) 588-5772", "Ready", /^\d+:\d\d [AP]M$/],
    [MILLERS, "Ready", "Not yet"],
    ["Lee Park", "Missing: sign-in check, mobile", "No mobile"],
    ["Maria Garcia", "No email", "Missing: email"],
  ]) {
    for (const fact of facts) {
      await row(page, String(name)).getByText(fact).first().waitFor();
    }
  }

  await press(page, "Missing 2");
  await row(page, "Jane Smith").waitFor({ state: "detached" });
  await fill(page, { "Name, email or mobile": "252 555-0152" });
  await press(page, "Search");
  await row(page, "Lee Park").waitFor({ state: "detached" });
  await row(page, "Maria Garcia").waitFor();
  assert.deepEqual(await names(page), ["Maria Garcia"]);
  await page.reload();
  await follow(page, "Maria Garcia");
  await sees(page, "Maria Garcia");
  await page.goBack();
  await row(page, "Maria Garcia").waitFor();
  assert.deepEqual(await names(page), ["Maria Garcia"]);
  assert.equal(await page.getByLabel("Name, email or mobile").inputValue(), "252 555-0152");
  await page.getByRole("button", { name: "Missing 2", exact: true, pressed: true }).waitFor();

  await fill(page, { "Name, email or mobile": "nobody" });
  await press(page, "Search");
  await page.getByText("Nothing matches. Change the search or choose “All”.").waitFor();
  await looksRight(page);
});

story("a long list is shown page by page, each contact once, and the way back leads to the row that was left", async (stage) => {
  const page = await stage.signInAsOwner();
  const added = Array.from({ length: 56 }, (_, index) => `Client ${index + 1}`);
  await stage.addContacts(page, added);
  await stage.settled();
  await page.goto(`${stage.url}/demo/staff/contacts`);
  const more = page.getByRole("button", { name: "Show more" });
  await more.waitFor();
  const first = await names(page);
  assert.equal(first.length, 50);
  await page.getByText("50 of 60 shown.").waitFor();
  await more.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /Show more|One moment/ }).waitFor({ state: "detached" });
  const all = await names(page);
  assert.deepEqual(all.slice(0, 50), first);
  assert.deepEqual(all.toSorted(), [...added, "Jane Smith", MILLERS, "Lee Park", "Maria Garcia"].toSorted());
  assert.ok(await hasFocus(row(page, all[50])), "the keyboard goes on with what is new");
  await page.getByText("60 found.").waitFor();

  const left = page.getByRole("link", { name: all[56], exact: true });
  await left.scrollIntoViewIfNeeded();
  const place = await page.evaluate(() => scrollY);
  assert.ok(place > 0);
  await left.click();
  await sees(page, all[56]);
  await page.goBack();
  await page.waitForFunction((place) => scrollY === place, place);
  assert.deepEqual(await names(page), all);
  assert.ok(await hasFocus(left));
});

story("staff add a contact with a name only, and one with all that there is", async (stage) => {
  const page = await stage.signInAsOwner();
  await page.goto(`${stage.url}/demo/staff/contacts`);
  await follow(page, "Add a contact");
  await sees(page, "Add a contact");
  await looksRight(page);
  await fill(page, { Name: "Ann Lee" });
  await press(page, "Add contact");
  await sees(page, "Ann Lee");
  await page.getByText("Missing: email, sign-in check, mobile", { exact: true }).waitFor();

  await page.goto(`${stage.url}/demo/staff/contacts/new`);
  await fill(page, { Email: "bob", Mobile: "555-01", Digits: "12a" });
  await press(page, "Add contact");
  const summary = page.getByRole("alert");
  for (const problem of ["Enter the name.", "Enter an email address", "Enter the last 4 digits"]) {
    await summary.getByText(problem).waitFor();
  }
  await looksRight(page);
  await summary.getByRole("link", { name: "Enter the last 4 digits" }).click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("412-63-8805");
  assert.equal(await page.getByLabel("Digits", { exact: true }).inputValue(), "8805");
  await page.getByText("We need the last four only").waitFor();
  await fill(page, { Name: "Bob Reed", Email: "bob@example.com", Label: "Bob" });
  await press(page, "Add contact");
  await page.getByText("Enter a mobile number").waitFor();
  assert.match(await saidOf(page.getByLabel("Mobile")), /Enter a mobile number/);
  assert.equal(await page.getByLabel("Mobile").getAttribute("aria-invalid"), "true");

  await fill(page, { Mobile: "(252) 588-5772" });
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/contacts"));
  await press(page, "Add contact");
  assert.deepEqual((await sent).postDataJSON().gates, [{ kind: "ssn_last4", digits: "8805", label: "Bob" }]);
  await page.getByText("Another contact has this mobile.").waitFor();
  await page.getByLabel("They share this mobile with someone").check();
  await looksRight(page);
  await press(page, "Add contact");
  await sees(page, "Bob Reed");
  for (const fact of ["Ready", "bob@example.com", "(252) 588-5772", "Last 4 of SSN or tax ID – Bob"]) {
    await page.getByText(fact, { exact: true }).waitFor();
  }
});

story("an email that is taken leads to the same person, to a second gate there, or to another email", async (stage) => {
  await stage.context.clock.install();
  const page = await stage.signInAsOwner();
  const taken = "Another contact has this email. Which is it?";
  await page.goto(`${stage.url}/demo/staff/contacts/new`);
  await fill(page, { Name: "John Smith", Email: " JANE@example.com", Digits: "8805" });
  await press(page, "Add contact");
  await page.getByText(taken).waitFor();
  await looksRight(page);
  await follow(page, "Go to that contact");
  await sees(page, "Jane Smith");
  await page.goBack();
  // What was typed is still there, but for the digits. What the browser had kept of the page is gone by then.
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "John Smith");
  await page.getByText(taken).waitFor({ state: "detached" });
  await fill(page, { Digits: "8805" });
  await press(page, "Add contact");
  await follow(page, "Add a second sign-in check there");

  await sees(page, "Edit Jane Smith");
  await looksRight(page);
  const [first, second] = ["Sign-in check 1", "Sign-in check 2"].map((name) => page.getByRole("group", { name }));
  await first.getByText("The digits stay as they are.").waitFor();
  assert.equal(await first.getByLabel("Digits").count(), 0);
  assert.ok(await hasFocus(second.getByLabel("Digits")));
  await first.getByLabel("Label").fill("Jane");
  await second.getByLabel("Label").fill("John");
  await press(page, "Save changes");
  await page.getByText("Enter the last 4 digits").waitFor();
  await second.getByLabel("Digits").fill("8805");
  await press(page, "Save changes");
  await page.getByText("Changes saved.").waitFor();
  await page.getByText("Last 4 of SSN or tax ID – John").waitFor();

  // Either opens for that mailbox, and the log names which.
  for (const [gate, whose] of [["6789", "Jane"], ["8805", "John"]]) {
    await stage.signInAsClient({ gate }, await stage.otherBrowser());
    await page.clock.fastForward(4000);
    // What an attempt was made of stands in it, the newest first.
    await page.getByText(`sign-in check: ${whose}`).first().waitFor({ state: "attached" });
  }

  await page.goto(`${stage.url}/demo/staff/contacts/new`);
  await fill(page, { Digits: "8805" });
  await press(page, "Add contact");
  await press(page, "Correct it");
  assert.ok(await hasFocus(page.getByLabel("Email", { exact: true })));
  await fill(page, { Email: "john@example.com" });
  await press(page, "Add contact");
  await sees(page, "John Smith");
  await page.getByText("john@example.com", { exact: true }).waitFor();
});
