/** A mail scanner that runs scripts, fills in forms and presses whatever can be pressed gains nothing by a link. */

import assert from "node:assert/strict";

import { comesToRest } from "./looks.js";
import { gateField, press as click, sees } from "./mouse.js";
import { JANE, story } from "./stage.js";

/** @import { Page } from "playwright-core" */

/** What leads nowhere: the other language, and the telephone. */
const HARMLESS = /Español|\(252\)/;

/** What it types, by the name of a field; a word into every other. @type {Record<string, string>} */
const JUNK = { digits: "0000", code: "000000" };

/** Which screen it is, once nothing is under way and everything is unfolded. @param {Page} page */
async function screen(page) {
  await comesToRest(page);
  for (const folded of await page.locator("details:not([open]) > summary").all()) {
    await folded.click();
  }
  return `${new URL(page.url()).pathname}: ${await page.getByRole("heading", { level: 1 }).innerText()}`;
}

/** Everything that can be pressed. @param {Page} page */
const pressable = (page) => page.getByRole("button").or(page.getByRole("link")).filter({ visible: true, hasNotText: HARMLESS });

/** Presses `name`, with junk in every field. @param {Page} page @param {string} name */
async function press(page, name) {
  for (const field of await page.getByRole("textbox").filter({ visible: true }).all()) {
    await field.fill(JUNK[(await field.getAttribute("name")) ?? ""] ?? "scanner");
  }
  const control = pressable(page).filter({ hasText: name }).first();
  await control.focus();
  await control.click();
}

/**
 * Opens the link anew and goes as far as `way`.
 *
 * @param {Page} page
 * @param {string} url
 * @param {string[]} way
 */
async function follow(page, url, way) {
  await page.goto("about:blank");
  await page.goto(url);
  for (const name of way) {
    await screen(page);
    await press(page, name);
  }
  return screen(page);
}

/**
 * Presses everything on the landing, and everything on every screen to which that leads.
 *
 * @param {Page} page
 * @param {string} url
 */
async function scan(page, url) {
  /** @type {string[][]} */
  const ways = [[]];
  const seen = new Set([await follow(page, url, [])]);
  /** @type {Set<string>} */
  const pressed = new Set();
  for (const way of ways) {
    const here = await follow(page, url, way);
    for (const name of await pressable(page).allInnerTexts()) {
      if ((await screen(page)) !== here) {
        await follow(page, url, way);
      }
      await press(page, name.trim());
      pressed.add(name.trim());
      const there = await screen(page);
      if (!seen.has(there)) {
        seen.add(there);
        ways.push([...way, name.trim()]);
      }
    }
  }
  return { seen, pressed };
}

story("a scanner that presses everything gains nothing, and the client still gets in", async (stage) => {
  const { link } = await stage.inviteJane();
  const scanner = await (await stage.otherBrowser()).newPage();
  const { seen, pressed } = await scan(scanner, stage.url + link);
  assert.ok(pressed.has("Send a new code"), "even what is folded away");
  assert.deepEqual([...seen].sort(), [
    "/demo/link: Enter your code",
    "/demo/link: One check before you go in",
    "/demo/link: This link is for someone else",
    "/demo/link: Welcome",
    "/demo/sign-in: Enter your code",
    "/demo/sign-in: Sign in",
  ]);
  assert.deepEqual(await scanner.context().cookies(), []);
  const status = await scanner.evaluate(async () => (await fetch("/api/session", { headers: { "postern-audience": "client" } })).status);
  assert.equal(status, 401);
  const answer = await fetch(`${stage.url}/_local/outbox`, { headers: { accept: "application/json" } });
  const receivers = (await answer.json()).map((/** @type {{ to: string }} */ { to }) => to);
  assert.deepEqual([...new Set(receivers)].sort(), [JANE.mobile, JANE.email], "nobody else hears of it");
  const mails = await stage.messages(JANE.email);
  assert.deepEqual(mails.slice(1).filter(({ text }) => !/\b\d{6}\b/.test(text)), [], "after the invitation, codes alone");

  const page = await stage.open(link);
  await click(page, "Continue as j***@example.com");
  await gateField(page).fill(JANE.gate);
  await click(page, "Go in");
  await sees(page, "No open requests");
});
