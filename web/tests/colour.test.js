/** A firm's colour is worn by every page, and can be read whatever it is. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { SIZES, storyOnce } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

/** From one end to the other, with some between them that are hard to read on light pages or on dark ones. */
const COLOURS = ["#ffffff", "#000000", "#ffff00", "#0000ff", "#777777", "#f5c0d0"];

/**
 * Looks at pages in every colour.
 *
 * @param {string} whose
 * @param {(stage: Stage) => Promise<Page[]>} openPages
 */
function wears(whose, openPages) {
  storyOnce(`pages of ${whose} can be read in every firm's colour, in light and in dark`, async (stage) => {
    let colour = COLOURS[0];
    await stage.context.route("**/api/firms/demo", async (route) => {
      const answer = await route.fetch();
      const firm = await answer.json();
      await route.fulfill({ response: answer, json: { ...firm, branding: { ...firm.branding, colour } } });
    });
    for (const page of await openPages(stage)) {
      /** @type {Set<string>} */
      const worn = new Set();
      for (colour of COLOURS) {
        await page.reload();
        for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
          await page.emulateMedia({ colorScheme });
          await looksRight(page);
          const button = page.locator("button:not(.quiet), .button").first();
          worn.add(await button.evaluate((button) => getComputedStyle(button).borderTopColor));
        }
      }
      assert.ok(worn.size > COLOURS.length, `${page.url()} wears only ${[...worn].join(", ")}`);
    }
  }, { viewport: SIZES.phone });
}

wears("strangers", async (stage) => [await stage.open("/demo/sign-in")]);

wears("clients", async (stage) => {
  await (await stage.signInAsClient()).close();
  return [await stage.open("/demo/documents")];
});

wears("staff", async (stage) => {
  const owner = await stage.signInAsOwner();
  const { contact } = await stage.contact(owner, "Lee Park");
  return [await stage.open("/demo/staff/access-log"), await stage.open(`/demo/staff/contacts/${contact}`)];
});
