/**
 * Makes the contact sheet: a picture of every screen, on a phone and on a desktop, light and dark, in one language.
 *
 * `npm run sheet [en|es] [folder]`
 */

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { SCREENS, open, setTheScene } from "./screens.js";
import { SIZES, Stage, closeBrowser } from "./stage.js";

const COLOURS = /** @type {const} */ (["light", "dark"]);
/** Width in pixels of a picture on the sheet; the ends of long ones are left to their own files. */
const WIDTHS = { phone: 180, desktop: 427 };
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
  const stage = await Stage.set({ viewport, locale, hasTouch: isPhone, isMobile: isPhone });
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
  await stage.strike();
}

const columns = Object.entries(WIDTHS).flatMap(([size, width]) => COLOURS.map((colour) => ({ size, width, colour })));
const rows = SCREENS.map(({ name }) => {
  const pictures = columns.map(({ size, width, colour }) => `<img width="${width}" src="${fileOf(name, size, colour)}">`);
  return `<figure><figcaption>${name}</figcaption>${pictures.join("")}</figure>`;
});
const style =
  "body{display:grid;grid-template-columns:1fr 1fr;gap:32px;margin:32px;font:18px sans-serif;background:#888}figure{margin:0}" +
  "figcaption{margin-bottom:8px;color:#000}img{height:480px;object-fit:cover;object-position:top;margin-right:12px;background:#999}";
const album = path.join(folder, "sheet.html");
await writeFile(album, `<!doctype html><meta charset="utf-8"><title>Screens</title><style>${style}</style>${rows.join("\n")}`);

const stage = await Stage.set({ viewport: { width: 2640, height: 800 } });
const sheet = await stage.context.newPage();
await sheet.goto(pathToFileURL(album).href);
await sheet.screenshot({ path: path.join(folder, "sheet.png"), fullPage: true });
await stage.strike();
await closeBrowser();
console.log(`${SCREENS.length} screens: ${path.join(folder, "sheet.png")}`);
