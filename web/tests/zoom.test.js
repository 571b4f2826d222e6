/**
 * Every screen at 400 % zoom, with text of twice the size on a desktop and on a phone, and with the spacing that people who read with difficulty set.
 *
 * @import { Page } from "playwright-core"
 */

import assert from "node:assert/strict";

import { tabAround } from "./keyboard.js";
import { SCREENS, open, setTheScene } from "./screens.js";
import { looksRight } from "./looks.js";
import { codeField, gateField, paper, press, send } from "./mouse.js";
import { JANE, SIZES, storyOnce } from "./stage.js";

/** A window of 1280 × 1024 at 400 %. */
const ZOOMED = { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 };
const WINDOW = { width: 1280, height: 1024 };

/** What people set for themselves, in a browser or by an extension, that pages have to bear. */
const LARGE_TEXT = "html { font-size: 225% !important }";
const WIDE_TEXT = `
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
  p { margin-bottom: 2em !important }
`;

/** Sets styles of the reader's own. @param {Page} page @param {string} styles */
async function read(page, styles) {
  await page.evaluate((styles) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    document.adoptedStyleSheets = [sheet];
  }, styles);
}

/**
 * All text of a page that cannot be read: it reaches past the screen or its box, is cut off or covered, or breaks within a word.
 *
 * @param {Page} page
 */
async function lost(page) {
  return page.evaluate(() => {
    // The way past the frame lies above it for as long as the keyboard is there.
    /** @type {HTMLElement} */ (document.activeElement).blur();
    const width = document.documentElement.clientWidth;
    /** @type {Set<string>} */
    const lost = new Set();
    if (document.documentElement.scrollWidth > width) {
      lost.add(`the page is ${document.documentElement.scrollWidth} wide on a screen of ${width}`);
    }
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const element = /** @type {HTMLElement} */ (text.parentElement);
      if (!text.textContent?.trim() || !element.checkVisibility() || element.closest(".unseen, .skip, option")) {
        continue;
      }
      element.scrollIntoView({ block: "center", behavior: "instant" });
      const range = document.createRange();
      for (const { 0: word, index } of text.textContent.matchAll(/(?<!\S)\p{L}+(?!\S)/gu)) {
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        if (range.getClientRects().length > 1) {
          lost.add(`broken: ${word}`);
        }
      }
      range.selectNodeContents(text);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        if (left < -1 || right > width + 1) {
          lost.add(`off the screen: ${text.textContent}`);
        }
        for (let box = /** @type {Element | null} */ (element); box; box = box.parentElement) {
          const { overflowX, display } = getComputedStyle(box);
          const edge = box.getBoundingClientRect();
          if (!["inline", "contents"].includes(display) && (right > edge.right + 1 || left < edge.left - 1)) {
            lost.add(`past the edge of its ${box.localName}: ${text.textContent}`);
          }
          if (overflowX !== "visible" && (bottom > edge.bottom + 1 || top < edge.top - 1)) {
            lost.add(`cut off by its ${box.localName}: ${text.textContent}`);
          }
        }
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        const above = y > 0 && y < innerHeight ? document.elementFromPoint(x, y) : null;
        // The link of a row lies over all of it, and is seen through.
        const isOfRow = above?.matches("tr a") && above.closest("tr")?.contains(element);
        if (above && !above.contains(element) && !element.contains(above) && !isOfRow) {
          lost.add(`under a ${above.localName}: ${text.textContent}`);
        }
      }
    }
    return [...lost];
  });
}

/** Whether nothing reaches past the screen, so that nobody has to scroll sideways. @param {Page} page */
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

for (const whose of /** @type {const} */ (["client", "stranger", "staff"])) {
  storyOnce(
    `what a ${whose} sees can be read and walked through by Tab at 400 % zoom, and read in large and in wide text`,
    async (stage) => {
      const scene = await setTheScene(stage);
      const screens = SCREENS.filter(({ as }) => as === whose).values();
      const visit = async () => {
        for (const screen of screens) {
          const page = await open(screen, scene);
          await tabAround(page);
          assert.deepEqual(await lost(page), [], `${screen.name}, zoomed`);
          await read(page, WIDE_TEXT);
          assert.deepEqual(await lost(page), [], `${screen.name}, zoomed, wide text`);
          await page.setViewportSize(WINDOW);
          await read(page, LARGE_TEXT);
          assert.deepEqual(await lost(page), [], `${screen.name}, large text`);
          await page.setViewportSize(SIZES.phone);
          assert.ok(await fits(page), `${screen.name}, large text on a phone`);
          await page.close();
        }
      };
      // A client also sees what it is like when nothing works, and that is so for everyone then: one after the other.
      const visitors = whose === "client" ? 1 : 3;
      await Promise.all(Array.from({ length: visitors }, visit));
    },
    ZOOMED,
  );
}

storyOnce(
  "a client signs in and hands over a document at 400 % zoom, and staff open it",
  async (stage) => {
    const page = await stage.open("/demo/sign-in");
    await page.getByLabel("Your email address").fill(JANE.email);
    await press(page, "Continue");
    await gateField(page).fill(JANE.gate);
    await press(page, "Send me a code");
    await page.getByText("If these match our records, a code is on its way.").waitFor();
    await codeField(page).fill(await stage.code(JANE.mobile));
    await looksRight(page);
    await press(page, "Sign in");
    await page.getByRole("link", { name: "Send documents" }).click();
    await send(page, [paper("W-2.pdf")]);
    await page.getByText("1 document has arrived").waitFor();
    await looksRight(page);

    const staff = await stage.signInAsOwner(await stage.otherBrowser());
    await staff.getByRole("main").getByRole("link", { name: "Contacts" }).click();
    await staff.getByRole("link", { name: "Jane Smith" }).click();
    await staff.locator("summary", { hasText: "signed in" }).first().click();
    await staff.getByText("Client Access Authenticate Success").first().waitFor();
    await looksRight(staff);
    await staff.getByRole("link", { name: "Documents of Jane Smith" }).click();
    await staff.getByRole("button", { name: "Download: W-2.pdf" }).waitFor();
    await looksRight(staff);
  },
  ZOOMED,
);
