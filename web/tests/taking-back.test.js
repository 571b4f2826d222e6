/** What was sent can be given another name, taken back while nobody has opened it, and fetched from the bin. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { hasFocus, paper, press, send } from "./mouse.js";
import { documentsOfJane, listed, receipt } from "./papers.js";
import { story } from "./stage.js";

/** @import { Page } from "playwright-core" */

/** The button of a document. @param {Page} page @param {string} button @param {string} document */
const of = (page, button, document) => page.getByRole("button", { name: `${button}: ${document}`, exact: true });

story("a client renames what they sent, takes it back, and fetches it again", async (stage) => {
  const page = await documentsOfJane(stage);
  await send(page, [paper("image.jpg"), paper("W-2.pdf")]);
  await receipt(page, 2).waitFor();
  await of(page, "Rename", "image.jpg").click();
  const field = page.getByLabel("New name of image.jpg");
  assert.ok(await hasFocus(field));
  // What is typed takes the place of the old name, but for its ending.
  await page.keyboard.type("Rent 12/31");
  assert.equal(await field.inputValue(), "Rent 12/31");
  await looksRight(page);
  await page.reload();
  assert.equal(await field.inputValue(), "Rent 12/31", "what was typed is still there");
  await field.press("Enter");
  await of(page, "Rename", "Rent 12-31.jpg").waitFor();
  await of(page, "Rename", "Rent 12-31.jpg").click();
  await page.getByLabel("New name of Rent 12-31.jpg").press("Escape");
  await of(page, "Rename", "Rent 12-31.jpg").click();
  const other = page.getByLabel("New name of Rent 12-31.jpg");
  await other.fill(" ");
  await press(page, "Save");
  await page.getByText("Type a name.").waitFor();
  await other.fill("Driver’s license");
  await other.press("Enter");
  await page.getByText("It is called Driver’s license.jpg now.").waitFor();
  assert.ok(await hasFocus(of(page, "Rename", "Driver’s license.jpg")));

  await of(page, "Take back", "W-2.pdf").click();
  assert.equal(await receipt(page, 2).count(), 0, "what it said is no longer so");
  await page.getByText("Deleted. It can be restored for 30 days.", { exact: true }).waitFor();
  assert.ok(await hasFocus(of(page, "Restore", "W-2.pdf")));
  await looksRight(page);
  await of(page, "Restore", "W-2.pdf").click();
  await of(page, "Download", "W-2.pdf").waitFor();
  await of(page, "Take back", "W-2.pdf").click();
  await of(page, "Restore", "W-2.pdf").waitFor();

  await page.reload();
  assert.deepEqual((await listed(page, 1)).map(([name]) => name), ["Driver’s license.jpg"]);
  await press(page, "Deleted documents");
  await page.getByText(/^Deleted. It goes for good on \w+ \d+, \d{4}/).waitFor();
  await looksRight(page);
  await of(page, "Restore", "W-2.pdf").click();
  await page.getByText("There is nothing that you can restore.").waitFor();
  assert.ok(await hasFocus(page.getByRole("button", { name: "Deleted documents" })));
  await press(page, "Deleted documents");
  assert.deepEqual((await listed(page, 2)).map(([name]) => name), ["W-2.pdf", "Driver’s license.jpg"]);
});

story("what the firm has opened is the firm's to delete, and the firm can restore it", async (stage) => {
  const page = await documentsOfJane(stage);
  await send(page, [paper("W-2.pdf")]);
  await receipt(page).waitFor();
  const owner = await stage.signInAsOwner(await stage.otherBrowser());
  const { clients } = await stage.contact(owner, "Jane Smith");
  await owner.goto(`${stage.url}/demo/staff/clients/${clients[0].client}/documents`);
  const downloaded = owner.waitForEvent("download");
  await of(owner, "Download", "W-2.pdf").click();
  await downloaded;

  await of(page, "Take back", "W-2.pdf").click();
  await page.getByText("Your firm has opened it already. Ask them to delete it.").waitFor();
  await page.reload();
  await page.getByText(/^Opened by Demo & Daughters CPA on \w+ \d+, \d{4}/).waitFor();
  assert.equal(await of(page, "Take back", "W-2.pdf").count(), 0);

  await of(owner, "Delete", "W-2.pdf").click();
  await of(owner, "Restore", "W-2.pdf").waitFor();
  await looksRight(owner);
  await of(page, "Rename", "W-2.pdf").click();
  await page.getByLabel("New name of W-2.pdf").fill("Wages");
  await press(page, "Save");
  await page.getByText("It is no longer here. Load this page again.").waitFor();
  await of(owner, "Restore", "W-2.pdf").click();
  await of(owner, "Delete", "W-2.pdf").waitFor();
  await press(page, "Save");
  await of(page, "Download", "Wages.pdf").waitFor();
});

story("what the firm sends is new on the client's first page until someone of theirs has opened it", async (stage) => {
  const page = await stage.signInAsClient();
  await page.getByRole("heading", { name: "No open requests" }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "New from Demo & Daughters CPA" }).count(), 0);
  const owner = await stage.signInAsOwner(await stage.otherBrowser());
  const { clients } = await stage.contact(owner, "Jane Smith");
  await owner.goto(`${stage.url}/demo/staff/clients/${clients[0].client}/documents`);
  await send(owner, [paper("Return 2025.pdf")]);
  await receipt(owner).waitFor();

  await page.reload();
  await page.getByRole("heading", { name: "New from Demo & Daughters CPA" }).waitFor();
  assert.equal(await of(page, "Rename", "Return 2025.pdf").count(), 0);
  await looksRight(page);
  const downloaded = page.waitForEvent("download");
  await of(page, "Download", "Return 2025.pdf").click();
  await downloaded;
  await page.reload();
  await page.getByRole("heading", { name: "No open requests" }).waitFor();
  assert.equal(await of(page, "Download", "Return 2025.pdf").count(), 0);
});

story("a receipt is mailed on a press, and says there what it says on the page", async (stage) => {
  const page = await documentsOfJane(stage);
  await send(page, [paper("W-2.pdf"), paper("1099 & K-1.pdf")]);
  await receipt(page, 2).waitFor();
  await press(page, "Mail it to me");
  await page.getByText("It is on its way to jane@example.com.").waitFor();
  await looksRight(page);
  const { subject, text } = await stage.message("jane@example.com");
  assert.equal(subject, "Demo & Daughters CPA: your receipt");
  assert.match(text, /For Jane Smith\n\n1\. W-2\.pdf, sent at .*\n2\. 1099 & K-1\.pdf, sent at /);
});
