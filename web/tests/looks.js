/**
 * What every screen promises, whatever it shows.
 *
 * @import { Page } from "playwright-core"
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Returns when `page` shows a screen: what a document says until its script runs is there, but not seen. @param {Page} page */
const isShown = (page) => page.waitForFunction(() => document.querySelector("h1")?.checkVisibility({ visibilityProperty: true }));

/** Returns when `page` shows a screen on which nothing is under way. @param {Page} page */
export async function comesToRest(page) {
  await isShown(page);
  await page.waitForFunction(() => !document.querySelector(".loading, [aria-disabled=true]"));
}

/**
 * Holds what `page` shows to what every screen promises: axe-core finds nothing, nothing reaches past the edge of the screen, and there
 * is one `h1` and a title.
 *
 * @param {Page} page
 */
export async function looksRight(page) {
  await isShown(page);
  await page.waitForFunction(() => !document.querySelector(".loading"));
  if (!(await page.evaluate(() => "axe" in window))) {
    await page.evaluate(axe);
  }
  const problems = await page.evaluate(async () => {
    // @ts-expect-error axe was loaded above.
    const { violations } = await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    const root = document.documentElement;
    const found = violations.map((/** @type {any} */ { id, help, nodes }) => {
      return `${id}: ${help}: ${nodes.map((/** @type {any} */ node) => node.html).join(" ")}`;
    });
    if (root.scrollWidth > root.clientWidth) {
      found.push(`It is ${root.scrollWidth} wide on a screen of ${root.clientWidth}.`);
    }
    if (document.querySelectorAll("h1").length !== 1) {
      found.push(`It has ${document.querySelectorAll("h1").length} first headings.`);
    }
    // Where there is no firm, there is no name of it.
    if (!document.title.includes(" – ") && document.title !== document.querySelector("h1")?.textContent) {
      found.push(`Its title is ${document.title}.`);
    }
    return found;
  });
  if (problems.length > 0) {
    throw new Error(`${page.url()} does not look right:\n${problems.join("\n")}`);
  }
}
