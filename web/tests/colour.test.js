/** A firm's colour is worn by every page, and can be read whatever it is. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { story } from "./stage.js";

const COLOURS = ["#ffffff", "#000000", "#ffff00", "#ff0000", "#00ff00", "#0000ff", "#777777", "#f5c0d0", "#1a0033", "#00b3b3"];

story("a page can be read in every firm's colour, in light and in dark", async (stage) => {
  let colour = "";
  await stage.context.route("**/api/firms/demo", async (route) => {
    const answer = await route.fetch();
    const firm = await answer.json();
    await route.fulfill({ response: answer, json: { ...firm, branding: { ...firm.branding, colour } } });
  });
  const page = await stage.open("/demo/sign-in");
  /** @type {Set<string>} */
  const worn = new Set();
  for (colour of COLOURS) {
    await page.reload();
    await page.getByLabel("Your email address").fill("jane");
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.emulateMedia({ colorScheme });
      await looksRight(page);
      worn.add(await page.getByRole("button", { name: "Continue" }).evaluate((button) => getComputedStyle(button).backgroundColor));
    }
  }
  assert.ok(worn.size > COLOURS.length, `only ${[...worn].join(", ")}`);
});
