/** A client switches two-factor authentication on, comes in with it, by a code of the app and by one from paper, and loses it. */

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { looksRight } from "./looks.js";
import { press, sees } from "./mouse.js";
import { JANE, story } from "./stage.js";

const OWNER = "owner@demo.test";

/** What an authenticator app shows for a key in base 32, so many steps of half a minute from now (RFC 6238). */
function appCode(/** @type {string} */ key, steps = 0) {
  const bits = [...key.replaceAll(" ", "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", secret).update(step).digest();
  return String((digest.readUInt32BE(digest[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

story("a client switches two-factor authentication on, and comes in with it from then on", async (stage) => {
  const page = await stage.signInAsClient();
  await page.getByRole("button", { name: "Jane Smith" }).click();
  await page.getByRole("link", { name: "Two-step sign-in" }).click();
  await sees(page, "Two-step sign-in");
  await page.getByText("Google Authenticator, Microsoft Authenticator or 1Password").waitFor();
  await looksRight(page);

  await press(page, "Set it up");
  await sees(page, "Add this portal to your app");
  const picture = page.getByRole("img", { name: "A QR code" });
  assert.ok(await picture.evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth > 100), "the picture is shown");
  await page.getByText("You cannot scan it?").click();
  const key = (await page.locator("details code").textContent()) ?? "";
  await looksRight(page);
  await page.getByLabel("Code that your app shows now").fill("000000");
  await press(page, "Switch it on");
  await page.getByText("That code did not match").waitFor();
  await looksRight(page);
  await page.getByLabel("Code that your app shows now").fill(appCode(key));
  await press(page, "Switch it on");
  await sees(page, "Keep these recovery codes");
  const codes = await page.locator(".recovery code").allTextContents();
  assert.equal(codes.length, 10);
  await looksRight(page);
  await page.emulateMedia({ media: "print" });
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

story("staff reset what a client lost, with a reason", async (stage) => {
  const jane = await stage.signInAsClient({}, await stage.otherBrowser());
  const enrolled = await stage.call(jane, "POST", "/api/second-factor", {});
  const key = new URL(enrolled.otpauth_uri).searchParams.get("secret") ?? "";
  await stage.call(jane, "POST", "/api/second-factor/confirmation", { code: appCode(key) });
  const page = await stage.signInAsOwner();
  await page.goto(`${stage.url}/demo/staff/contacts`);
  await page.getByRole("link", { name: "Jane Smith" }).click();
  await page.getByText("On, by an app").waitFor();
  await page.getByText("Reset two-factor authentication").click();
  await looksRight(page);
  await press(page, "Reset it now");
  await page.getByText("Say why.").waitFor();
  await page.getByLabel("Why, and how you made sure").fill("Lost her phone; called back");
  await stage.advance(600);
  await press(page, "Reset it now");
  await page.getByRole("heading", { name: "First, is it you?" }).waitFor();
  await looksRight(page);
  await press(page, "Send me a code");
  await page.getByLabel("Code", { exact: true }).fill(await stage.code(OWNER));
  await press(page, "Continue");
  await page.getByText("Reset. They are signed out everywhere").waitFor();
  assert.equal(await page.getByText("On, by an app").count(), 0);
  await looksRight(page);
  assert.match((await stage.message(JANE.email)).text, /Olive Owner of .* reset your two-factor authentication/);
  await jane.reload();
  await sees(jane, "Sign in");
});
