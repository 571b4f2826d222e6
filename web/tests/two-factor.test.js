/** A client switches two-factor authentication on, comes in with it, by a code of the app and by one from paper, and loses it. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { appCode } from "./app-code.js";
import { looksRight } from "./looks.js";
import { press, sees, told } from "./mouse.js";
import { JANE, story } from "./stage.js";

/** @import { Page } from "playwright-core" */

const OWNER = "owner@demo.test";

/** The key that an app takes over. @param {Page} page */
const keyOn = async (page) => (await page.locator("#key").textContent()) ?? "";

story("a client switches two-step sign-in on, and comes in with it from then on", async (stage) => {
  const page = await stage.signInAsClient();
  await page.getByRole("button", { name: "Jane Smith" }).click();
  await page.getByRole("link", { name: "Two-step sign-in" }).click();
  await sees(page, "Two-step sign-in");
  await page.getByText("Google Authenticator, Microsoft Authenticator or 1Password").waitFor();
  await looksRight(page);

  await press(page, "Set it up");
  await sees(page, "Add this portal to your app");
  await looksRight(page);
  await page.locator("main summary").click();
  const picture = page.getByRole("img", { name: "A QR code" });
  assert.ok(await picture.evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth > 100), "the picture is shown");
  const key = await keyOn(page);
  await looksRight(page);
  await page.getByLabel("Code that your app shows now").fill("000000");
  await press(page, "Switch it on");
  await page.getByText("set the clock of your phone to the automatic time").waitFor();
  await looksRight(page);
  // Who went to the app comes back to the same key.
  await page.reload();
  await sees(page, "Add this portal to your app");
  assert.equal(await keyOn(page), key);
  await page.getByLabel("Code that your app shows now").fill(appCode(key));
  await press(page, "Switch it on");
  await sees(page, "Keep these recovery codes");
  const codes = await page.locator(".recovery code").allTextContents();
  assert.equal(codes.length, 10);
  assert.match(codes[0], /^([0-9A-Z]{4}-){6}[0-9A-Z]{2}$/);
  await looksRight(page);
  const saved = page.waitForEvent("download");
  await press(page, "Save them as a file");
  const file = await readFile(await (await saved).path(), "utf8");
  assert.match(file, /^Recovery codes for the portal of Demo & Daughters CPA, for jane@example.com, made on .*\n/);
  assert.deepEqual(file.trim().split("\n").slice(1), codes);
  await page.emulateMedia({ media: "print" });
  await page.getByText(/^Recovery codes for the portal of .*, for jane@example.com/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Print them" }).isVisible(), false, "on paper stand the codes alone");
  assert.equal(await page.getByText(codes[9]).isVisible(), true);
  await page.emulateMedia({ media: "screen" });
  await press(page, "I have kept them");
  await page.getByText("It is on from now on.").waitFor();
  await looksRight(page);

  // By a code of the app.
  await page.getByRole("button", { name: "Jane Smith" }).click();
  await press(page, "Sign out");
  await stage.signInAgain(page);
  await sees(page, "Code from your app");
  await looksRight(page);
  await page.reload();
  await sees(page, "Code from your app");
  const field = page.getByLabel("Code from your app, or a recovery code");
  await field.fill("12");
  await press(page, "Sign in");
  await page.getByText("Type the six digits, or a whole recovery code.").waitFor();
  await looksRight(page);
  await field.fill(appCode(key, 1));
  await press(page, "Sign in");
  await page.waitForURL("**/demo");

  // By one from paper, with words of the way back.
  await page.goto(`${stage.url}/demo/documents`);
  await page.getByRole("button", { name: "Jane Smith" }).click();
  await press(page, "Sign out");
  await stage.signInAgain(page);
  await sees(page, "Code from your app");
  await field.fill(codes[2].toLowerCase().replaceAll("-", " "));
  await press(page, "Sign in");
  await page.waitForURL("**/demo");

  // She switches it off by the app itself: a code that is sent would be no proof of it.
  await stage.advance(11 * 60);
  await page.goto(`${stage.url}/demo/two-factor`);
  await press(page, "Switch it off");
  await sees(page, "First, is it you?");
  await looksRight(page);
  assert.equal(await page.getByRole("button", { name: "Send me a code" }).count(), 0);
  await field.fill(appCode(key, 22));
  await press(page, "Continue");
  await page.getByText("It is off from now on.").waitFor();
});

story("a key is used up by five wrong codes, and so, for a while, are codes of the app", async (stage) => {
  const page = await stage.signInAsClient();
  await page.goto(`${stage.url}/demo/two-factor`);
  await press(page, "Set it up");
  await sees(page, "Add this portal to your app");
  const first = await keyOn(page);
  for (let tries = 0; tries < 5; tries += 1) {
    await page.getByLabel("Code that your app shows now").fill("000000");
    await press(page, "Switch it on");
    await page.getByText(tries < 4 ? "That code did not match." : "this key no longer works").waitFor();
  }
  await sees(page, "Two-step sign-in");
  await looksRight(page);
  await press(page, "Set it up");
  await sees(page, "Add this portal to your app");
  const key = await keyOn(page);
  assert.notEqual(key, first);
  await page.getByLabel("Code that your app shows now").fill(appCode(key));
  await press(page, "Switch it on");
  await sees(page, "Keep these recovery codes");

  // The browser asks before they are lost, and the page says how to come to others.
  const asked = page.waitForEvent("dialog");
  const reloaded = page.reload();
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.accept();
  await reloaded;
  await page.getByText("You were not done with keeping your recovery codes").waitFor();
  await looksRight(page);
  await press(page, "Set up again, for new codes");
  await page.getByLabel("Code that your app shows now").fill(appCode(await keyOn(page)));
  await press(page, "Switch it on");
  await sees(page, "Keep these recovery codes");
  await press(page, "I have kept them");
  await page.getByText("It is on from now on.").waitFor();

  await page.getByRole("button", { name: "Jane Smith" }).click();
  await press(page, "Sign out");
  await stage.signInAgain(page);
  await sees(page, "Code from your app");
  for (let tries = 0; tries < 5; tries += 1) {
    await page.getByLabel("Code from your app, or a recovery code").fill("000000");
    await press(page, "Sign in");
    await page.getByText(tries < 4 ? "That did not open." : /^That was five wrong codes\. .* until about \d+:\d\d/).first().waitFor();
    await page.waitForFunction(() => !document.querySelector("[aria-disabled=true]"));
  }
  await looksRight(page);
  await press(page, "Or ask them for help by email");
  await page.getByLabel("Your email address").fill(JANE.email);
  await page.getByLabel("What should they know? (optional)").fill("My app is wrong\nMy new phone is (252) 555-0199");
  await page.reload();
  await press(page, "Or ask them for help by email");
  assert.match(await page.getByLabel("What should they know? (optional)").inputValue(), /^My app is wrong\nMy new phone/, "it is still there");
  await press(page, "Ask Demo & Daughters CPA for help");
  await page.getByText("is told that you need help").waitFor();
  await looksRight(page);
});

story("when the answer is lost that switches it on, the page finds out, and says that codes were lost", async (stage) => {
  const page = await stage.signInAsClient();
  await page.goto(`${stage.url}/demo/two-factor`);
  await press(page, "Set it up");
  const key = await keyOn(page);
  await page.route("**/api/second-factor/confirmation", async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await page.getByLabel("Code that your app shows now").fill(appCode(key));
  await press(page, "Switch it on");
  await page.getByText("You were not done with keeping your recovery codes").waitFor();
  await looksRight(page);
});

story("who has to set up an app comes to that by whatever address", async (stage) => {
  const staff = await stage.signInAsOwnerByCode(await stage.otherBrowser());
  const { contact, version } = await stage.contact(staff, "Jane Smith");
  await stage.call(staff, "PATCH", `/api/contacts/${contact}`, { version, overrides: { access_mode: "link_and_login_2fa" } });
  const page = await stage.open("/demo/sign-in");
  await stage.signInAgain(page);
  for (const at of ["/demo", "/demo/documents", "/demo/two-factor"]) {
    await page.goto(stage.url + at);
    await sees(page, "Set up your second step");
  }
  await page.getByRole("button", { name: "Or ask them for help by email" }).waitFor();
  await looksRight(page);
  // After ten minutes the way begins anew, and says why.
  await press(page, "Set it up");
  await sees(page, "Add this portal to your app");
  const key = await keyOn(page);
  await stage.advance(11 * 60);
  await page.getByLabel("Code that your app shows now").fill(appCode(key));
  await press(page, "Switch it on");
  await sees(page, "Sign in");
  await page.getByText("That took longer than ten minutes. Please sign in once more.").waitFor();
  await looksRight(page);
});

story("staff reset what a client lost, with a reason", async (stage) => {
  const jane = await stage.signInAsClient({}, await stage.otherBrowser());
  const enrolled = await stage.call(jane, "POST", "/api/second-factor", {});
  const key = new URL(enrolled.otpauth_uri).searchParams.get("secret") ?? "";
  await stage.call(jane, "POST", "/api/second-factor/confirmation", { code: appCode(key) });
  const page = await stage.signInAsOwnerByCode();
  await page.goto(`${stage.url}/demo/staff/contacts`);
  await page.getByRole("link", { name: "Jane Smith" }).click();
  await page.getByText("On, by an app").waitFor();
  await page.getByText("Reset two-step sign-in").click();
  await looksRight(page);
  await press(page, "Reset it now");
  await page.getByText("Say why.").waitFor();
  // A reason that is too long, and one that the line swallows: the form stays, with what was typed.
  const reason = page.getByLabel("Why, and how you made sure");
  await reason.fill("x".repeat(201));
  await press(page, "Reset it now");
  await page.getByText("Write at most 200 characters, in one line.").waitFor();
  await reason.fill("Lost her phone; called back");
  await stage.context.setOffline(true);
  await press(page, "Reset it now");
  await page.getByRole("alert").getByText("No connection.").waitFor();
  await stage.context.setOffline(false);
  await page.reload();
  assert.equal(await reason.inputValue(), "Lost her phone; called back");
  await stage.advance(600);
  await press(page, "Reset it now");
  await page.getByRole("heading", { name: "First, is it you?" }).waitFor();
  await looksRight(page);
  await press(page, "Send me a code");
  await page.getByText(`A code is on its way to ${OWNER}.`).waitFor();
  await page.getByLabel("Code", { exact: true }).fill(await stage.code(OWNER));
  await press(page, "Continue");
  await page.getByText("Reset. They are signed out everywhere").waitFor();
  assert.equal(await page.getByText("On, by an app").count(), 0);
  await told(page, "Two-factor authentication reset by Olive Owner: Lost her phone; called back");
  await looksRight(page);
  assert.match((await stage.message(JANE.email)).text, /Olive Owner of .* reset your two-factor authentication/);
  await jane.reload();
  await sees(jane, "Sign in");
});
