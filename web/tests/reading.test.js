/** Pages on paper, and in the reader's own colours. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { paper, press, send } from "./mouse.js";
import { documentsOfJane, receipt } from "./papers.js";
import { SCREENS, open, setTheScene } from "./screens.js";
import { SIZES, storyOnce } from "./stage.js";

/** @import { Page } from "playwright-core" */

/** What of a page can be seen. @param {Page} page */
const seen = (page) => page.locator("body").innerText();

storyOnce(
  "on paper stands the receipt alone, on one page, with who sent what to whom, and when",
  async (stage) => {
    const page = await documentsOfJane(stage);
    await send(page, [paper("W-2.pdf"), paper("1099-INT.pdf")]);
    await receipt(page, 2).waitFor();
    await page.evaluate(() => Object.assign(window, { print: () => Object.assign(window, { wasPrinted: true }) }));
    await press(page, "Print this receipt");
    assert.ok(await page.evaluate(() => "wasPrinted" in window));
    await page.emulateMedia({ media: "print" });
    const text = await seen(page);
    for (const part of ["Demo & Daughters CPA", "2 documents have arrived", "For Jane Smith", "W-2.pdf", "1099-INT.pdf", "(252) 555-0142"]) {
      assert.ok(text.includes(part), `${part} is missing in ${text}`);
    }
    for (const part of ["Your documents", "Choose files", "Español", "Home", "Print this receipt", "Download"]) {
      assert.ok(!text.includes(part), `${part} stands in ${text}`);
    }
    const pages = (await page.pdf({ format: "Letter" })).toString("latin1").match(/\/Type\s*\/Page\b/g) ?? [];
    assert.equal(pages.length, 1);
  },
  { viewport: SIZES.desktop },
);

storyOnce(
  "in the reader's own colours pages say all that they say in theirs",
  async (stage) => {
    const scene = await setTheScene(stage);
    for (const name of ["client documents, sent", "client sign-in, a saved password", "staff contacts", "staff contact, not set up", "staff access log"]) {
      const screen = SCREENS.find((screen) => screen.name === name);
      assert.ok(screen, name);
      const page = await open(screen, scene);
      await page.emulateMedia({ forcedColors: "active" });
      await looksRight(page);
      const unseen = await page.evaluate(() => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.backgroundColor = "Canvas";
        const ground = getComputedStyle(probe).backgroundColor;
        // What is told by a filled shape alone would be gone.
        const marks = [...document.querySelectorAll(".status")].map((status) => getComputedStyle(status, "::before"));
        const lines = [...document.querySelectorAll(".menu a:not([aria-current]), .link, .quiet")].map((one) => getComputedStyle(one));
        const chosen = [...document.querySelectorAll(".chip[aria-pressed=true]")].map((chip) => getComputedStyle(chip));
        const unseen = [
          ...chosen.filter(({ backgroundColor }) => backgroundColor === ground).map(() => "a choice that looks like the others"),
          ...marks.filter(({ borderStyle }) => borderStyle !== "solid").map(() => "a mark without an edge"),
          ...lines.filter(({ borderBottomColor }) => borderBottomColor !== ground).map(() => "a line that is none"),
        ];
        probe.remove();
        return unseen;
      });
      assert.deepEqual(unseen, [], name);
      await page.close();
    }
  },
  { viewport: SIZES.desktop },
);
