/** Owners and admins decide who works at the firm; everyone on the staff sees it. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { codeField, press, sees, told } from "./mouse.js";
import { SIZES, story, storyOnce } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

const OWNER = "owner@demo.test";
const VERA = "vera@demo.test";

/** @param {Page} page @param {string} name */
const row = (page, name) => page.getByRole("main").getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) });

/** @param {Page} page @param {string} name */
const field = (page, name) => page.getByLabel(name, { exact: true });

/** Types the code that came to `email`. @param {Stage} stage @param {Page} page @param {string} email */
async function typeCode(stage, page, email) {
  await codeField(page).waitFor();
  await codeField(page).fill(await stage.code(email));
  await press(page, "Sign in");
}

/** Someone on the staff signs in with a code, and comes back to the staff of the firm. @param {Stage} stage @param {Page} page @param {string} email */
async function signIn(stage, page, email) {
  await sees(page, "Staff sign-in");
  await page.getByLabel("Your email address").fill(email);
  await press(page, "Send me a code");
  await typeCode(stage, page, email);
  await sees(page, "Staff of your firm");
}

story("an old form changes only what was typed into it", async (stage) => {
  const page = await stage.open("/demo/staff/sign-in");
  await stage.signInAgain(page);
  const { staff } = await stage.call(page, "POST", "/api/staff", { name: "Adam Gold", email: VERA, role: "admin" });
  await page.goto(`${stage.url}/demo/staff/people`);
  await press(page, "Change Adam Gold");
  await stage.call(page, "PATCH", `/api/staff/${staff}`, { role: "viewer" });
  await page.reload();
  await field(page, "Name").fill("Adam B. Gold");
  await press(page, "Save changes");
  await page.getByText("Changes saved.").waitFor();
  await row(page, "Adam B. Gold").getByText("Viewer").waitFor();
});

story("whom a stranger shuts out is seen, and unlocked by one press", async (stage) => {
  const page = await stage.open("/demo/staff/sign-in");
  await stage.signInAgain(page);
  await stage.call(page, "POST", "/api/staff", { name: "Vera Gold", email: VERA, role: "staff" });
  const guesses = () => stage.guesses("/api/firms/demo/staff/challenges", { email: VERA }, VERA);
  await guesses();
  await guesses();
  await page.goto(`${stage.url}/demo/staff/people`);
  const vera = row(page, "Vera Gold");
  await vera.getByText(/^Locked until \d+:\d\d/).waitFor();
  await vera.getByText("Two-step sign-in: Off").waitFor();
  await looksRight(page);
  await press(page, "Unlock Vera Gold");
  await page.getByText("Unlocked. Vera Gold can sign in again at once.").waitFor();
  assert.equal(await vera.getByText(/^Locked until/).count(), 0);
  assert.equal(await page.getByRole("button", { name: "Unlock" }).count(), 0);
  await page.goto(`${stage.url}/demo/staff/access-log`);
  await told(page, "Sign-in of Vera Gold unlocked by Olive Owner");
});

const closedStory = async (/** @type {Stage} */ stage) => {
  const page = await stage.open("/demo/staff/sign-in");
  await stage.signInAgain(page);
  await stage.call(page, "POST", "/api/staff", { name: "Vera Gold", email: VERA, role: "staff" });
  const guesses = () => stage.guesses("/api/firms/demo/staff/challenges", { email: VERA }, VERA);
  while (await guesses()) {
    await stage.advance(3600);
  }
  await page.goto(`${stage.url}/demo/staff/sign-in`);
  await stage.signInAgain(page);
  await page.goto(`${stage.url}/demo/staff/people`);
  await row(page, "Vera Gold").getByText("Sign-in by code is closed after 50 wrong codes in a row").waitFor();
  await looksRight(page);
  await press(page, "Unlock Vera Gold");
  await page.getByText("Unlocked. Vera Gold can sign in again at once.").waitFor();
  assert.ok(await guesses(), "a code goes out again");
};
// It takes hours of the product's clock, and looks as a lock does.
storyOnce("whose way a stranger closed is seen, and it is opened again", closedStory, { viewport: SIZES.phone, hasTouch: true, isMobile: true });

story("an owner resets the second step of a colleague who lost it, after proving who they are", async (stage) => {
  const page = await stage.open("/demo/staff/sign-in");
  await stage.signInAgain(page);
  await stage.call(page, "POST", "/api/staff", { name: "Vera Gold", email: VERA, role: "staff" });
  await stage.advance(600);
  await page.goto(`${stage.url}/demo/staff/people`);
  await press(page, "Change Vera Gold");
  await page.getByText("Reset two-step sign-in").click();
  await field(page, "Why, and how you made sure").fill("Lost her phone; called back");
  await looksRight(page);
  await press(page, "Reset it now");
  await page.getByText("This is for: Reset two-step sign-in").waitFor();
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  await codeField(page).waitFor();
  await codeField(page).fill(await stage.code(OWNER));
  await press(page, "Continue");
  await page.getByText("Reset. They are signed out everywhere, and can set it up anew.").waitFor();
  await looksRight(page);
});

story("an owner invites a colleague, gives another role, and removes them", async (stage) => {
  const page = await stage.open("/demo/staff/people");
  await signIn(stage, page, OWNER);
  await page.getByRole("navigation").getByRole("link", { name: "Staff" }).waitFor();
  await row(page, "Olive Owner").getByText("(you)").waitFor();
  await looksRight(page);

  await press(page, "Invite a colleague");
  await looksRight(page);
  await press(page, "Send the invitation");
  for (const problem of ["Enter the name.", "Enter the email."]) {
    await page.getByRole("alert").getByText(problem).waitFor();
  }
  await field(page, "Name").fill("Vera Gold");
  await field(page, "Email").fill(OWNER);
  await field(page, "Role").selectOption("Admin");
  await press(page, "Send the invitation");
  await page.getByText("A colleague has this email already.").waitFor();
  await looksRight(page);
  await page.reload();
  assert.equal(await field(page, "Name").inputValue(), "Vera Gold", "what was typed is still there");
  await field(page, "Email").fill(` ${VERA.toUpperCase()} `);
  await press(page, "Send the invitation");
  await page.getByText(`An invitation is on its way to ${VERA}.`).waitFor();
  await row(page, "Vera Gold").getByText("Admin").waitFor();
  await row(page, "Vera Gold").getByText(/^Invited .*, no access yet$/).waitFor();
  await looksRight(page);

  // She comes by the link, which leads to a code, and decides on all but the owner.
  const theirs = await stage.open(await stage.link(VERA), await stage.otherBrowser());
  await press(theirs, "Continue");
  await typeCode(stage, theirs, VERA);
  await sees(theirs, "Staff");
  await theirs.getByRole("main").getByRole("link", { name: "Staff" }).click();
  await sees(theirs, "Staff of your firm");
  await row(theirs, "Vera Gold").getByRole("button", { name: "Change Vera Gold" }).waitFor();
  assert.equal(await row(theirs, "Olive Owner").getByRole("button").count(), 0);

  // The owner makes her a viewer: she is signed out, and then only looks.
  await page.reload();
  await press(page, "Change Vera Gold");
  await page.getByText("Another email or role signs them out everywhere.").waitFor();
  await looksRight(page);
  await field(page, "Role").selectOption("Viewer");
  await press(page, "Save changes");
  await page.getByText("Changes saved.").waitFor();
  await row(page, "Vera Gold").getByText("Viewer").waitFor();
  await theirs.reload();
  await theirs.getByText("You were signed out here: after a time without use, or because your access was changed.").waitFor();
  await signIn(stage, theirs, VERA);
  await theirs.getByText("Owners and admins decide who works here.").waitFor();
  assert.equal(await theirs.getByRole("main").getByRole("button").count(), 0);
  assert.equal(await theirs.getByRole("navigation").getByRole("link", { name: "Staff" }).count(), 0);
  await looksRight(theirs);

  // The last owner stays one.
  await press(page, "Change Olive Owner");
  await field(page, "Role").selectOption("Staff");
  await press(page, "Save changes");
  await page.getByText("A firm always has an owner.").waitFor();
  await press(page, "Cancel");

  // Ten minutes after the code it takes another one, and what was asked for goes on with it.
  await stage.advance(600);
  await press(page, "Remove Vera Gold");
  await looksRight(page);
  assert.equal(await field(page, "Who takes over what is theirs?").locator("option:checked").innerText(), "Olive Owner");
  await press(page, "Remove Vera Gold");
  await page.getByRole("heading", { name: "First, is it you?" }).waitFor();
  await page.getByText("This is for: Remove Vera Gold").waitFor();
  await looksRight(page);
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  await page.getByText(`A code is on its way to ${OWNER}.`).waitFor();
  await page.getByRole("button", { name: "Send it again" }).waitFor();
  await looksRight(page);
  await codeField(page).waitFor();
  await codeField(page).fill(await stage.code(OWNER));
  await press(page, "Continue");
  await page.getByText("Vera Gold is removed. Olive Owner takes over.").waitFor();
  await row(page, "Vera Gold").waitFor({ state: "detached" });
  await theirs.reload();
  await sees(theirs, "Staff sign-in");

  await press(page, "Español");
  await page.getByRole("heading", { level: 1, name: "Personal de su firma" }).waitFor();
  await press(page, "Invitar a un colega");
  await looksRight(page);
});
