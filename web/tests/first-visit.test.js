/** What a first visit asks for, and what a page says if that does not come. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { SCREENS, open, setTheScene } from "./screens.js";
import { SIZES, story, storyOnce } from "./stage.js";

/** @import { BrowserContext, Page } from "playwright-core" */

/** What a screen is made of: each is one invocation of the function that serves pages, of which there may be ten at once for all. */
const PARTS = ["document", "stylesheet", "script", "script"];

const SCRIPTS = /\/assets\/.*\.js$/;
const TROUBLE = "This page did not load completely.";

/** What the page is made of for one who comes for the first time. @param {Page} page */
async function partsOf(page) {
  /** @type {string[]} */
  const parts = [];
  page.on("request", (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (!pathname.startsWith("/api/") && protocol !== "data:") {
      parts.push(request.resourceType());
    }
  });
  const session = await page.context().newCDPSession(page);
  await session.send("Network.clearBrowserCache");
  await page.reload({ waitUntil: "networkidle" });
  return parts;
}

storyOnce(
  "a first visit of a screen asks for a document, a style, a script and words, and for no more",
  async (stage) => {
    const scene = await setTheScene(stage);
    for (const screen of SCREENS.filter(({ then }) => !then)) {
      const page = await open(screen, scene);
      const parts = await partsOf(page);
      assert.deepEqual(parts, screen.name === "front page" ? PARTS.slice(0, 2) : PARTS, screen.name);
      await page.close();
    }
  },
  { viewport: SIZES.phone },
);

storyOnce(
  "the other language is one request more, for clients and for staff",
  async (stage) => {
    for (const at of ["/demo/sign-in", "/demo/staff/sign-in"]) {
      const page = await stage.open(at, await stage.otherBrowser());
      await page.getByLabel("Your email address").waitFor();
      /** @type {string[]} */
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.getByRole("button", { name: "Español" }).click();
      await page.getByLabel("Su correo electrónico").waitFor();
      assert.equal(asked.length, 1, asked.join(" "));
    }
  },
  { viewport: SIZES.phone },
);

/** Reads what the page says in place of itself. @param {Page} page */
async function isInTrouble(page) {
  await page.getByText(TROUBLE).waitFor();
  await page.locator("[lang=es]").getByText("Esta página no se cargó completa.").waitFor();
  await page.getByText("call Demo & Daughters CPA: (252) 555-0142").first().waitFor();
  await page.getByText("llame a Demo & Daughters CPA: (252) 555-0142").first().waitFor();
}

story("a page whose script or words do not arrive says what to do, in both languages", async (stage) => {
  for (const lost of [SCRIPTS, /\/assets\/en\.[^/]*$/]) {
    await stage.context.route(lost, (route) => route.fulfill({ status: 503 }));
    const page = await stage.open("/demo/sign-in");
    await isInTrouble(page);
    await looksRight(page);
    await stage.context.unroute(lost);
    await page.getByRole("link", { name: "Try again" }).click();
    await page.getByLabel("Your email address").waitFor();
    assert.equal(await page.getByText(TROUBLE).count(), 0);
    await page.close();
  }
});

story("a script that an old browser does not understand, and a style that is lost, leave what can be read", async (stage) => {
  await stage.context.route(SCRIPTS, (route) => route.fulfill({ contentType: "text/javascript", body: "let of = {{;" }));
  await stage.context.route(/\.css$/, (route) => route.fulfill({ status: 503 }));
  for (const at of ["/demo/documents", "/demo/staff/contacts"]) {
    const page = await stage.open(at);
    await isInTrouble(page);
    assert.ok(await page.getByRole("link", { name: "Intentar de nuevo" }).isVisible());
  }
  const link = await stage.open("/demo/link#token");
  await isInTrouble(link);
  await link.getByText("Open the link in the email again.").waitFor();
  const complaints = stage.complaints.splice(0);
  assert.deepEqual(complaints, ["", "", ""], "one for each script that could not be read, which therefore has no stack");
});

/** Notes whether what a document says in place of its screen was ever seen. @param {BrowserContext} context */
async function watch(context) {
  await context.addInitScript(() => {
    const look = () => {
      if (document.querySelector(".late")?.checkVisibility({ visibilityProperty: true })) {
        document.documentElement.dataset.wasSeen = "";
      }
      requestAnimationFrame(look);
    };
    look();
  });
}

story("a page that loads as it should, on a bad line too, shows nothing else before", async (stage) => {
  await watch(stage.context);
  const page = await stage.context.newPage();
  const session = await stage.context.newCDPSession(page);
  await session.send("Network.enable");
  const bad = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
  for (const line of [{ ...bad, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }, bad]) {
    await session.send("Network.emulateNetworkConditions", line);
    await session.send("Network.clearBrowserCache");
    const began = Date.now();
    await page.goto(`${stage.url}/demo/sign-in`);
    await page.getByLabel("Your email address").waitFor();
    assert.ok(Date.now() - began < 3000, `${Date.now() - began} ms`);
    assert.equal(await page.locator("html").getAttribute("data-was-seen"), null);
  }
});
