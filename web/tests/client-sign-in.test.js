/** A client gets in with an email address and a code, whatever comes between. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { OFFLINE, codeField, gateField, hasFocus, looksAt, press, saidOf, sees, signOut } from "./mouse.js";
import { JANE, story } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

const NEUTRAL = "If these match our records, a code is on its way.";
const BY_EMAIL = "Send it by email instead";
const DOUBT = "Nothing in 2 minutes? Check the email and last four";

const emailField = (/** @type {Page} */ page) => page.getByLabel("Your email address");

/** Goes on to the last four. @param {Stage} stage @param {string} email */
async function giveEmail(stage, email) {
  const page = await stage.open("/demo/sign-in");
  await emailField(page).fill(email);
  await press(page, "Continue");
  await gateField(page).waitFor();
  return page;
}

/** Asks for a code by text message. @param {Stage} stage @param {{ email: string, gate: string }} who */
async function askForCode(stage, { email, gate } = JANE) {
  const page = await giveEmail(stage, email);
  await gateField(page).fill(gate);
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  return page;
}

/** Types the newest code of `to`, and is let in. @param {Stage} stage @param {Page} page */
async function getIn(stage, page, to = JANE.mobile) {
  await codeField(page).fill(await stage.code(to));
  await press(page, "Sign in");
  await sees(page, "No open requests");
}

/** @param {Stage} stage */
const cookie = async (stage) => (await stage.context.cookies()).find(({ name }) => name === "__Host-postern");

story("a client gets in by a code on the phone, and leaves again", async (stage) => {
  const page = await stage.open("/demo");
  await looksAt(page, "Sign in");
  await emailField(page).fill(" Jane@Example.com ");
  await press(page, "Continue");

  await looksAt(page, "One check before we send the code");
  assert.equal(await emailField(page).count(), 0, "the last four have a step of their own, where no browser takes them for a password");
  const harmless = { id: "digits", name: "digits", type: "text", autocomplete: "off", inputmode: "numeric" };
  for (const [attribute, value] of Object.entries(harmless)) {
    assert.equal(await gateField(page).getAttribute(attribute), value);
  }
  await gateField(page).pressSequentially("123-45-6789");
  assert.equal(await gateField(page).inputValue(), "6789");
  await page.getByText("We need the last four only, and took the other digits away.").waitFor();
  await press(page, "Send me a code");

  await page.getByText(NEUTRAL).waitFor();
  await looksAt(page, "Enter your code");
  const code = await stage.code(JANE.mobile);
  assert.equal(await codeField(page).getAttribute("autocomplete"), "one-time-code");
  assert.ok(await hasFocus(codeField(page)));
  await page.keyboard.insertText(` ${code.slice(0, 3)}-${code.slice(3)} `);
  await press(page, "Sign in");

  await looksAt(page, "No open requests");
  assert.equal((await cookie(stage))?.expires, -1, "the session ends with the browser");
  await page.getByRole("button", { name: "Signed in as Jane Smith" }).waitFor();
  await page.goto(`${stage.url}/demo/sign-in`);
  await sees(page, "No open requests");

  await signOut(page);
  await emailField(page).waitFor();
  await page.goBack();
  await emailField(page).waitFor();
  assert.equal(await page.getByText("Jane Smith").count(), 0);
  assert.equal(await cookie(stage), undefined);
});

story("a client has the code sent by email at once, and stays signed in", async (stage) => {
  const page = await giveEmail(stage, JANE.email);
  await gateField(page).fill(JANE.gate);
  await press(page, BY_EMAIL);
  await page.getByText(NEUTRAL).waitFor();
  assert.equal(await page.getByRole("button", { name: BY_EMAIL }).count(), 0);
  await page.getByLabel("Keep me signed in on this device").check();
  await getIn(stage, page, JANE.email);
  assert.deepEqual(await stage.messages(JANE.mobile), []);
  const days = ((await cookie(stage))?.expires ?? 0) / 86_400 - Date.now() / 86_400_000;
  assert.ok(days > 29 && days <= 30, `${days} days`);
});

story("a text message that does not come is sent again, and by email, with the same code", async (stage) => {
  await stage.context.clock.install();
  const page = await askForCode(stage);
  const code = await stage.code(JANE.mobile);
  await page.getByText(/You can have it sent again in \d+ seconds/).waitFor();
  await press(page, BY_EMAIL);
  await page.getByText(/We will send it by email in \d+ seconds/).waitFor();
  await page.reload();
  await page.getByText(/We will send it by email in \d+ seconds/).waitFor();
  assert.deepEqual(await stage.messages(JANE.email), [], "it waits");

  await stage.wait(31);
  await page.getByText("It is the same code. Look in your spam folder as well.").waitFor();
  assert.equal(await stage.code(JANE.email), code);
  assert.equal(await page.getByRole("button", { name: BY_EMAIL }).count(), 0);
  await looksRight(page);

  for (const next of [/You can have it sent again in \d+ seconds/, "The code has been sent as often as it can be."]) {
    await stage.wait(31);
    await page.getByRole("button", { name: "Send it again" }).dblclick();
    await page.getByText("it is on its way again. It is the same code.").waitFor();
    await page.getByText(next).waitFor();
  }
  const codes = (await stage.messages(JANE.email)).map(({ text }) => /\d{6}/.exec(text)?.[0]);
  assert.deepEqual(codes, [code, code, code]);
  assert.equal((await stage.messages(JANE.mobile)).length, 1);
  await getIn(stage, page);
});

story("a client who mistypes both email and last four learns it from the mailbox, and corrects them", async (stage) => {
  await stage.context.clock.install();
  const page = await askForCode(stage, { email: "jan@example.com", gate: "6780" });
  await page.getByText(NEUTRAL).waitFor();
  assert.deepEqual(await stage.messages("jan@example.com"), []);

  await page.getByText(DOUBT).click();
  await emailField(page).fill("jane@");
  await gateField(page).fill("67");
  await press(page, "Send a new code");
  await page.getByText("Enter the last four digits, or a PIN of 4 to 8 digits.").waitFor();
  assert.ok(await hasFocus(gateField(page)));
  await looksRight(page);
  await gateField(page).fill("6780");
  await press(page, "Send a new code");
  await page.getByText("Enter an email address, like name@example.com.").waitFor();
  assert.ok(await hasFocus(emailField(page)));
  await emailField(page).fill(JANE.email);
  await press(page, "Send a new code");
  await gateField(page).waitFor({ state: "hidden" });
  await page.getByText(NEUTRAL).waitFor();
  assert.match((await stage.message(JANE.email)).text, /last four/);
  assert.deepEqual(await stage.messages(JANE.mobile), []);

  const again = page.getByRole("button", { name: "Send a new code" });
  await page.reload();
  await page.getByText(NEUTRAL).waitFor();
  assert.ok(!(await again.isVisible()), "it is closed at first");
  await stage.wait(121);
  await again.waitFor();
  assert.equal(await emailField(page).inputValue(), JANE.email);
  await looksRight(page);
  await gateField(page).fill(JANE.gate);
  await again.click();
  await gateField(page).waitFor({ state: "hidden" });
  await getIn(stage, page);
});

story("a client who looks for the message comes back to the code that was sent", async (stage) => {
  let page = await askForCode(stage);
  const returns = [() => page.reload(), () => page.goBack(), () => page.goForward()];
  for (const comeBack of returns) {
    await comeBack();
    await page.getByText(NEUTRAL).waitFor();
  }
  await page.goto("about:blank");
  await page.goBack();
  await page.getByText(NEUTRAL).waitFor();
  await page.close();
  page = await stage.open("/demo/sign-in");
  await page.getByText(NEUTRAL).waitFor();

  const other = await stage.open("/demo/sign-in");
  await other.getByText(NEUTRAL).waitFor();
  assert.equal((await stage.messages(JANE.mobile)).length, 1);
  await getIn(stage, other);
  await sees(page, "No open requests");
});

story("a client whose code is too old, or was mistyped five times, gets another by one button", async (stage) => {
  await stage.context.clock.install();
  const page = await askForCode(stage);
  await stage.wait(601);
  await page.getByText("This code is more than ten minutes old. It may no longer open.").waitFor();
  await looksAt(page, "Enter your code");
  await stage.context.setOffline(true);
  await press(page, "Send me a new code");
  await page.getByText(OFFLINE).waitFor();
  await stage.context.setOffline(false);
  await press(page, "Send me a code");
  await page.getByText(NEUTRAL).waitFor();
  const wrong = (await stage.code(JANE.mobile)) === "000000" ? "000001" : "000000";
  for (const left of ["4 tries", "3 tries", "2 tries", "1 try"]) {
    await codeField(page).fill(wrong);
    await press(page, "Sign in");
    await page.getByText(`You have ${left} left.`).waitFor();
  }
  await looksRight(page);
  await page.reload();
  await codeField(page).fill(wrong);
  await press(page, "Sign in");
  await looksAt(page, "That was five tries");
  await page.reload();
  await looksAt(page, "That was five tries");
  await press(page, "Send me a new code");
  await looksAt(page, "One check before we send the code");
  assert.equal(await gateField(page).inputValue(), "", "the last four are kept nowhere");
  await gateField(page).fill(JANE.gate);
  await press(page, "Send me a code");
  await page.getByText(NEUTRAL).waitFor();
  await getIn(stage, page);
});

story("a mistake is said beside its field, where the keyboard is at once", async (stage) => {
  const page = await stage.open("/demo/sign-in");
  /** @param {string} field @param {string} typed @param {string} button @param {string} text */
  const wrong = async (field, typed, button, text) => {
    await page.getByLabel(field, { exact: true }).fill(typed);
    await press(page, button);
    await page.getByText(text).waitFor();
    const input = page.getByLabel(field, { exact: true });
    assert.ok(await hasFocus(input));
    assert.ok((await saidOf(input)).includes(text));
    assert.equal(await input.getAttribute("aria-invalid"), "true");
  };
  const email = "Your email address";
  const gate = "Last 4 of your SSN or tax ID, or the PIN from your accountant";
  await wrong(email, " ", "Continue", "Enter your email address.");
  await looksRight(page);
  await wrong(email, "jane.example.com", "Continue", "Enter an email address, like name@example.com.");
  await page.getByLabel(email).fill("jane@");
  await press(page, "Continue");

  await wrong(gate, "", "Send me a code", "Enter the last four digits, or your PIN.");
  await wrong(gate, "678", "Send me a code", "Enter the last four digits, or a PIN of 4 to 8 digits.");
  await looksRight(page);
  await gateField(page).fill(JANE.gate);
  await press(page, "Send me a code");
  await page.getByText("Enter an email address, like name@example.com.").waitFor();
  await page.getByLabel(email).fill(JANE.email);
  await press(page, "Continue");
  await press(page, "Send me a code");

  await wrong("Code", "", "Sign in", "Enter the code from the text message or email.");
  await wrong("Code", "12345", "Sign in", "The code has 6 digits. Check it in the message.");
  await looksRight(page);
  await getIn(stage, page);
});

story("a password that the browser fills in is no guess, and the firm sees it", async (stage) => {
  const page = await giveEmail(stage, JANE.email);
  for (const password of ["hunter2-Tuesday", "correct horse", "swordfish", "Passw0rd!", "letmein", "qwerty"]) {
    await gateField(page).fill(password);
    const answered = page.waitForResponse("**/challenges");
    await press(page, "Send me a code");
    assert.equal((await answered).status(), 400);
    await page.getByText("Your browser may have filled in a saved password.").waitFor();
  }
  await looksRight(page);
  const staff = await stage.signInAsOwner(await stage.otherBrowser());
  const { items } = await stage.call(staff, "GET", "/api/access-log?outcome=autofill-suspected");
  assert.deepEqual(items.map((/** @type {{ message: string, email: string }} */ record) => [record.message, record.email]), [
    ["Browser autofill suspected in the last-4 field", JANE.email],
  ]);
  await gateField(page).fill(JANE.gate);
  await press(page, "Send me a code");
  await page.getByText(NEUTRAL).waitFor();
  await getIn(stage, page);
});

story("a broken line or a broken service takes nothing that was typed", async (stage) => {
  const page = await giveEmail(stage, JANE.email);
  const troubles = [
    {
      text: OFFLINE,
      begin: () => stage.context.setOffline(true),
      end: () => stage.context.setOffline(false),
    },
    {
      text: "This is not working right now. Nothing was lost. Try again in a moment.",
      begin: () => stage.fault({ service: "dynamodb", operation: "TransactWriteItems", nth: 0, mode: "error" }),
      end: () => stage.mend(),
    },
  ];
  await gateField(page).fill(JANE.gate);
  for (const { text, begin, end } of troubles) {
    await begin();
    await press(page, "Send me a code");
    await page.getByRole("alert").getByText(text).waitFor();
    assert.equal(await gateField(page).inputValue(), JANE.gate);
    await looksRight(page);
    await end();
  }
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  await codeField(page).fill(await stage.code(JANE.mobile));
  for (const { text, begin, end } of troubles) {
    await begin();
    await press(page, "Sign in");
    await page.getByRole("alert").getByText(text).waitFor();
    assert.equal((await codeField(page).inputValue()).length, 6);
    await end();
  }
  await press(page, "Sign in");
  await sees(page, "No open requests");

  await stage.fault({ service: "dynamodb", operation: "GetItem", nth: 0, mode: "error" });
  await page.reload();
  await looksAt(page, "This page cannot be shown right now");
  await stage.mend();
  await press(page, "Try again");
  await sees(page, "No open requests");
});

story("the phone hands the code in the text message to the page", async (stage) => {
  await stage.context.addInitScript(() => {
    const message = new Promise((resolve) => {
      addEventListener("text-message", (event) => resolve(/** @type {CustomEvent} */ (event).detail));
    });
    Object.assign(window, { OTPCredential: class {} });
    Object.defineProperty(navigator, "credentials", { value: { get: () => message } });
  });
  const page = await askForCode(stage);
  const code = await stage.code(JANE.mobile);
  await page.evaluate((code) => dispatchEvent(new CustomEvent("text-message", { detail: { code } })), code);
  await page.waitForFunction((code) => document.querySelector("input")?.value === code, code);
  await press(page, "Sign in");
  await sees(page, "No open requests");
});

story("who asks for codes too often is told when to try again, and gets in then", async (stage) => {
  const page = await giveEmail(stage, JANE.email);
  for (let requests = 0; requests < 10; requests += 1) {
    await stage.call(page, "POST", "/api/firms/demo/challenges", { email: JANE.email, gate: JANE.gate });
  }
  await gateField(page).fill(JANE.gate);
  await press(page, "Send me a code");
  await page.getByRole("alert").getByText("That was too often in a short time. Try again in 15 minutes.").waitFor();
  assert.equal(await gateField(page).inputValue(), JANE.gate);
  await looksRight(page);
  await stage.advance(3600);
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  await getIn(stage, page);
});
