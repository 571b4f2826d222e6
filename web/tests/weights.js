/**
 * Prints how many requests each screen makes and how many bytes come over the line for it, headers and answers of the API included: with
 * an empty cache, and when it is opened again. Fails if the client's sign-in has grown too heavy.
 *
 * `npm run weights`
 */

import { SCREENS, open, setTheScene } from "./screens.js";
import { SIZES, closeBrowser, onStage } from "./stage.js";

/** The most that the client's sign-in may weigh, in bytes: it comes over bad lines to old phones. */
const MOST = 30_000;

const columns = (/** @type {(string | number)[]} */ [name, ...figures]) =>
  String(name).padEnd(32) + figures.map((figure) => String(figure).padStart(12)).join("");

console.log(columns(["", "requests", "bytes", "again", "bytes"]));
let signIn = Infinity;
await onStage({ viewport: SIZES.phone }, async (stage) => {
  const scene = await setTheScene(stage);
  for (const screen of SCREENS.filter(({ then }) => !then)) {
    const page = await open(screen, scene);
    const session = await page.context().newCDPSession(page);
    let [requests, bytes] = [0, 0];
    session.on("Network.requestWillBeSent", () => (requests += 1));
    session.on("Network.requestServedFromCache", () => (requests -= 1));
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await session.send("Network.enable");
    const visit = async () => {
      [requests, bytes] = [0, 0];
      await page.reload({ waitUntil: "networkidle" });
      return [requests, bytes];
    };
    await session.send("Network.clearBrowserCache");
    const [first, again] = [await visit(), await visit()];
    if (screen.name === "client sign-in") {
      [, signIn] = first;
    }
    console.log(columns([screen.name, ...first, ...again]));
    await page.close();
  }
});
await closeBrowser();

if (signIn > MOST) {
  console.error(`The client's sign-in weighs ${signIn} bytes; it may weigh ${MOST}.`);
  process.exitCode = 1;
}
