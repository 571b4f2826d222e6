/**
 * The keyboard, for those who use nothing else.
 *
 * @import { FrameLocator, Locator, Page } from "playwright-core"
 */

import assert from "node:assert/strict";

/** No screen takes more steps from one end to the other. */
const MOST_STEPS = 60;

/** A summary has no role of its own. @typedef {Parameters<Page["getByRole"]>[0] | "summary"} Role */

/**
 * Goes on by Tab until the keyboard is at `name`, and sees on the way that it always shows where it is.
 *
 * @param {Page} page
 * @param {Role} role
 * @param {string | RegExp} name
 * @param {{ within?: Page | Locator | FrameLocator, by?: "Tab" | "Shift+Tab" }} [how]
 */
export async function tabTo(page, role, name, { within = page, by = "Tab" } = {}) {
  const target = role === "summary" ? within.locator(role, { hasText: name }) : within.getByRole(role, { name, exact: true });
  await target.first().waitFor();
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    if (await target.and(within.locator(":focus")).count()) {
      return;
    }
    await page.keyboard.press(by);
    await showsFocus(page);
  }
  assert.fail(`${by} does not lead to the ${role} ${name}.`);
}

/**
 * Goes by Tab to what can be pressed, and presses it.
 *
 * @param {Page} page
 * @param {Role} role
 * @param {string | RegExp} name
 * @param {Parameters<typeof tabTo>[3]} [how]
 */
export async function press(page, role, name, how) {
  await tabTo(page, role, name, how);
  await page.keyboard.press("Enter");
}

/**
 * Goes by Tab to a field, and puts `text` into it in place of what is there.
 *
 * @param {Page} page
 * @param {string} label
 * @param {string} text
 */
export async function type(page, label, text) {
  await tabTo(page, "textbox", label);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

/**
 * What has the keyboard's focus has a ring around it, in sight. Nothing is asked of a page that has just handed it back to the browser.
 *
 * @param {Page} page
 */
async function showsFocus(page) {
  const problem = await page.evaluate(() => {
    let element = document.activeElement;
    let offset = 0;
    while (element instanceof HTMLIFrameElement) {
      offset += element.getBoundingClientRect().top;
      element = element.contentDocument?.activeElement ?? null;
    }
    if (!element || element === document.body) {
      return undefined;
    }
    // What chooses files is spoken for by its label.
    const seen = element.matches("input[type=file]") ? /** @type {HTMLInputElement} */ (element).labels?.[0] ?? element : element;
    const { outlineStyle, outlineWidth } = getComputedStyle(seen);
    if (outlineStyle === "none" || Number.parseFloat(outlineWidth) < 1) {
      return `${element.outerHTML} has no ring.`;
    }
    const { top, bottom, width } = seen.getBoundingClientRect();
    return width === 0 || bottom + offset <= 0 || top + offset >= innerHeight ? `${element.outerHTML} is out of sight.` : undefined;
  });
  assert.equal(problem, undefined, page.url());
}

/** Nobody is sent back to the top of the page by what they pressed. @param {Page} page */
export async function holdsFocus(page) {
  assert.ok(await page.evaluate(() => document.activeElement !== document.body), `${page.url()} has let go of the keyboard.`);
}

/**
 * Goes by Tab once around the page, past everything that can be pressed or filled in.
 *
 * @param {Page} page
 */
export async function tabAround(page) {
  const isNew = () =>
    page.evaluate(() => {
      const here = /** @type {HTMLElement} */ (document.activeElement);
      const isNew = !here.dataset.passed;
      here.dataset.passed = "passed";
      return isNew;
    });
  let steps = 0;
  do {
    await page.keyboard.press("Tab");
    await showsFocus(page);
    steps += 1;
  } while ((await isNew()) && steps < MOST_STEPS);
  const missed = await page.evaluate(() => {
    // Of radio buttons only one is on the way; arrows lead to the others.
    const all = document.querySelectorAll("a[href], button, input:not([type=radio]), select, summary");
    return [...all].filter((one) => one.checkVisibility() && !one.matches("[data-passed]")).map((one) => one.outerHTML);
  });
  assert.deepEqual(missed, [], page.url());
}
