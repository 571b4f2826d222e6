/**
 * Makes the contact sheet: a picture of every screen, on a phone and on a desktop, light and dark, in one language.
 *
 * `npm run sheet [en|es] [folder]`
 */

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { SCREENS, open, setTheScene } from "./screens.js";
import { SIZES, closeBrowser, onStage } from "./stage.js";

const COLOURS = /** @type {const} */ (["light", "dark"]);
/** Width in pixels of a picture on the sheet; the ends of long ones are left to their own files. */
const WIDTHS = { phone: 190, desktop: 440 };
const LOCALES = { en: "en-US", es: "es-US" };

const [language = "en", folder = fileURLToPath(new URL("../../target/sheet", import.meta.url))] = process.argv.slice(2);
if (!(language in LOCALES)) {
  throw new Error(`${language} is no language of the pages: say en or es.`);
}
const locale = LOCALES[/** @type {keyof typeof LOCALES} */ (language)];
await mkdir(folder, { recursive: true });

/** @param {string} name @param {string} size @param {string} colour */
const fileOf = (name, size, colour) => `${name.replaceAll(/\W+/g, "-")}.${size}.${colour}.png`;

for (const [size, viewport] of Object.entries(SIZES)) {
  const isPhone = size === "phone";
  await onStage({ viewport, locale, hasTouch: isPhone, isMobile: isPhone }, async (stage) => {
    const scene = await setTheScene(stage);
    for (const screen of SCREENS) {
      const page = await open(screen, scene);
      // Pictures of more than the window forget that a phone has no mouse.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ ...viewport, height: Math.max(height, viewport.height) });
      for (const colorScheme of COLOURS) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: path.join(folder, fileOf(screen.name, size, colorScheme)) });
      }
      await page.close();
    }
  });
}

/** @param {string} name @param {keyof typeof WIDTHS} size @param {string} colour */
const picture = (name, size, colour) => `<div><img width="${WIDTHS[size]}" src="${fileOf(name, size, colour)}"></div>`;

/**
 * Writes pictures as a page, and pictures that.
 *
 * @param {string} name
 * @param {string} body
 * @param {number} width
 * @param {number} deviceScaleFactor
 */
async function album(name, body, width, deviceScaleFactor) {
  const style =
    "body{display:flex;flex-wrap:wrap;gap:32px;margin:32px;font:18px sans-serif;background:#999}" +
    "figure{display:flex;flex-wrap:wrap;gap:12px;width:1300px;margin:0}figcaption{width:100%}div{overflow:hidden;height:520px}";
  const file = path.join(folder, `${name}.html`);
  await writeFile(file, `<!doctype html><meta charset="utf-8"><title>${name}</title><style>${style}</style>${body}`);
  await onStage({ viewport: { width, height: 584 }, deviceScaleFactor }, async (stage) => {
    const page = await stage.context.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  });
}

const columns = /** @type {const} */ (["phone", "desktop"]).flatMap((size) => COLOURS.map((colour) => ({ size, colour })));
const figures = SCREENS.map(({ name }) => {
  const pictures = columns.map(({ size, colour }) => picture(name, size, colour));
  return `<figure><figcaption>${name}</figcaption>${pictures.join("")}</figure>`;
});
await album("sheet", figures.join("\n"), 2720, 1);
// What stands at the beginning of the README.
const demo = picture("client sign-in, code", "phone", "light") + picture("client documents, sent", "phone", "light");
await album("demo", demo + picture("staff contact", "desktop", "light"), 950, 1.5);
await closeBrowser();
console.log(`${SCREENS.length} screens: ${path.join(folder, "sheet.png")}`);
