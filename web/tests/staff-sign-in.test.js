/** Staff get in by a mailed code, or once by the link of the first start, and out again. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { codeField, press, sees, signOut } from "./mouse.js";
import { story } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

const OWNER = "owner@demo.test";
const NEUTRAL = "If this is the email of someone who works here, a code is on its way to it.";

/** @param {Page} page @param {string} email */
async function askForCode(page, email) {
  await page.getByLabel("Your email address").fill(email);
  await press(page, "Send me a code");
  await page.getByText(NEUTRAL).waitFor();
}

/** @param {Stage} stage @param {Page} page */
async function typeCode(stage, page) {
  await codeField(page).fill(await stage.code(OWNER));
  await press(page, "Sign in");
}

story("staff get in by a mailed code, back to where they were, and out again", async (stage) => {
  const page = await stage.open("/demo/staff/contacts?status=missing");
  await sees(page, "Staff sign-in");
  await looksRight(page);
  await press(page, "Send me a code");
  await page.getByText("Enter your email address.").waitFor();

  await askForCode(page, "stranger@example.com");
  assert.deepEqual(await stage.messages("stranger@example.com"), []);
  await press(page, "Use another email address");
  await askForCode(page, ` ${OWNER.toUpperCase()} `);
  await sees(page, "Enter your code");
  await looksRight(page);
  await page.reload();
  await sees(page, "Enter your code");
  assert.equal((await stage.messages(OWNER)).length, 1, "a reload asks for no other code");
  await typeCode(stage, page);
  await sees(page, "Contacts");
  assert.equal(new URL(page.url()).search, "?status=missing");

  await page.getByRole("navigation").getByRole("link", { name: "Home" }).click();
  await sees(page, "Staff");
  await page.getByRole("button", { name: "Signed in as Olive Owner" }).waitFor();
  await looksRight(page);
  for (const screen of ["Contacts", "Access log"]) {
    await page.getByRole("main").getByRole("link", { name: screen }).click();
    await sees(page, screen);
    await page.goBack();
  }
  await signOut(page);
  await sees(page, "Staff sign-in");
  await assert.rejects(stage.call(page, "GET", "/api/session"), /401/);
  await page.goto(`${stage.url}/demo/staff`);
  await sees(page, "Staff sign-in");
});

story("five wrong codes are enough, and the next code lets in", async (stage) => {
  const page = await stage.open("/demo/staff/sign-in");
  await askForCode(page, OWNER);
  const first = await stage.code(OWNER);
  const wrong = first === "000000" ? "000001" : "000000";
  for (const left of ["4 tries", "3 tries", "2 tries", "1 try"]) {
    await codeField(page).fill(wrong);
    await press(page, "Sign in");
    await page.getByText(`You have ${left} left.`).waitFor();
  }
  await codeField(page).fill(wrong);
  await press(page, "Sign in");
  await sees(page, "That was five tries");
  await looksRight(page);
  await press(page, "Send me a new code");
  await codeField(page).waitFor();
  assert.equal((await stage.messages(OWNER)).length, 2);
  await typeCode(stage, page);
  await sees(page, "Staff");
});

story("the link of the first start lets the owner in once, then only with a code, and is gone after an hour", async (stage) => {
  const link = stage.postern.ownerLink;
  const page = await stage.open(link);
  await sees(page, "Welcome");
  await looksRight(page);
  assert.equal(new URL(page.url()).hash, "", "the link is in no history");
  await page.reload();
  await press(page, "Continue");
  await sees(page, "Staff");
  await page.getByRole("button", { name: "Signed in as Olive Owner" }).waitFor();

  const other = await stage.open(link, await stage.otherBrowser());
  await press(other, "Continue");
  await sees(other, "Enter your code");
  await looksRight(other);
  await other.getByText("A code is on its way to o***@demo.test.").waitFor();
  await assert.rejects(stage.call(other, "GET", "/api/session"), /401/);

  await stage.advance(3600);
  const late = await stage.open(link, await stage.otherBrowser());
  await press(late, "Continue");
  await sees(late, "This link is no longer good");
  await looksRight(late);
  await late.getByRole("link", { name: "Sign in with my email instead" }).click();
  await sees(late, "Staff sign-in");
});
