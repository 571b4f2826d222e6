/** Why someone cannot get in: each verdict as their page tells it, and what is done about it there. */

import assert from "node:assert/strict";

import { appCode } from "./app-code.js";
import { looksRight } from "./looks.js";
import { codeField, hasFocus, press, sees } from "./mouse.js";
import { JANE, story } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

const ASK = "/api/firms/demo/challenges";

/** The page of Jane Smith, as the owner sees it. @param {Stage} stage */
async function janesPage(stage) {
  const page = await stage.signInAsOwner();
  const { contact } = await stage.contact(page, "Jane Smith");
  await page.goto(`${stage.url}/demo/staff/contacts/${contact}`);
  await sees(page, "Jane Smith");
  return page;
}

/** The verdict on `page` once all is written down. @param {Stage} stage @param {Page} page @param {string | RegExp} sentence */
async function says(stage, page, sentence) {
  await stage.settled();
  await page.reload();
  await page.locator(".diagnosis").getByText(sentence).waitFor();
  await looksRight(page);
}

/** What Jane does who signs in, up to her code. @param {Stage} stage */
async function comes(stage) {
  const page = await stage.open("/demo/sign-in", await stage.otherBrowser());
  const { challenge } = await stage.call(page, "POST", ASK, { email: JANE.email, gate: JANE.gate });
  await stage.call(page, "POST", `/api/challenges/${challenge}/session`, { code: await stage.code(JANE.mobile) });
  return page;
}

story("what keeps someone out is told step by step until they are in", async (stage) => {
  const page = await janesPage(stage);
  const ask = (/** @type {string} */ gate, email = JANE.email) => stage.asStranger(ASK, { email, gate }, "198.51.100.7");
  await says(stage, page, "They were not invited yet.");
  await press(page, "Invite");
  await page.getByText("An invitation is on its way to").waitFor();
  await says(stage, page, /^They were invited \(.*\), and did not try yet\./);
  await ask(JANE.gate, "janee@example.com");
  await says(stage, page, /^Someone used janee@example\.com/);
  await ask("1111");
  await says(stage, page, "Wrong digits came once.");
  await ask("1111");
  await ask("1111");
  await says(stage, page, "The same wrong digits came 3 times from one browser: likely a saved password.");
  for (const gate of ["2222", "3333", "4444", "5555"]) {
    await ask(gate);
  }
  await says(stage, page, "7 wrong tries came from one browser.");
  await press(page, "Unlock");
  await page.getByText("Unlocked. The client can try again at once.").waitFor();
  const askElsewhere = () => stage.asStranger(ASK, { email: JANE.email, gate: JANE.gate });
  await askElsewhere();
  await says(stage, page, /^They are signing in right now/);
  for (let more = 0; more < 5; more += 1) {
    await askElsewhere();
  }
  await says(stage, page, /^Too many codes were asked for/);
  await press(page, "Unlock");
  await page.getByText("Unlocked. The client can try again at once.").waitFor();
  const { contact: jane } = await stage.contact(page, "Jane Smith");
  const edited = await stage.call(page, "PATCH", `/api/contacts/${jane}`, { gates: null });
  assert.deepEqual(edited.portal.missing, ["gate"]);
  await stage.settled();
  await page.reload();
  await page.getByText("Missing: sign-in check", { exact: true }).waitFor();
  await stage.call(page, "PATCH", `/api/contacts/${jane}`, { gates: [{ kind: "ssn_last4", digits: JANE.gate }] });
  await stage.advance(3600 * 24);
  await stage.signInAsClient({}, await stage.otherBrowser());
  await page.goto(`${stage.url}/demo/staff/sign-in`);
  await stage.signInAgain(page);
  await page.goto(`${stage.url}/demo/staff/contacts/${jane}`);
  await says(stage, page, /^They got in \(.*\)\. Nothing to do\./);
});

story("who stops at the second step is told so, with the button that resets it", async (stage) => {
  const page = await janesPage(stage);
  const hers = await stage.signInAsClient({}, await stage.otherBrowser());
  const { otpauth_uri: uri } = await stage.call(hers, "POST", "/api/second-factor", {});
  const key = new URL(uri).searchParams.get("secret") ?? "";
  await stage.call(hers, "POST", "/api/second-factor/confirmation", { code: appCode(key) });
  const again = await comes(stage);
  await says(stage, page, /^They are signing in right now/);
  await stage.advance(601);
  await says(stage, page, /^They were asked for the code of their app \(.*\), and did not give it\./);
  const wrong = ["000000", "111111"].find((code) => ![-1, 0, 1].some((step) => appCode(key, 20 + step) === code));
  await again.close();
  const once = await comes(stage);
  const give = () => stage.call(once, "POST", "/api/session/second-factor", { code: wrong }).then(() => assert.fail("it is wrong"), () => {});
  await give();
  await says(stage, page, "The code of their app did not match.");
  for (let more = 0; more < 4; more += 1) {
    await give();
  }
  await says(stage, page, /^Their two-step sign-in is locked \(until .*\) after 5 wrong codes of their app\./);
  await page.getByRole("main").getByRole("button", { name: "Reset two-step sign-in" }).click();
  assert.ok(await hasFocus(page.getByLabel("Why, and how you made sure")));
  await page.getByLabel("Why, and how you made sure").fill("Lost her phone; called back");
  await looksRight(page);
  await press(page, "Reset it now");
  await page.getByText("This is for: Reset two-step sign-in").waitFor();
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  await codeField(page).fill(await stage.code("owner@demo.test"));
  await press(page, "Continue");
  await page.getByText("Reset. They are signed out everywhere, and can set it up anew.").waitFor();
  await says(stage, page, "What kept them out was mended, and they did not try since.");
});

story("who was to set up the second step, and did not, is told so", async (stage) => {
  const page = await stage.signInAsOwnerByCode();
  const { contact } = await stage.contact(page, "Jane Smith");
  await page.goto(`${stage.url}/demo/staff/contacts/${contact}`);
  await stage.call(page, "PATCH", `/api/contacts/${contact}`, { overrides: { access_mode: "link_and_login_2fa" } });
  await comes(stage);
  await stage.advance(601);
  await says(stage, page, /^They were asked to set up two-step sign-in \(.*\), and did not finish\./);
  assert.equal(await page.getByRole("button", { name: "Reset two-step sign-in" }).count(), 0);
});

story("a way that too many wrong codes closed is reopened from the verdict", async (stage) => {
  await stage.signInAsOwner();
  while (await stage.guesses(ASK, { email: JANE.email, gate: JANE.gate, channel: "email" }, JANE.email)) {
    await stage.advance(9000);
  }
  const page = await stage.signInAsOwnerByCode();
  const { contact } = await stage.contact(page, "Jane Smith");
  await page.goto(`${stage.url}/demo/staff/contacts/${contact}`);
  await says(stage, page, "Too many wrong codes came.");
  await press(page, "Reopen sign-in by code");
  await page.getByText("Reopened. The client can sign in by code again.").waitFor();
  await says(stage, page, "What kept them out was mended, and they did not try since.");
});
